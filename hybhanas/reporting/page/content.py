"""What the report page of a run shows, as one JSON object."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hybhanas.calibration import Calibration
from hybhanas.nas.evaluation import EVALUATED, STOPPED, Evaluation
from hybhanas.nas.front import FrontMember
from hybhanas.nas.hypervolume import EXACT_DIMENSIONS
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.quantities import PARTS, QUANTITIES, Quantity
from hybhanas.nas.summary import Tally
from hybhanas.reporting.front_report import FrontReport, interval_of
from hybhanas.reporting.page.circuit_drawing import drawing
from hybhanas.reporting.page.commands import commands_of_member, commands_of_run
from hybhanas.reporting.page.coupling_map import coupling_map
from hybhanas.reporting.units import total_label

SHOWN = (
    "qpu_s", "effective_s", "total_s", "parameters", "quantum_parameters", "classical_parameters",
    "p_survival", "circuit_depth", "two_qubit_gates", "circuit_s", "executions", "shots_effective",
    "latency_s", "energy_j", "cost_usd", "balanced_accuracy", "roc_auc",
)  # fmt: skip
"""The quantities that a page offers for its axes, besides accuracies and the run's objectives."""

BANDS = {
    "qpu_s": ("qpu_low_s", "qpu_high_s"),
    "effective_s": ("effective_low_s", "effective_high_s"),
    "cost_usd": ("cost_low_usd", "cost_high_usd"),
    "p_survival": ("p_survival_low", "p_survival_high"),
}
"""The quantities with a 90 % band, and those that bound it."""

