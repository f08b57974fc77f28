"""What the page that compares searches shows, as one JSON object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from hybhanas.intervals import interval_of
from hybhanas.nas.front import FrontMember
from hybhanas.nas.objectives import Objectives
from hybhanas.reporting.comparing import reasons
from hybhanas.reporting.page.columns import columns, described, offered
from hybhanas.reporting.page.commands import commands_of_member
from hybhanas.reporting.page.comparable import comparable
from hybhanas.reporting.page.compared_run import ComparedRun
from hybhanas.reporting.page.progress import curves

POINTS = 60
"""Of the curves of each run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparison:
    """What the page is made of.

    Args:
        title: of the page.
        runs: at least one.
        shared: the main settings in which all agree.
        left_out: a line for each run that is not shown.
        command: that makes the page again.
    """

    title: str
    runs: Sequence[ComparedRun]
    shared: Mapping[str, str]
    left_out: Sequence[str]
    command: str

    def content(self) -> dict[str, Any]:
        """All that the page shows, in plain JSON types; a value that is not finite is None."""
        ends = [*accumulate((len(run.front.members) for run in self.runs), initial=0)]
        quantities = {q.name: q for run in self.runs for q in offered(run.objectives)}
        of_fronts = [
            columns([m.evaluation for m in run.front.members],
                    {m.evaluation.key: m for m in run.front.members}, [*quantities.values()])
            for run in self.runs
        ]  # fmt: skip
        sets = [(one, one.measures()) for one in comparable(self.runs)]
        rows = {
            place: _row(run, ends[place], number, one.objectives)
            | {"hypervolume": measures[0].values[place] if len(one.runs) > 1 else None}
            for number, (one, measures) in enumerate(sets)
            for place, run in one.runs.items()
        }
        return {
            "title": self.title,
            "command": self.command,
            "shared": dict(self.shared),
            "left_out": [*self.left_out],
            "settings": [*self.runs[0].settings],
            "quantities": [described(q) for q in quantities.values()],
            "evaluations": _joined(of_fronts),
            "members": [
                member
                for place, run in enumerate(self.runs)
                for member in _members(run, place, ends[place])
            ],
            "runs": [rows[place] for place in range(len(self.runs))],
            "sets": [one.content(measures) for one, measures in sets],
            "reasons": reasons([run.same for run in self.runs]),
            "attained": [curve for one, _ in sets for curve in one.attained()],
        }


def _row(run: ComparedRun, start: int, number: int, box: Objectives) -> dict[str, Any]:
    """One run, whose members stand from `start` on; its hypervolumes are of a common box."""
    places = {m.evaluation.key: start + i for i, m in enumerate(run.front.members)}
    best, knee = run.selected("best"), run.selected("knee")
    found = curves(run.evaluations, box, POINTS)
    seconds = [*accumulate(e.seconds for e in run.evaluations)]
    return {
        "name": run.name,
        "folder": run.folder,
        "link": run.link,
        "settings": {name: str(value) for name, value in run.settings.items()},
        "finished": run.finished,
        "set": number,
        "evaluations": len(run.evaluations),
        "seconds": round(seconds[-1], 3) if seconds else 0.0,
        "front": sum(member.on_front for member in run.front.members),
        "best": best and places[best.evaluation.key],
        "knee": knee and places[knee.evaluation.key],
        "progress": found | {"seconds": [round(seconds[n - 1], 3) for n in found["evaluations"]]},
    }


def _members(run: ComparedRun, place: int, start: int) -> list[dict[str, Any]]:
    words: dict[int, list[str]] = {}
    for one in run.front.selected:
        words.setdefault(one.rank, []).append(one.word)
    return [
        {
            "run": place,
            "evaluation": start + rank - 1,
            "rank": rank,
            "on_front": member.on_front,
            "behind": member.behind,
            "words": words.get(rank, []),
            **_accuracies(member, run.finished),
            "commands": commands_of_member(run.folder, rank) if member.checkpoint else {},
        }
        for rank, member in enumerate(run.front.members, 1)
    ]


def _accuracies(member: FrontMember, finished: bool) -> dict[str, Any]:
    seen = {
        "final": (
            member.final_validation_accuracy if finished else None,
            member.validation_samples,
        ),
        "test": (member.test_accuracy, member.test_samples),
    }
    return {
        name: {"accuracy": accuracy, "interval": interval_of(accuracy, samples), "samples": samples}
        for name, (accuracy, samples) in seen.items()
    }


def _joined(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Columns one below the other; those in which the first has no key are left out."""
    first = next((part for part in parts if part["hash"]), parts[0])
    return {key: _joined_values([part[key] for part in parts]) for key in first}


def _joined_values(values: Sequence[Any]) -> Any:
    if isinstance(values[0], list):
        return [one for column in values for one in column]
    keys = dict.fromkeys(key for value in values for key in value)
    return {key: _joined_values([value[key] for value in values if key in value]) for key in keys}
