"""The settings of each strategy; light, so that they are checked without the strategy's library."""

from __future__ import annotations

from dataclasses import dataclass, field

from hybhanas.errors import ConfigError, unknown
from hybhanas.nas.strategy import SearchSettings, Strategy
from hybhanas.search_space import SearchSpace
from hybhanas.settings import NO_EFFECT


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomSettings(SearchSettings):
    """Uniform draws."""

    name: str = "random"

    def strategy(self, space: SearchSpace) -> Strategy:
        """See `SearchSettings.strategy`."""
        from hybhanas.nas.strategy import RandomSearch

        return RandomSearch(space, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhaustiveSettings(SearchSettings):
    """Every architecture of a small space; the search ends when all are evaluated."""

    name: str = "exhaustive"
    generations: int = field(default=20, metadata=NO_EFFECT)  # at most

    def strategy(self, space: SearchSpace) -> Strategy:
        """See `SearchSettings.strategy`."""
        from hybhanas.nas.exhaustive import ExhaustiveSearch

        return ExhaustiveSearch(space, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class TPESettings(SearchSettings):
    """Optuna's multi-objective TPE."""

    name: str = "tpe"

    def strategy(self, space: SearchSpace) -> Strategy:
        """See `SearchSettings.strategy`."""
        from hybhanas.nas.tpe import TPESearch

        return TPESearch(space, self)


ALGORITHMS = ("nsga2", "nsga3", "age_moea2")
"""The genetic algorithms, see `hybhanas.nas.genetic`."""


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
        from hybhanas.nas.genetic import GeneticSearch

        return GeneticSearch(space, self, self.algorithm, self.surrogate)
