"""What a search has found so far, in a few numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hybhanas.nas.evaluation import EVALUATED, FAILED, INFEASIBLE, STOPPED, Evaluation
from hybhanas.nas.objectives import Objectives


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Numbers of many evaluations."""

    evaluations: int  # all of them, each architecture once
    stopped: int  # trained to a rung and not promoted
    infeasible: int  # costed and not trained, since a constraint is broken
    failed: int
    front_size: int
    hypervolume: float  # a fraction of the box between the ideal and the reference point
    best_accuracy: float | None  # on the validation split; None if nothing was evaluated
    cheapest_s: float | None  # the smallest total time; None if nothing was evaluated
    epochs: int  # summed over all networks
    evaluations_s: float  # wall time of all evaluations, in all attempts

    @classmethod
    def of(cls, evaluations: Sequence[Evaluation], objectives: Objectives) -> Summary:
        """Counts evaluations under the given objectives."""
        statuses = Counter(e.status for e in evaluations)
        evaluated = [e.values for e in evaluations if e.status == EVALUATED]
        return cls(
            evaluations=len(evaluations),
            stopped=statuses[STOPPED],
            infeasible=statuses[INFEASIBLE],
            failed=statuses[FAILED],
            front_size=len(objectives.front(evaluations)),
            hypervolume=objectives.hypervolume(evaluations),
            best_accuracy=max((1 - values["error"] for values in evaluated), default=None),
            cheapest_s=min((values["total_s"] for values in evaluated), default=None),
            epochs=sum(e.epochs for e in evaluations),
            evaluations_s=round(sum(e.seconds for e in evaluations), 3),
        )