BUDGETS = (
    ("1 h", "qpu_s", 3600.0),
    ("1 day", "qpu_s", 86_400.0),
    ("30 days", "qpu_s", 30 * 86_400.0),
    ("$100", "cost_usd", 100.0),
    ("$10,000", "cost_usd", 10_000.0),
)
"""What a full training on the machine may take: name, quantity, and the most of it."""


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

    def content(self) -> dict[str, Any]:
        """All that the page shows, in plain JSON types; a value that is not finite is None."""
        members = {m.evaluation.key: m for m in self.front.members}
        shown = _shown(self.objectives)
        return {
            "search": f"{self.search_name} of {len(self.evaluations)} architectures",
            "title": f"{self.data_name} on {_backend(self.summary)}",
            "total": total_label(self.evaluations),
            "objectives": [q.label for q in self.objectives.quantities],
            "quantities": [_described(q) for q in shown],
            "parts": {part.name: part.label for part in PARTS},
            "evaluations": _columns(self.evaluations, members, shown),
            "members": self._members(),
            "selection": [
                {"word": s.word, "rank": s.rank, "reason": s.reason} for s in self.front.selected
            ],
            "comparison": self.front.comparison(),
            "notes": self.front.trainings(),
            "baselines": [self._baseline(b) for b in self.front.baselines],
            "progress": _progress(self.evaluations, self.objectives),
            "reasons": _reasons(self.evaluations),
            "commands": commands_of_run(self.folder, self.summary.get("overrides")),
            "coupling_map": self.calibration and coupling_map(self.calibration),
            "live": self.summary.get("live"),
            "summary": dict(self.summary),
            "config": self.config,
        }

    def _members(self) -> list[dict[str, Any]]:
        places = {e.key: i for i, e in enumerate(self.evaluations)}
        rows = []
        for rank, member in enumerate(self.front.members, 1):
            name = member.evaluation.architecture.hash
            rows.append(
                {
                    "rank": rank,
                    "evaluation": places[member.evaluation.key],
                    "on_front": member.on_front,
                    "behind": member.behind,
                    "final": _measured(member.final_validation_accuracy, member.validation_samples),
                    "test": _measured(member.test_accuracy, member.test_samples),
                    "twin": member.twin and asdict(member.twin),
                    "circuit": drawing(member.evaluation.architecture),
                    "losses": [*member.losses],
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


def _shown(objectives: Objectives) -> list[Quantity]:
    """The quantities for axes; a logarithm is that of one, on an axis that is logarithmic."""
    further = [
        name
        for name in objectives.names
        if name != "error" and name.removeprefix("log10_") not in SHOWN
    ]
    return [QUANTITIES[name] for name in (*SHOWN, *further)]


def _described(quantity: Quantity) -> dict[str, str]:
    return {
        "name": quantity.name, "label": quantity.label, "unit": quantity.unit,
        "better": quantity.better,
    }  # fmt: skip


def _columns(
    evaluations: Sequence[Evaluation], members: Mapping[str, FrontMember], shown: Sequence[Quantity]
) -> dict[str, Any]:
    """A list a property, with an element an evaluation."""
    of_members = [members.get(e.key) for e in evaluations]
    searched = [e.validation_accuracy for e in evaluations]
    genes = [e.architecture.to_dict() for e in evaluations]
    bands = [QUANTITIES[name] for pair in BANDS.values() for name in pair]
    names = ("accuracy", "search_accuracy", "test_accuracy")
    values = {name: [_value(q, e) for e in evaluations] for name, q in _by_name(shown).items()}
    accuracies = (
        [
            own if m is None or m.final_validation_accuracy is None else m.final_validation_accuracy
            for own, m in zip(searched, of_members, strict=True)
        ],
        searched,
        [None if m is None else m.test_accuracy for m in of_members],
    )
    return {
        "hash": [e.architecture.hash for e in evaluations],
        "architecture": [str(e.architecture) for e in evaluations],
        "status": [e.status for e in evaluations],
        "reason": [e.reason for e in evaluations],
        "epochs": [e.epochs for e in evaluations],
        "seconds": [round(e.seconds, 3) for e in evaluations],
        "genes": {gene: [own[gene] for own in genes] for gene in (genes[0] if genes else ())},
        "values": dict(zip(names, accuracies, strict=True)) | values,
        "bands": {
            name: {side: [_value(q, e) for e in evaluations] for side, q in _sides(pair, bands)}
            for name, pair in BANDS.items()
        },
        "parts": {part.name: [_value(part, e) for e in evaluations] for part in PARTS},
    }


def _by_name(quantities: Sequence[Quantity]) -> dict[str, Quantity]:
    return {quantity.name: quantity for quantity in quantities}


def _sides(pair: tuple[str, str], quantities: Sequence[Quantity]) -> list[tuple[str, Quantity]]:
    known = _by_name(quantities)
    return [("low", known[pair[0]]), ("high", known[pair[1]])]


def _value(quantity: Quantity, evaluation: Evaluation) -> float | None:
    """None where it is not known, or not finite."""
    untrained = evaluation.validation_accuracy is None and quantity.known == "after training"
    absent = quantity.name == "roc_auc" and evaluation.roc_auc is None
    if evaluation.cost is None or untrained or absent:
        return None
    value = quantity.get(evaluation)
    return value if math.isfinite(value) else None


def _progress(evaluations: Sequence[Evaluation], objectives: Objectives) -> dict[str, Any]:
    """Hypervolume and best accuracy after so many evaluations: at most about 200 points, or 20
    where a hypervolume is estimated, which takes longer.
    """
    points = 200 if len(objectives.names) <= EXACT_DIMENSIONS else 20
    tally, step = Tally(objectives), max(1, len(evaluations) // points)
    counts, volumes, best = [], [], []
    for start in range(0, len(evaluations), step):
        tally.add(evaluations[start : start + step])
        found = tally.summary()
        counts.append(found.evaluations)
        volumes.append(found.hypervolume)
        best.append(found.best_accuracy)
    curves = {"evaluations": counts, "hypervolume": volumes, "best_accuracy": best}
    return curves | {"within": _within(evaluations, counts)}


def _within(
    evaluations: Sequence[Evaluation], counts: Sequence[int]
) -> dict[str, list[float | None]]:
    """The best accuracy after so many evaluations among networks whose training on the machine
    keeps each of BUDGETS; of those budgets that some networks keep and others break.
    """
    curves: dict[str, list[float | None]] = {}
    for name, quantity, most in BUDGETS:
        values = [_value(QUANTITIES[quantity], e) for e in evaluations]
        keeps = [value is not None and value <= most for value in values]
        if not any(keeps) or sum(keeps) == sum(value is not None for value in values):
            continue
        best, so_far = list[float | None](), None
        for evaluation, kept in zip(evaluations, keeps, strict=True):
            if kept and evaluation.status == EVALUATED:
                so_far = max(so_far or 0.0, evaluation.validation_accuracy or 0.0)
            best.append(so_far)
        curves[name] = [best[count - 1] for count in counts]
    return curves


def _reasons(evaluations: Sequence[Evaluation]) -> list[dict[str, Any]]:
    """Why architectures were not evaluated, the most frequent reason first."""
    counted = Counter(
        (e.status, e.reason) for e in evaluations if e.status not in (EVALUATED, STOPPED)
    )
    return [
        {"status": status, "reason": reason, "count": count}
        for (status, reason), count in counted.most_common()
    ]
