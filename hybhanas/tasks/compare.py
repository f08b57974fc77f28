"""task=compare: many runs in one table, their fronts in one picture."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import DictConfig
from rich.table import Table

from hybhanas import atomic
from hybhanas.errors import ConfigError
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.run_folder import SETTINGS, RunFolder
from hybhanas.nas.summary import Summary
from hybhanas.reporting.plots import plot_fronts
from hybhanas.reporting.terminal import terminal
from hybhanas.reporting.units import duration
from hybhanas.tasks.differences import differences
from hybhanas.tasks.finished import FinishedRun, read_run
from hybhanas.tasks.setup import shown

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One run in the comparison.

    Args:
        folder: of the run, below the one compared.
        settings: in which the runs differ.
        finished: whether the search came to its end; if not, the rest is what it has so far.
        hypervolume: under the comparison's reference point.
        best_accuracy: validation accuracy; None where nothing was evaluated.
        cheapest_s: smallest total time; None where nothing was evaluated.
        evaluations, infeasible, failed: counts; the last two are among the first.
        evaluations_s: what evaluating took, over all attempts.
        wall_s: of the attempt that finished; None of a run that did not.
    """

    folder: str
    settings: dict[str, Any]
    finished: bool
    hypervolume: float
    best_accuracy: float | None
    cheapest_s: float | None
    evaluations: int
    infeasible: int
    failed: int
    evaluations_s: float
    wall_s: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def compare(config: DictConfig, folder: Path) -> list[Row]:
    """Compares the searches below a folder and writes `compare.json`, `.csv` and `.png`.

    Args:
        config: composed; `run` names the folder that has the runs' folders below it.
        folder: of this task.

    Raises:
        ConfigError: no search is there, or they have different objectives.
    """
    runs = _found(config.run)
    objectives = _common_objectives(runs, config.run)
    differing = differences([run.config for run in runs])
    root = Path(config.run).expanduser()
    rows = [
        _row(run, _name(run, root), settings, objectives)
        for run, settings in zip(runs, differing, strict=True)
    ]
    box = {
        "reference_point": {name: worst for name, (_, worst) in objectives.box.items()},
        "ideal_point": {name: best for name, (best, _) in objectives.box.items()},
    }
    atomic.write_json(
        folder / "compare.json", {"run": str(root), **box, "runs": [r.to_dict() for r in rows]}
    )
    flat = [{k: v for k, v in row.to_dict().items() if k != "settings"} for row in rows]
    table = [
        {"folder": f["folder"], **row.settings, **f} for f, row in zip(flat, rows, strict=True)
    ]
    atomic.write_text(folder / "compare.csv", pd.DataFrame(table).to_csv(index=False))
    labels = _labels(rows)
    fronts = [objectives.front(run.evaluations) for run in runs]
    if any(fronts):
        plot_fronts(folder / "compare.png", dict(zip(labels, fronts, strict=True)))
    console = terminal()
    console.print(_table(rows, labels))
    point = ", ".join(f"{name}={value:g}" for name, value in box["reference_point"].items())
    console.print(
        f"{len(rows)} runs, hypervolume: the part of the box up to {point}; in {shown(folder)}",
        soft_wrap=True,
        markup=False,
        highlight=False,
    )
    return rows


def _found(setting: str | None) -> list[FinishedRun]:
    """Every search in or below the folder; one that cannot be read is left out with a warning."""
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
    """The objectives of all, in a box that holds the box of each."""
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


def _row(run: FinishedRun, name: str, settings: dict[str, Any], objectives: Objectives) -> Row:
    found = Summary.of(run.evaluations, objectives)
    end = _end(run.folder)
    # a search that was extended has more evaluations than its earlier end knew of
    finished = end.get("evaluations", -1) >= found.evaluations
    return Row(
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
    """The summary that a search wrote when it finished; empty before."""
    try:
        return dict(json.loads(RunFolder(folder).summary.read_bytes()))
    except FileNotFoundError:
        return {}


def _labels(rows: Sequence[Row]) -> list[str]:
    """How a person tells the runs apart: by their settings, where these do it, else by folder."""
    by_settings = [" ".join(f"{k}={v}" for k, v in row.settings.items()) for row in rows]
    return [
        label if label and by_settings.count(label) == 1 else f"{row.folder} {label}".strip()
        for row, label in zip(rows, by_settings, strict=True)
    ]


def _table(rows: Sequence[Row], labels: Sequence[str]) -> Table:
    table = Table(title="the runs", title_style="bold", title_justify="left", box=None)
    table.add_column("run", overflow="fold")
    for name in (
        "hypervolume", "best %", "cheapest", "evaluations", "infeasible", "failed", "wall",
    ):  # fmt: skip
        table.add_column(name, justify="right", no_wrap=True)
    for row, label in zip(rows, labels, strict=True):
        table.add_row(
            label,
            f"{row.hypervolume:.4f}",
            "-" if row.best_accuracy is None else f"{100 * row.best_accuracy:.1f}",
            "-" if row.cheapest_s is None else duration(row.cheapest_s),
            str(row.evaluations),
            str(row.infeasible),
            str(row.failed),
            "unfinished" if row.wall_s is None else duration(row.wall_s),
        )
    return table
