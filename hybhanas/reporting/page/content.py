"""What the report page of a run shows, as one JSON object."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from hybhanas.calibration import Calibration
from hybhanas.cost.physical import PhysicalCircuit
from hybhanas.intervals import interval_of
from hybhanas.nas.evaluation import EVALUATED, STOPPED, Evaluation
from hybhanas.nas.front import FrontMember
from hybhanas.nas.importance import Importance
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.quantities import PARTS, QUANTITIES
from hybhanas.reporting.front_report import FrontReport
from hybhanas.reporting.page.circuit_drawing import (
    MOST_GATES,
    MOST_ON_PAGE,
    drawing,
    transpiled_drawing,
)
from hybhanas.reporting.page.columns import columns, described, offered
from hybhanas.reporting.page.commands import commands_of_member, commands_of_run
from hybhanas.reporting.page.coupling_map import coupling_map
from hybhanas.reporting.page.progress import progress
from hybhanas.reporting.units import total_label

_VALUE = re.compile(r"(?<==)-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.ASCII)
"""That a reason names of a quantity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a page is made of.

    Args:
        folder: of the run, as a person types it.
        data_name: as titles name the data set.
        search_name: of the strategy.
        evaluations: in the order in which the search made them.
        front: its members by rank, those to take, the baselines.
        objectives: what the search minimised.
        summary: the content of the run's `run.json`; of a search that runs, what is known of it,
            and under `live` its generation, how many there will be, and the time.
        config: the run's settings, as YAML.
        calibration: None where its source cannot be read again.
        verdicts: by architecture's hash, of those that `task=contribution` examined.
        importance: of genes for some quantities; a sentence where there is none.
        transpiled: by architecture's hash, the circuits of members as they run on the machine.
        verified: by architecture's hash, what `task=verify` found of members.
    """

    folder: str
    data_name: str
    search_name: str
    evaluations: Sequence[Evaluation]
    front: FrontReport
    objectives: Objectives
    summary: Mapping[str, Any]
    config: str
    calibration: Calibration | None
    verdicts: Mapping[str, str]
    importance: Sequence[Importance] | str = ""
    transpiled: Mapping[str, PhysicalCircuit] = field(default_factory=dict)
    verified: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """All that the page shows, in plain JSON types; a value that is not finite is None."""
        members = {m.evaluation.key: m for m in self.front.members}
        quantities = offered(self.objectives)
        return {
            "search": f"search={self.search_name}, {len(self.evaluations)} architectures",
            "title": f"{self.data_name} on {_backend(self.summary)}",
            "total": total_label(self.evaluations),
            "objectives": [q.without_logarithm.label for q in self.objectives.quantities],
            "quantities": [described(q) for q in quantities],
            "parts": {part.name: part.label for part in PARTS},
            "evaluations": columns(self.evaluations, members, quantities),
            "members": self._members(),
            "selection": [
                {"word": s.word, "rank": s.rank, "reason": s.reason} for s in self.front.selected
            ],
            "comparison": self.front.comparison(),
            "notes": self.front.trainings(),
            "baselines": [self._baseline(b) for b in self.front.baselines],
            "progress": progress(self.evaluations, self.objectives),
            "importance": self._importance(),
            "reasons": _reasons(self.evaluations),
            "commands": commands_of_run(self.folder, self.summary.get("overrides")),
            "coupling_map": self.calibration and coupling_map(self.calibration),
            "machine": _backend(self.summary),
            "live": self.summary.get("live"),
            "summary": dict(self.summary),
            "config": self.config,
        }

    def _importance(self) -> dict[str, Any]:
        """Of each quantity the fraction of its variance that each gene explains alone."""
        if isinstance(self.importance, str):
            return {"reason": self.importance, "quantities": []}
        return {
            "reason": "",
            "quantities": [
                {"label": QUANTITIES[one.quantity].label, "evaluations": one.evaluations,
                 "genes": dict(one.variance)}
                for one in self.importance
            ],
        }  # fmt: skip

    def _members(self) -> list[dict[str, Any]]:
        places = {e.key: i for i, e in enumerate(self.evaluations)}
        most = min(MOST_GATES, MOST_ON_PAGE // max(1, len(self.transpiled)))
        drawings = {name: transpiled_drawing(one, most) for name, one in self.transpiled.items()}
        rows = []
        for rank, member in enumerate(self.front.members, 1):
            name = member.evaluation.architecture.hash
            rows.append(
                {
                    "rank": rank,
                    "evaluation": places[member.evaluation.key],
                    "on_front": member.on_front,
                    "behind": member.behind,
                    "final": _measured(member.final_validation_accuracy, member.validation_samples)
                    | _by_seed(member, "validation"),
                    "test": _measured(member.test_accuracy, member.test_samples)
                    | _by_seed(member, "test"),
                    "distinguishable": member.is_distinguishable,
                    "twin": member.twin and asdict(member.twin),
                    "circuit": drawing(member.evaluation.architecture),
                    "transpiled": drawings.get(name),
                    "losses": [*member.losses],
                    "verified": self.verified.get(name),
                    "verdict": self.verdicts.get(name),
                    "checkpoint": member.checkpoint,
                    "commands": commands_of_member(self.folder, rank),
                }
            )
        return rows

    def _baseline(self, baseline: Any) -> dict[str, Any]:
        member = next(iter(self.front.members), None)
        validation, test = (
            (member.validation_samples, member.test_samples) if member else (None, None)
        )
        return asdict(baseline) | {
            "validation": _measured(baseline.validation_accuracy, validation),
            "test": _measured(baseline.test_accuracy, test),
        }


def _backend(summary: Mapping[str, Any]) -> str:
    calibration = summary.get("calibration")
    return str(calibration.get("name")) if isinstance(calibration, dict) else "unknown backend"


def _measured(accuracy: float | None, samples: int | None) -> dict[str, Any]:
    """An accuracy with its 95 % interval."""
    return {
        "accuracy": accuracy, "interval": interval_of(accuracy, samples), "samples": samples
    }  # fmt: skip


def _by_seed(member: FrontMember, split: str) -> dict[str, Any]:
    """What each seed gave, and the standard deviation; nothing of a single one."""
    spread = member.spread(split)
    if spread is None:
        return {}
    return {"seeds": member.accuracies(split), "deviation": spread.deviation}


def _reasons(evaluations: Sequence[Evaluation]) -> list[dict[str, Any]]:
    """Why architectures were not evaluated, the most frequent reason first; those that differ in a
    value alone, as of a constraint that they violate, are one with the range of its values.
    """
    kinds: dict[tuple[str, str], list[str]] = {}
    for e in evaluations:
        if e.status not in (EVALUATED, STOPPED):
            kinds.setdefault((e.status, _VALUE.sub("", e.reason)), []).append(e.reason)
    in_order = sorted(kinds.items(), key=lambda kind: -len(kind[1]))
    return [
        {"status": status, "reason": _with_ranges(reasons), "count": len(reasons)}
        for (status, _), reasons in in_order
    ]


def _with_ranges(reasons: Sequence[str]) -> str:
    """One reason for all, each value of them by its range."""
    values = zip(*map(_VALUE.findall, reasons), strict=True)
    ends = [(min(one, key=float), max(one, key=float)) for one in values]
    ranges = iter([low if float(low) == float(high) else f"{low} to {high}" for low, high in ends])
    return _VALUE.sub(lambda _: next(ranges), reasons[0])
