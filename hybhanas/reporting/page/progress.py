"""What a search had found after so many evaluations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hybhanas.nas.evaluation import EVALUATED, Evaluation
from hybhanas.nas.hypervolume import EXACT_DIMENSIONS
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.quantities import QUANTITIES
from hybhanas.nas.summary import Tally
from hybhanas.reporting.page.columns import value_of

BUDGETS = (
    ("1 h", "qpu_s", 3600.0),
    ("1 day", "qpu_s", 86_400.0),
    ("30 days", "qpu_s", 30 * 86_400.0),
    ("$100", "cost_usd", 100.0),
    ("$10,000", "cost_usd", 10_000.0),
)
"""What a full training on the machine may take: name, quantity, and the most of it."""


def progress(evaluations: Sequence[Evaluation], objectives: Objectives) -> dict[str, Any]:
    """The curves of a search, and under `within` its best accuracy under budgets."""
    found = curves(evaluations, objectives)
    return found | {"within": _within(evaluations, found["evaluations"])}


def curves(
    evaluations: Sequence[Evaluation], objectives: Objectives, points: int = 200
) -> dict[str, Any]:
    """Hypervolume and best accuracy after so many evaluations: at most about `points` of them, or
    20 where a hypervolume is estimated, which takes longer.
    """
    points = points if len(objectives.names) <= EXACT_DIMENSIONS else 20
    tally, step = Tally(objectives), max(1, len(evaluations) // points)
    counts, volumes, best = list[int](), list[float](), list[float | None]()
    for start in range(0, len(evaluations), step):
        tally.add(evaluations[start : start + step])
        found = tally.summary()
        counts.append(found.evaluations)
        volumes.append(found.hypervolume)
        best.append(found.best_accuracy)
    return {"evaluations": counts, "hypervolume": volumes, "best_accuracy": best}


def _within(
    evaluations: Sequence[Evaluation], counts: Sequence[int]
) -> dict[str, list[float | None]]:
    """The best accuracy after so many evaluations among networks whose training on the machine
    keeps each of BUDGETS; of those budgets that some networks keep and others break.
    """
    curves: dict[str, list[float | None]] = {}
    for name, quantity, most in BUDGETS:
        values = [value_of(QUANTITIES[quantity], e) for e in evaluations]
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
