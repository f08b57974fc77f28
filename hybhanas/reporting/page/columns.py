"""Evaluations as a page holds them: a list a property, with an element an evaluation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.front import FrontMember
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.quantities import PARTS, QUANTITIES, Quantity

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


def offered(objectives: Objectives) -> list[Quantity]:
    """The quantities for axes; a logarithm is that of one, on an axis that is logarithmic."""
    further = [
        name
        for name in objectives.names
        if name != "error" and name.removeprefix("log10_") not in SHOWN
    ]
    return [QUANTITIES[name] for name in (*SHOWN, *further)]


def described(quantity: Quantity) -> dict[str, str]:
    """What the scripts have to know of a quantity."""
    return {
        "name": quantity.name, "label": quantity.label, "unit": quantity.unit,
        "better": quantity.better,
    }  # fmt: skip


def columns(
    evaluations: Sequence[Evaluation],
    members: Mapping[str, FrontMember],
    quantities: Sequence[Quantity],
) -> dict[str, Any]:
    """A list a property, with an element an evaluation."""
    of_members = [members.get(e.key) for e in evaluations]
    searched = [e.validation_accuracy for e in evaluations]
    genes = [e.architecture.to_dict() for e in evaluations]
    names = ("accuracy", "search_accuracy", "test_accuracy")
    values = {q.name: [value_of(q, e) for e in evaluations] for q in quantities}
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
            name: {side: [value_of(q, e) for e in evaluations] for side, q in _sides(pair)}
            for name, pair in BANDS.items()
        },
        "parts": {part.name: [value_of(part, e) for e in evaluations] for part in PARTS},
    }


def _sides(pair: tuple[str, str]) -> list[tuple[str, Quantity]]:
    return [("low", QUANTITIES[pair[0]]), ("high", QUANTITIES[pair[1]])]


def value_of(quantity: Quantity, evaluation: Evaluation) -> float | None:
    """None where it is not known, or not finite."""
    untrained = evaluation.validation_accuracy is None and quantity.known == "after training"
    absent = quantity.name == "roc_auc" and evaluation.roc_auc is None
    if evaluation.cost is None or untrained or absent:
        return None
    value = quantity.get(evaluation)
    return value if math.isfinite(value) else None
