"""Many searches in one table: a row per run, labelled by the settings in which the runs differ; and
what those found that differ in their seeds alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table
from rich.text import Text

from hybhanas.reporting.comparing import LONGEST, label, quartiles, repeated
from hybhanas.reporting.units import duration, duration_band


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run in the comparison."""

    folder: str  # of the run, relative to the folder of all runs
    settings: dict[str, Any]  # those in which the runs differ
    set: int  # the number of the set of runs that it compares with, from 0
    finished: bool  # if not, the other fields describe its evaluations so far
    hypervolume: float  # of the smallest box that contains the boxes of its set
    best_accuracy: float | None  # on the validation split; None if nothing was evaluated
    cheapest_s: float | None  # the smallest total time; None if nothing was evaluated
    evaluations: int  # all of them, infeasible and failed ones included
    infeasible: int
    failed: int
    evaluations_s: float  # wall time of all evaluations, in all attempts
    wall_s: float | None  # of the attempt that finished; None if none has

    @property
    def name(self) -> str:
        """That of its folder."""
        return self.folder

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)

    def to_row(self) -> dict[str, Any]:
        """A flat row: the folder, a column per setting, then the other fields."""
        others = self.to_dict()
        settings = others.pop("settings")
        return {"folder": self.folder, **settings, **others}


def run_labels(rows: Sequence[RunRow]) -> list[str]:
    """A unique label per run: its settings where no other run has the same, else with its folder.

    Example, of two runs with the same settings:
        >>> of_run = {"hypervolume": 0.5, "best_accuracy": 0.9, "cheapest_s": 1.0, "wall_s": 9.0}
        >>> counts = {"evaluations": 4, "infeasible": 0, "failed": 0, "evaluations_s": 8.0}
        >>> rows = [
        ...     RunRow(folder=name, settings={"seed": 1}, set=0, finished=True, **of_run, **counts)
        ...     for name in ("a", "b")
        ... ]
        >>> run_labels(rows)
        ['a seed=1', 'b seed=1']
    """
    return labels([(row.folder, row.settings) for row in rows])


def labels(runs: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """A unique label per run of a name that no other has and its settings, as by `run_labels`; of
    the name alone where the settings are many.
    """
    by_settings = [label(settings) for _, settings in runs]
    return [
        name
        if len(own) > LONGEST
        else own
        if own and by_settings.count(own) == 1
        else f"{name} {own}".strip()
        for (name, _), own in zip(runs, by_settings, strict=True)
    ]


def runs_table(rows: Sequence[RunRow]) -> Table:
    """The runs under their labels, in the order given; of one that none compares with, though there
    are several, no hypervolume is shown.
    """
    table = Table(title="the runs", title_style="bold", title_justify="left", box=None)
    table.add_column("run", overflow="fold")
    for name in (
        "hypervolume", "best %", "cheapest", "evaluations", "infeasible", "failed", "wall",
    ):  # fmt: skip
        table.add_column(name, justify="right", no_wrap=True)
    in_set = Counter(row.set for row in rows)
    for row, name in zip(rows, run_labels(rows), strict=True):
        table.add_row(
            Text(name),
            f"{row.hypervolume:.4f}" if in_set[row.set] > 1 or len(rows) == 1 else "-",
            "-" if row.best_accuracy is None else f"{100 * row.best_accuracy:.1f}",
            "-" if row.cheapest_s is None else duration(row.cheapest_s),
            str(row.evaluations),
            str(row.infeasible),
            str(row.failed),
            "unfinished" if row.wall_s is None else duration(row.wall_s),
        )
    return table


def seeds_table(rows: Sequence[RunRow]) -> Table | None:
    """Medians and quartiles over the finished runs that differ in their seeds alone; None where no
    two are so.
    """
    groups = {
        common: [rows[place] for place in places.values()]
        for common, places in repeated(dict(enumerate(rows))).items()
    }
    if all(len(group) < 2 for group in groups.values()):
        return None
    title = "over seeds: medians, and quartiles in brackets"
    table = Table(title=title, title_style="bold", title_justify="left", box=None)
    table.add_column("runs", overflow="fold")
    for name in ("seeds", "hypervolume", "evaluations", "wall"):
        table.add_column(name, justify="right", no_wrap=True)
    for common, group in groups.items():
        low, middle, high = quartiles([row.hypervolume for row in group])
        _, evaluations, _ = quartiles([row.evaluations for row in group])
        walls_s = quartiles([row.wall_s for row in group if row.wall_s is not None])
        table.add_row(
            Text(common or "all"),
            str(len(group)),
            f"{middle:.4f} ({low:.4f}-{high:.4f})",
            f"{evaluations:g}",
            f"{duration(walls_s[1])} ({duration_band(walls_s[0], walls_s[2])})",
        )
    return table
