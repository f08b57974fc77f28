"""The settings of each strategy; light, so that they are checked without the strategy's library."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hybhanas.errors import ConfigError, unknown
from hybhanas.search.constraints import Constraints
from hybhanas.search.halving import Halving
from hybhanas.search.objectives import Objectives
from hybhanas.search_space import SearchSpace
from hybhanas.settings import NO_EFFECT

if TYPE_CHECKING:
    from hybhanas.search.strategy import Strategy


def _reference_point() -> dict[str, float]:
    return {
        "error": 1.0,
        "log10_total_s": 12.0,
        "parameters": 30000.0,
        "log10_energy_j": 16.0,
        "log10_latency_s": 6.0,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings(ABC):
    """What every strategy reads. Those of an own strategy extend it, and `strategy` builds it.

    Raises:
        ConfigError: a value that is not accepted.
    """

    name: str  # of the strategy, as results name it
    population: int = 20  # architectures of a generation
    # A longer search repeats a shorter one first, so that it may resume it.
    generations: int = field(default=6, metadata=NO_EFFECT)
    seed: int = 1  # of everything that is drawn
    objectives: Sequence[str] = ("error", "log10_total_s", "parameters")  # see `Objectives`
    # The worst value that counts towards the hypervolume, for every objective that may be named.
    reference_point: Mapping[str, float] = field(default_factory=_reference_point)
    ideal_point: Mapping[str, float] = field(default_factory=dict)  # the best; 0 if not named
    constraints: Mapping[str, float] = field(default_factory=dict)  # see `Constraints`
    rungs: Sequence[int] = ()  # epochs after which only the best are trained further
    keep: float = 0.34  # the fraction of them, at each rung

    def __post_init__(self) -> None:
        for name, least in (("population", 2), ("generations", 2), ("seed", 0)):
            if getattr(self, name) < least:
                raise ConfigError(
                    f"search.{name}={getattr(self, name)} is not accepted: at least {least}"
                )
        self.goals()
        self.bounds()
        self.halving()

    def bounds(self) -> Constraints:
        """What a candidate may cost."""
        return Constraints(dict(self.constraints))

    def halving(self) -> Halving:
        """Who is trained how far."""
        return Halving(tuple(self.rungs), self.keep)

    def goals(self) -> Objectives:
        """The objectives by name, with their box."""
        return Objectives(
            tuple(self.objectives), dict(self.reference_point), dict(self.ideal_point)
        )

    @abstractmethod
    def strategy(self, space: SearchSpace) -> Strategy:
        """The strategy of these settings, on a space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomSettings(SearchSettings):
    """Uniform draws."""

    name: str = "random"

    def strategy(self, space: SearchSpace) -> Strategy:
        """See `SearchSettings.strategy`."""
        from hybhanas.search.strategy import RandomSearch

        return RandomSearch(space, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhaustiveSettings(SearchSettings):
    """Every architecture of a small space; the search ends when all are evaluated."""

    name: str = "exhaustive"
    generations: int = field(default=20, metadata=NO_EFFECT)  # at most

    def strategy(self, space: SearchSpace) -> Strategy:
        """See `SearchSettings.strategy`."""
        from hybhanas.search.exhaustive import ExhaustiveSearch

        return ExhaustiveSearch(space, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class TPESettings(SearchSettings):
    """Optuna's multi-objective TPE."""

    name: str = "tpe"

    def strategy(self, space: SearchSpace) -> Strategy:
        """See `SearchSettings.strategy`."""
        from hybhanas.search.tpe import TPESearch

        return TPESearch(space, self)


ALGORITHMS = ("nsga2", "nsga3", "age_moea2")
"""The genetic algorithms, see `hybhanas.search.genetic`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneticSettings(SearchSettings):
    """What a genetic algorithm reads as well."""

    name: str = "nsga2"
    algorithm: str = "nsga2"  # one of ALGORITHMS
    # How many times as many offspring are bred as are evaluated, a model choosing the most
    # promising; at least 2. null: no model.
    surrogate: int | None = None

    def __post_init__(self) -> None:
        SearchSettings.__post_init__(self)  # super() does not work with slots
        if self.algorithm not in ALGORITHMS:
            raise unknown("search.algorithm", self.algorithm, ALGORITHMS)
        if self.surrogate is not None and self.surrogate < 2:
            raise ConfigError(
                f"search.surrogate={self.surrogate} is not accepted: at least 2, or null for none"
            )

    def strategy(self, space: SearchSpace) -> Strategy:
        """See `SearchSettings.strategy`."""
        from hybhanas.search.genetic import GeneticSearch

        return GeneticSearch(space, self)
