"""task=compare: many searches in one table, their fronts in one picture."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import DictConfig
from rich.console import Console

from hybhanas import atomic
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.objectives import Objectives, common
from hybhanas.nas.summary import Summary
from hybhanas.reporting.page.commands import override
from hybhanas.reporting.plots import plot_fronts
from hybhanas.reporting.runs_table import RunRow, run_labels, runs_table, seeds_table
from hybhanas.reporting.terminal import terminal
from hybhanas.tasks.comparison_page import write_comparison
from hybhanas.tasks.differences import differences, must_agree
from hybhanas.tasks.finished import FinishedRun, named_settings
from hybhanas.tasks.found_runs import end_of, found, name_below, runs_below
from hybhanas.tasks.last_lines import say_end
from hybhanas.tasks.setup import shown

log = logging.getLogger(__name__)


def compare(config: DictConfig, folder: Path) -> list[RunRow]:
    """Compares the searches below a folder and writes `compare.json`, `.csv` and `.png`.

    Args:
        config: composed; `run` names a folder with the folders of searches in it. Corners of the
            hypervolume's box that the command line names replace those of the searches.
        folder: where the files are written.

    Raises:
        ConfigError: there is no search, or searches have different objectives.
    """
    runs, _ = found(config.run)
    root = Path(config.run).expanduser()
    rows, objectives = compared(runs, root, _named_corners(config))
    box = {
        "reference_point": {name: worst for name, (_, worst) in objectives.box.items()},
        "ideal_point": {name: best for name, (best, _) in objectives.box.items()},
    }
    atomic.write_json(
        folder / "compare.json", {"run": str(root), **box, "runs": [r.to_dict() for r in rows]}
    )
    table = pd.DataFrame([row.to_row() for row in rows])
    atomic.write_text(folder / "compare.csv", table.to_csv(index=False))
    fronts = [objectives.front(run.evaluations) for run in runs]
    if any(fronts):
        panels: dict[str, dict[str, list[Evaluation]]] = {}
        for run, label, front in zip(runs, run_labels(rows), fronts, strict=True):
            panels.setdefault(run.config.dataset.name, {})[label] = front
        plot_fronts(folder / "compare.png", panels)
    console = terminal()
    _show(console, rows)
    sides = ", ".join(f"{n} {best:g} to {worst:g}" for n, (best, worst) in objectives.box.items())
    said = f"{len(rows)} runs, hypervolume: the part of the box {sides}; in {shown(folder)}"
    if differing := _not_shared(runs):
        say_end(console, f"{said}; those of different {' or '.join(differing)} do not compare")
        return rows
    first, _ = max(
        zip(runs, rows, strict=True), key=lambda one: (one[1].finished, one[1].hypervolume)
    )
    say_end(console, said, "task=select", override("run", shown(first.folder)))
    return rows


def compared(
    runs: Sequence[FinishedRun],
    root: Path,
    corners: Mapping[str, Mapping[str, float]] | None = None,
) -> tuple[list[RunRow], Objectives]:
    """A row of each run, named by its folder below `root`, and the objectives with the box that
    their hypervolumes are of.

    Args:
        runs: the searches.
        root: the folder of all.
        corners: values of the box to use instead, under `reference_point` and `ideal_point`.

    Raises:
        ConfigError: runs have different objectives, or the box is empty.
    """
    objectives = _common_objectives(runs, str(root))
    if corners:
        worst = {**objectives.reference_point, **corners["reference_point"]}
        best = {**objectives.ideal_point, **corners["ideal_point"]}
        objectives = Objectives(objectives.names, worst, best)
    differing = differences([run.config for run in runs])
    rows = [
        _row(run, name_below(run.folder, root), settings, objectives)
        for run, settings in zip(runs, differing, strict=True)
    ]
    return rows, objectives


def show_sweep(folder: Path) -> None:
    """Prints the searches below a folder as a table, if there are several with the same objectives,
    and writes `comparison.html` of them.
    """
    if len(runs_below(folder)) < 2:
        return
    try:
        runs, left_out = found(str(folder))
    except ConfigError as error:
        log.warning("the searches are not compared: %s", error)
        return
    try:
        _show(terminal(), compared(runs, folder)[0])
    except ConfigError as error:
        log.warning("the searches are not in one table: %s", error)
    try:
        page = write_comparison(runs, left_out, folder, str(shown(folder)))
    except (ConfigError, OSError) as error:
        log.warning("there is no page of the searches: %s", error)
        return
    terminal().print(f"to read: {shown(page)}", soft_wrap=True, markup=False, highlight=False)


def _not_shared(runs: Sequence[FinishedRun]) -> list[str]:
    """In what the runs differ that keeps their hypervolumes from being compared."""
    first, *others = [must_agree(run.config) for run in runs]
    return [name for name in first if any(other[name] != first[name] for other in others)]


def _show(console: Console, rows: Sequence[RunRow]) -> None:
    console.print(runs_table(rows))
    if (over_seeds := seeds_table(rows)) is not None:
        console.print(over_seeds)


def _named_corners(config: DictConfig) -> dict[str, dict[str, float]]:
    """What the command line names of the hypervolume's box."""
    named = named_settings() or set()
    return {
        corner: {
            name: value
            for name, value in config.search[corner].items()
            if {f"search.{corner}", f"search.{corner}.{name}"} & named
        }
        for corner in ("reference_point", "ideal_point")
    }


def _common_objectives(runs: Sequence[FinishedRun], setting: str) -> Objectives:
    """The objectives of all runs, with the smallest box that contains the box of each."""
    first = runs[0].objectives
    for run in runs:
        if set(run.objectives.names) != set(first.names):
            raise ConfigError(
                f"run={setting} is not accepted: {runs[0].folder.name} minimises "
                f"{', '.join(first.names)}, {run.folder.name} {', '.join(run.objectives.names)}; "
                "accepted: searches with the same objectives"
            )
    return common([run.objectives for run in runs])


def _row(run: FinishedRun, name: str, settings: dict[str, Any], objectives: Objectives) -> RunRow:
    found = Summary.of(run.evaluations, objectives)
    end = end_of(run)
    return RunRow(
        folder=name,
        settings=settings,
        finished=bool(end),
        hypervolume=found.hypervolume,
        best_accuracy=found.best_accuracy,
        cheapest_s=found.cheapest_s,
        evaluations=found.evaluations,
        infeasible=found.infeasible,
        failed=found.failed,
        evaluations_s=found.evaluations_s,
        wall_s=end.get("wall_s"),
    )
