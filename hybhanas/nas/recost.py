"""Costing evaluations again on another machine, and how the front moves; nothing is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hybhanas.cost.estimator import CostEstimator
from hybhanas.errors import CandidateError
from hybhanas.models.layers import lay_out_network
from hybhanas.nas.evaluation import EVALUATED, FAILED, Evaluation
from hybhanas.nas.objectives import Objectives

FATES = ("stayed", "left", "joined")
"""What becomes of the members of two fronts."""


def recosted(evaluations: Sequence[Evaluation], estimator: CostEstimator) -> list[Evaluation]:
    """The evaluations with their cost by another estimator, in the same order.

    One that does not fit the new backend is failed. Constraints are not checked again.
    """
    outcome, work = [], estimator.workload
    for evaluation in evaluations:
        if evaluation.cost is not None:
            try:
                layers = lay_out_network(evaluation.architecture, work.features, work.classes)
                cost = estimator(layers.circuit, layers.classical_half)
                evaluation = replace(evaluation, cost=cost)
            except CandidateError as error:
                evaluation = replace(evaluation, cost=None, status=FAILED, reason=str(error))
        outcome.append(evaluation)
    return outcome


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a new cost did to a front.

    Args:
        kendall_tau: rank correlation of the old and the new log10_total_s over all evaluations:
            1, the same order; -1, the reverse; nan, if one of them has no order.
        median_ratio: of the new to the old total time.
        stayed, left, joined: the members of both fronts, of the old and of the new one only.
    """

    kendall_tau: float
    median_ratio: float
    stayed: tuple[Evaluation, ...]
    left: tuple[Evaluation, ...]
    joined: tuple[Evaluation, ...]

    @property
    def overlap(self) -> float:
        """Members of both fronts, of those of either."""
        count = len(self.stayed) + len(self.left) + len(self.joined)
        return len(self.stayed) / count if count else 1.0


def compare(
    old: Sequence[Evaluation], new: Sequence[Evaluation], objectives: Objectives
) -> Comparison:
    """Compares the fronts and the order of evaluations before and after; `new` is `recosted(old)`.

    The members of `stayed` and `joined` have the new cost, those of `left` the old one.
    """
    import numpy as np
    from scipy.stats import kendalltau

    pairs = [
        (a.values["log10_total_s"], b.values["log10_total_s"])
        for a, b in zip(old, new, strict=True)
        if a.status == b.status == EVALUATED
    ]
    before, after = np.array(pairs).reshape(-1, 2).T
    old_front, new_front = objectives.front(old), objectives.front(new)
    old_keys, new_keys = ({e.key for e in front} for front in (old_front, new_front))
    return Comparison(
        kendall_tau=float(kendalltau(before, after).statistic) if len(pairs) > 1 else float("nan"),
        median_ratio=10 ** float(np.median(after - before)) if pairs else float("nan"),
        stayed=tuple(e for e in new_front if e.key in old_keys),
        left=tuple(e for e in old_front if e.key not in new_keys),
        joined=tuple(e for e in new_front if e.key not in old_keys),
    )
