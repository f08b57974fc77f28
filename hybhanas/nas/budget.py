"""Budgets: when a search ends before its last generation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

from hybhanas.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Spent:
    """What a search has used up so far.

    Args:
        seconds: of wall time since this command began to search.
        epochs: of training, summed over all networks.
        evaluations: architectures evaluated.
        idle_generations: generations since the hypervolume last grew.
    """

    seconds: float
    epochs: int
    evaluations: int
    idle_generations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a search may use up; it ends with the generation that reaches one of these limits.

    null is no limit. Generations are never cut short, so that a search that is continued with a
    larger budget evaluates what it would have evaluated at once.

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
        for field in fields(self):
            limit = getattr(self, field.name)
            if limit is not None and getattr(spent, field.name) >= limit:
                return f"search.budget.{field.name}={limit:g}"
        return None


def idle_generations(hypervolumes: Sequence[float]) -> int:
    """The generations at the end of a search that added no hypervolume.

    Example:
        >>> idle_generations([0.2, 0.5, 0.5, 0.5])
        2
    """
    return len(hypervolumes) - 1 - hypervolumes.index(hypervolumes[-1])
