"""task=compare: many searches in one table, their fronts in one picture."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import DictConfig
from rich.console import Console

from hybhanas import atomic
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.run_folder import SETTINGS, RunFolder
from hybhanas.nas.summary import Summary
from hybhanas.reporting.plots import plot_fronts
from hybhanas.reporting.runs_table import RunRow, run_labels, runs_table, seeds_table
from hybhanas.reporting.terminal import terminal
from hybhanas.stored import read_json
from hybhanas.tasks.differences import differences
from hybhanas.tasks.finished import FinishedRun, read_run
from hybhanas.tasks.setup import shown

log = logging.getLogger(__name__)


def compare(config: DictConfig, folder: Path) -> list[RunRow]:
    """Compares the searches below a folder and writes `compare.json`, `.csv` and `.png`.

    Args:
        config: composed; `run` names a folder with the folders of searches in it.
        folder: where the files are written.

    Raises:
        ConfigError: there is no search, or searches have different objectives.
    """
    runs = _found(config.run)
    root = Path(config.run).expanduser()
    rows, objectives = compared(runs, root)
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
    point = ", ".join(f"{name}={value:g}" for name, value in box["reference_point"].items())
    console.print(
        f"{len(rows)} runs, hypervolume: the part of the box up to {point}; in {shown(folder)}",
        soft_wrap=True,
        markup=False,
        highlight=False,
    )
    return rows


def compared(runs: Sequence[FinishedRun], root: Path) -> tuple[list[RunRow], Objectives]:
    """A row of each run, named by its folder below `root`, and the objectives with the box that
    their hypervolumes are of.

    Raises:
        ConfigError: runs have different objectives.
    """
    objectives = _common_objectives(runs, str(root))
    differing = differences([run.config for run in runs])
    rows = [
        _row(run, _name(run, root), settings, objectives)
        for run, settings in zip(runs, differing, strict=True)
    ]
    return rows, objectives


def show_sweep(folder: Path) -> None:
    """Prints the searches below a folder as a table, if there are several with the same objectives;
    writes nothing.
    """
    if len([*folder.rglob(SETTINGS)]) < 2:
        return
    try:
        rows, _ = compared(_found(str(folder)), folder)
    except ConfigError as error:
        log.warning("the searches are not compared: %s", error)
        return
    _show(terminal(), rows)


def _show(console: Console, rows: Sequence[RunRow]) -> None:
    console.print(runs_table(rows))
    if (over_seeds := seeds_table(rows)) is not None:
        console.print(over_seeds)


def _found(setting: str | None) -> list[FinishedRun]:
    """Every search in or below the folder, except those that cannot be read, with a warning."""
    if setting is None:
        raise ConfigError("run=null is not accepted: a folder of searches, such as outputs/...")
    paths = sorted(Path(setting).expanduser().rglob(SETTINGS))
    if len(paths) == 1:
        return [read_run(str(paths[0].parent), started=True)]
    runs = []
    for path in paths:
        try:
            runs.append(read_run(str(path.parent), started=True))
        except ConfigError as error:
            log.warning("left out: %s", error)
    if not runs:
        raise ConfigError(f"run={setting} is not accepted: there is no search in it or below it")
    return runs


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
    boxes = [run.objectives.box for run in runs]
    signs = {quantity.name: quantity.sign for quantity in first.quantities}
    return Objectives(
        first.names,
        {n: sign * max(sign * box[n][1] for box in boxes) for n, sign in signs.items()},
        {n: sign * min(sign * box[n][0] for box in boxes) for n, sign in signs.items()},
    )


def _name(run: FinishedRun, root: Path) -> str:
    relative = run.folder.relative_to(root)
    return str(relative) if relative.parts else root.resolve().name


def _row(run: FinishedRun, name: str, settings: dict[str, Any], objectives: Objectives) -> RunRow:
    found = Summary.of(run.evaluations, objectives)
    end = _end(run.folder)
    # a search that was extended has more evaluations than when it finished before
    finished = end.get("evaluations", -1) >= found.evaluations
    return RunRow(
        folder=name,
        settings=settings,
        finished=finished,
        hypervolume=found.hypervolume,
        best_accuracy=found.best_accuracy,
        cheapest_s=found.cheapest_s,
        evaluations=found.evaluations,
        infeasible=found.infeasible,
        failed=found.failed,
        evaluations_s=found.evaluations_s,
        wall_s=end["wall_s"] if finished else None,
    )


def _end(folder: Path) -> dict[str, Any]:
    """The summary that a search wrote when it finished; empty if it has not, or if it is damaged,
    which is said.
    """
    path = RunFolder(folder).summary
    try:
        summary = read_json(path)
        if not isinstance(summary, dict):
            raise ValueError("it is no summary")
        for name, kinds in (("evaluations", (int,)), ("wall_s", (int, float))):
            if type(summary.get(name)) not in kinds:
                raise ValueError(f"its {name} is {summary.get(name)!r:.40}")
        return summary
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.warning("%s is damaged (%s); its search counts as unfinished", path, error)
        return {}
