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
        tally = Tally(objectives)
        tally.add(evaluations)
        return tally.summary()


class Tally:
    """The summary of evaluations that come in parts; adding some takes the same time however many
    came before, but for the size of the front.

    Args:
        objectives: what the search minimises.
    """

    def __init__(self, objectives: Objectives):
        self._objectives = objectives
        self._statuses: Counter[str] = Counter()
        self._front: list[Evaluation] = []
        self._best_accuracy: float | None = None
        self._cheapest_s: float | None = None
        self._epochs, self._seconds = 0, 0.0

    def add(self, evaluations: Sequence[Evaluation]) -> None:
        """Takes further evaluations."""
        self._statuses.update(e.status for e in evaluations)
        self._front = self._objectives.front([*self._front, *evaluations])
        evaluated = [e.values for e in evaluations if e.status == EVALUATED]
        accuracies, times = (
            [known, *values] if known is not None else values
            for known, values in (
                (self._best_accuracy, [1 - values["error"] for values in evaluated]),
                (self._cheapest_s, [values["total_s"] for values in evaluated]),
            )
        )
        self._best_accuracy = max(accuracies, default=None)
        self._cheapest_s = min(times, default=None)
        self._epochs += sum(e.epochs for e in evaluations)
        self._seconds += sum(e.seconds for e in evaluations)

    def summary(self) -> Summary:
        """Of all that were added."""
        return Summary(
            evaluations=self._statuses.total(),
            stopped=self._statuses[STOPPED],
            infeasible=self._statuses[INFEASIBLE],
            failed=self._statuses[FAILED],
            front_size=len(self._front),
            hypervolume=self._objectives.hypervolume(self._front),
            best_accuracy=self._best_accuracy,
            cheapest_s=self._cheapest_s,
            epochs=self._epochs,
            evaluations_s=round(self._seconds, 3),
        )
