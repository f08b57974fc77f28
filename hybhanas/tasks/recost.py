"""task=recost: costs the evaluations of a finished search again, and compares the fronts."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig

from hybhanas import atomic
from hybhanas.calibration import Calibration
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.recost import FATES, Comparison, compare, recosted
from hybhanas.reporting.page.commands import override
from hybhanas.reporting.plots import plot_recost
from hybhanas.reporting.recost_table import front_changes_table, recost_rows
from hybhanas.reporting.terminal import fitted, terminal
from hybhanas.tasks.finished import FinishedRun, read_run
from hybhanas.tasks.last_lines import say_end
from hybhanas.tasks.run_data import estimator_of
from hybhanas.tasks.setup import shown

SPARE = 40  # columns that the name of an architecture can do without


def recost(config: DictConfig, folder: Path) -> Comparison:
    """Costs a search's evaluations again and writes `recost.json`, `recost.csv` and `recost.png`.

    Args:
        config: composed; `run` names the folder of the search. Backend, calibration, cost model
            and device are those of the search unless the command line names others.
        folder: where the files are written.

    Raises:
        ConfigError: a setting that is not accepted, or `run` is not a search.
    """
    run = read_run(config.run)
    estimator = estimator_of(config, run)
    calibration = estimator.calibration
    new = recosted(run.evaluations, estimator)
    if not any(evaluation.values for evaluation in new):
        reasons = {evaluation.reason for evaluation in new if evaluation.reason}
        raise ConfigError(
            f"run={config.run} on {calibration.name}: nothing of it can be costed: "
            f"{'; '.join(sorted(reasons)[:2])}"
        )
    outcome = compare(run.evaluations, new, run.objectives)

    _write(folder, run, calibration, new, outcome)
    console = terminal()
    console.print(fitted(front_changes_table(outcome), console, SPARE))
    say_end(
        console,
        f"{run.folder.name} on {calibration.name}: total times x {outcome.median_ratio:.3g} in the "
        f"median, Kendall tau of old and new {outcome.kendall_tau:.3f}; of the front "
        f"{len(outcome.stayed)} stayed, {len(outcome.left)} left, {len(outcome.joined)} joined; "
        f"in {shown(folder)}",
        "task=select",
        override("run", config.run),
    )
    return outcome


def _write(
    folder: Path,
    run: FinishedRun,
    calibration: Calibration,
    new: Sequence[Evaluation],
    outcome: Comparison,
) -> None:
    """Writes the files of the task."""
    summary = {
        "run": str(run.folder),
        "old_calibration": run.calibration,
        "new_calibration": calibration.name,
        "new_calibration_date": calibration.date.isoformat(),
        "new_calibration_hash": calibration.hash,
        "kendall_tau": None if isnan(outcome.kendall_tau) else outcome.kendall_tau,
        "median_ratio": outcome.median_ratio,
        "overlap": outcome.overlap,
    } | {fate: [e.architecture.hash for e in getattr(outcome, fate)] for fate in FATES}
    atomic.write_json(folder / "recost.json", summary)
    rows = recost_rows(run.evaluations, new, outcome)
    atomic.write_text(folder / "recost.csv", pd.DataFrame(rows).to_csv(index=False))
    plot_recost(folder / "recost.png", run.evaluations, new, outcome)
