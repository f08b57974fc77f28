"""Budgets: when a search ends before its last generation."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import Evaluation


@dataclass(frozen=True, slots=True)
class Spent:
    """What a search has used up so far.

    Args:
        seconds: of wall time since this command began to search.
        epochs: of training, summed over all networks.
        evaluations: architectures evaluated.
        idle_generations: generations since the hypervolume last grew.
        qpu_usd: what this training would have cost on the backend; not counted without a limit.
    """

    seconds: float
    epochs: int
    evaluations: int
    idle_generations: int
    qpu_usd: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a search may use up; it ends with the generation that reaches one of these limits.

    null is no limit. Generations are never cut short, so that a search that is continued with a
    larger budget evaluates what it would have evaluated at once. `expected_gain` is another kind of
    limit: it ends a search before a generation that is not worth its training.

    Raises:
        ConfigError: a value that is not accepted.

    Example:
        >>> Budget(epochs=100).reached(Spent(60.0, 120, 10, 0))
        'search.budget.epochs=100'
    """

    seconds: float | None = None  # of wall time since this command started
    epochs: int | None = None  # of training, summed over all networks
    evaluations: int | None = None  # architectures
    idle_generations: int | None = None  # in succession without a gain in hypervolume
    qpu_usd: float | None = None  # that the training would have cost on the backend
    # The least hypervolume that a generation must be expected to add; for search=model gain=box.
    expected_gain: float | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and not 0 < value < math.inf:
                raise ConfigError(
                    f"search.budget.{field.name}={value} is not accepted: more than 0, or null for "
                    "no limit"
                )

    def reached(self, spent: Spent) -> str | None:
        """The first limit that is reached, as a setting; None while none is."""
        for field in fields(Spent):
            limit = getattr(self, field.name)
            if limit is not None and getattr(spent, field.name) >= limit:
                return f"search.budget.{field.name}={limit:g}"
        return None

    def not_worth(self, expected_gain: float | None) -> str | None:
        """`expected_gain` as a setting, if a generation is expected to add less; else None.

        Example:
            >>> Budget(expected_gain=0.001).not_worth(0.0004)
            'search.budget.expected_gain=0.001 (0.0004 is expected of another generation)'
        """
        least = self.expected_gain
        if least is None or expected_gain is None or expected_gain >= least:
            return None
        return (
            f"search.budget.expected_gain={least:g} ({expected_gain:.2g} is expected of another "
            "generation)"
        )


NO_LIMIT = Budget()


def training_usd(evaluation: Evaluation, epochs: int) -> float:
    """What the training of an evaluation would have cost on the backend, as far as it went; 0 where
    nothing was trained, or no price is known.

    Args:
        evaluation: of an architecture.
        epochs: that its costs are of.
    """
    money = None if evaluation.cost is None else evaluation.cost.money
    return 0.0 if money is None else money.cost_usd * evaluation.epochs / epochs


class Meter:
    """Measures what a search uses up, from now on.

    Args:
        budget: of the search; dollars are counted only if it limits them.
        epochs: gives the epochs that costs are of.
    """

    def __init__(self, budget: Budget, epochs: Callable[[], int]):
        self._started = time.monotonic()
        self._epochs = None if budget.qpu_usd is None else epochs()
        self._evaluations, self._usd = 0, 0.0
        self._hypervolumes: list[float] = []

    def spent(self, generation: Sequence[Evaluation], epochs: int, hypervolume: float) -> Spent:
        """What was used up with a further generation.

        Args:
            generation: its evaluations.
            epochs: of training so far.
            hypervolume: so far.
        """
        self._evaluations += len(generation)
        self._hypervolumes.append(hypervolume)
        if self._epochs is not None:
            self._usd += sum(training_usd(evaluation, self._epochs) for evaluation in generation)
        return Spent(
            seconds=time.monotonic() - self._started,
            epochs=epochs,
            evaluations=self._evaluations,
            idle_generations=idle_generations(self._hypervolumes),
            qpu_usd=self._usd,
        )


def idle_generations(hypervolumes: Sequence[float]) -> int:
    """The generations at the end of a search that added no hypervolume.

    Example:
        >>> idle_generations([0.2, 0.5, 0.5, 0.5])
        2
    """
    return len(hypervolumes) - 1 - hypervolumes.index(hypervolumes[-1])
