"""The front as a person reads it: what to take, with intervals, beside classical baselines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from string import ascii_lowercase
from typing import Any

from rich.table import Table

from hybhanas.evidence.baselines import LOGISTIC, MAJORITY
from hybhanas.intervals import interval_of
from hybhanas.nas.classical import Baseline
from hybhanas.nas.front import OTHERS, FrontMember
from hybhanas.nas.selection import Selected
from hybhanas.nas.training_result import Spread
from hybhanas.reporting.units import duration, duration_band

MOST_ROWS = 12
"""Members that the terminal shows; `pareto.csv` has all."""

COLUMNS = ("search\n%", "final %\n(95 %)", "test %\n(95 %)", "QPU time\n(90 %)", "effective",
           "P", "parameters")  # fmt: skip
ARCHITECTURE_WIDTH = 24
"""With the columns it makes a table of 100 characters."""

WIDE = 100
"""Characters of a table with architectures; a narrower one names them below."""

NARROW = 70
"""Characters of a table with every column but the architectures; a narrower one leaves out the
accuracy in the search and the effective execution time, which `pareto.csv` has."""


@dataclass(frozen=True, slots=True)
class FrontReport:
    """What is printed of a front.

    Args:
        members: by rank.
        selected: of them, see `hybhanas.nas.selection.select`.
        baselines: on the same splits; empty where none were trained.
    """

    members: Sequence[FrontMember]
    selected: Sequence[Selected]
    baselines: Sequence[Baseline]

    def comparison(self) -> list[str]:
        """What classical models make of the front, a line each."""
        lines = []
        floor = {b.name: b for b in self.baselines}
        for name in (MAJORITY, LOGISTIC):
            count = sum(member.behind == name for member in self.members)
            if name in floor and (count or name == LOGISTIC):
                lines.append(self._beaten(floor[name], count))
        if lines and not any(member.on_front for member in self.members):
            lines.append("that leaves none: what follows is shown for comparison")
        return [*lines, *self._twins()]

    def trainings(self) -> list[str]:
        """What the final training makes of the front of the search, a line each."""
        lines = []
        fallen = sum(member.behind == OTHERS for member in self.members)
        if fallen:
            lines.append(f"{fallen} of {len(self.members)} fell behind in the final training")
        tau = kendall_tau(self.members)
        if tau is not None:
            lines.append(
                f"rankings of search and final training: Kendall tau {tau:.2f} "
                f"over {len(self.members)} members"
            )
        return [*lines, *self._over_seeds()]

    def _over_seeds(self) -> list[str]:
        """What several seeds say of the front."""
        count = max((len(member.seeds) for member in self.members), default=0)
        others = [one for one in self._kept() if one[1].is_distinguishable is not None]
        if not others:
            return []
        alike = [rank for rank, member in others if not member.is_distinguishable]
        where = "on the front" if others[0][1].on_front else "members"
        which = f"{_ranks(alike)} of {len(others) + 1} {where}" if alike else f"none {where}"
        return [
            f"{count} seeds of the initial weights: accuracies are means, models those of the "
            f"first seed; not distinguishable from the best, #1: {which} (Welch's 95 % interval of "
            "the difference contains 0)"
        ]

    def first_lines(self) -> list[str]:
        """All that is said of the front before its table."""
        return [*self.comparison(), *self.trainings()]

    def _twins(self) -> list[str]:
        """Which members of the front are no better than their classical twins."""
        front = [one for one in self._kept() if one[1].twin is not None]
        if not front:
            return []
        behind = [rank for rank, member in front if member.behind_twin]
        equal = [
            (rank, member.twin.parameters - (member.evaluation.parameters or 0))
            for rank, member in front
            if member.twin and member.twin.is_as_accurate(member.final) and not member.behind_twin
        ]
        named = f" ({_ranks(behind)})" if behind else ""
        where = "on the front" if front[0][1].on_front else "members"
        line = (
            "classical twins (dense layers of about as many parameters in place of the circuit, no "
            f"QPU time) dominate {len(behind) or 'none'} of {len(front)} {where}{named}"
        )
        if equal:
            more = max(number for _, number in equal)
            ranks = _ranks([rank for rank, _ in equal])
            line += f"; those of {len(equal)} more ({ranks}) are at least as accurate"
            line += f", with up to {more} parameters more" if more > 0 else ""
        narrow = [m.twin.bottleneck for _, m in front if m.twin and m.twin.bottleneck]
        if narrow:
            units = "1 unit" if min(narrow) == 1 else f"{min(narrow)} units"
            line += f"; twins narrower than the circuit: {len(narrow)}, down to {units}"
        return [line]

    def _beaten(self, baseline: Baseline, count: int) -> str:
        outcome = f"dominates {count} of {len(self.members)} members, which are kept off the front"
        return (
            f"{baseline.name} ({baseline.parameters} parameters, no QPU time, "
            f"{100 * baseline.validation_accuracy:.1f} % validation accuracy) "
            + (outcome if count else "dominates none of the members")
        )

    def rows(self) -> list[tuple[int, FrontMember]]:
        """The members to show by rank: at most MOST_ROWS, among them those that are selected."""
        chosen = {one.rank for one in self.selected}
        first = [one for one in enumerate(self.members, 1) if one[0] in chosen]
        others = [one for one in self._kept() if one[0] not in chosen]
        return sorted([*first, *others][:MOST_ROWS], key=itemgetter(0))

    def _kept(self) -> list[tuple[int, FrontMember]]:
        """The members that nothing dominates, each with its rank; all where there is none."""
        by_rank = list(enumerate(self.members, 1))
        return [one for one in by_rank if one[1].on_front] or by_rank

    def table(self, width: int = WIDE) -> Table:
        """The members to show and the baselines: below a figure is the interval that the head of
        its column names, and below that the standard deviation over seeds, where there are several.

        Args:
            width: in characters. Below `WIDE` the architectures are left to `names`, below `NARROW`
                the accuracies in the search and the effective execution times are left out.
        """
        left_out = {"search\n%", "effective"} if width < NARROW else set[str]()
        kept = [i for i, head in enumerate(COLUMNS) if head not in left_out]
        table = Table(title="Pareto front", title_style="bold", header_style="bold", box=None,
                      pad_edge=False)  # fmt: skip
        table.add_column("#", justify="right", no_wrap=True)
        if width >= WIDE:
            table.add_column("architecture", max_width=ARCHITECTURE_WIDTH)
        seeds = "\n(seeds)" if any(member.seeds for member in self.members) else ""
        for i in kept:
            head = COLUMNS[i] + seeds if COLUMNS[i].endswith("(95 %)") else COLUMNS[i]
            table.add_column(head, justify="right", no_wrap=True)

        def add(mark: str, name: str, cells: Sequence[str], style: str | None = None) -> None:
            first = (mark, name) if width >= WIDE else (mark,)
            table.add_row(*first, *(cells[i] for i in kept), style=style)

        for rank, member in self.rows():
            add(str(rank), str(member.evaluation.architecture), _cells(member))
        samples = next(((m.validation_samples, m.test_samples) for m in self.members), (None, None))
        for letter, baseline in zip(ascii_lowercase, self.baselines, strict=False):
            accuracies = baseline.validation_accuracy, baseline.test_accuracy
            shown = map(percent_above_interval, accuracies, samples)
            cells = ["", *shown, *["-"] * 3, str(baseline.parameters)]
            add("" if width >= WIDE else letter, _named(baseline), cells, style="dim")
        return table

    def names(self, width: int) -> list[str]:
        """The architectures and baselines that a table of this width has no place for, a line each,
        by what stands in its first column.
        """
        if width >= WIDE:
            return []
        architectures = [f"#{rank} {m.evaluation.architecture}" for rank, m in self.rows()]
        letters = zip(ascii_lowercase, self.baselines, strict=False)
        return [*architectures, *(f"{letter} {_named(baseline)}" for letter, baseline in letters)]

    def last_lines(self) -> list[str]:
        """What to take and why, a line a member."""
        words: dict[int, list[Selected]] = {}
        for one in self.selected:
            words.setdefault(one.rank, []).append(one)
        lines = [
            f"#{rank} {', '.join(o.word for o in chosen)}: {'; '.join(o.reason for o in chosen)}"
            f"{twin_of(chosen[0].member)}"
            for rank, chosen in words.items()
        ]
        hidden = len(self.members) - len(self.rows())
        if hidden:
            lines.append(f"{hidden} more member{'s' * (hidden > 1)} in pareto.csv")
        return lines


def _named(baseline: Baseline) -> str:
    return f"{baseline.name} {baseline.setting}".rstrip()


def twin_of(member: FrontMember) -> str:
    """How accurate the classical twin of a member is, after a semicolon; nothing without one."""
    if member.twin is None:
        return ""
    return f"; its classical twin {100 * member.twin.validation_accuracy:.1f} %"


def _ranks(ranks: Sequence[int]) -> str:
    return ", ".join(f"#{rank}" for rank in ranks)


def selection_rows(selected: Sequence[Selected]) -> list[dict[str, Any]]:
    """The selected members for JSON: word, rank, reason, and what tables show of each."""
    return [
        {"word": one.word, "rank": one.rank, "reason": one.reason}
        | one.member.row()
        | {
            "final_interval": interval_of(
                one.member.final_validation_accuracy, one.member.validation_samples
            ),
            "test_interval": interval_of(one.member.test_accuracy, one.member.test_samples),
        }
        for one in selected
    ]


def percent_above_interval(accuracy: float | None, samples: int | None) -> str:
    """An accuracy, and in a second line its interval.

    Example:
        >>> percent_above_interval(0.9, 100).splitlines()
        ['90.0', '82.6-94.5']
    """
    if accuracy is None:
        return "failed"
    interval = interval_of(accuracy, samples)
    text = f"{100 * accuracy:.1f}"
    return (
        text if interval is None else text + "\n{:.1f}-{:.1f}".format(*(100 * x for x in interval))
    )


def kendall_tau(members: Sequence[FrontMember]) -> float | None:
    """The rank correlation (tau-b) of the accuracies of search and final training; None of fewer
    than three members, or if all are equal in one of the two.
    """
    pairs = [
        (member.evaluation.validation_accuracy, member.final_validation_accuracy)
        for member in members
        if member.final_validation_accuracy is not None
    ]
    if len(pairs) < 3 or any(len({pair[i] for pair in pairs}) < 2 for i in (0, 1)):
        return None
    from scipy.stats import kendalltau

    return float(kendalltau(*zip(*pairs, strict=True)).statistic)


def _deviation(spread: Spread | None) -> str:
    if spread is None or spread.deviation is None:
        return ""
    return f"\n+-{100 * spread.deviation:.1f}"


def _cells(member: FrontMember) -> list[str]:
    evaluation = member.evaluation
    values, searched = evaluation.values, evaluation.validation_accuracy
    return [
        "failed" if searched is None else f"{100 * searched:.1f}",
        percent_above_interval(member.final_validation_accuracy, member.validation_samples)
        + _deviation(member.spread("validation")),
        percent_above_interval(member.test_accuracy, member.test_samples)
        + _deviation(member.spread("test")),
        f"{duration(values['qpu_s'])}\n{duration_band(values['qpu_low_s'], values['qpu_high_s'])}",
        duration(values["effective_s"]),
        f"{values['p_survival']:.3f}",
        str(evaluation.parameters),
    ]
