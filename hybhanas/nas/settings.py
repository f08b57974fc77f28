"""The settings of each strategy. To check them imports none of the strategies' libraries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hybhanas.errors import ConfigError, check_at_most, unknown
from hybhanas.nas.halving import SuccessiveHalving
from hybhanas.nas.strategy import MOST_PER_GENERATION, SearchSettings, Strategy
from hybhanas.search_space import SearchSpace
from hybhanas.settings import NO_EFFECT

GAINS = ("log", "box")
"""What `ModelSettings.gain` accepts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomSettings(SearchSettings):
    """Random search."""

    name: str = "random"

    def strategy(self, space: SearchSpace) -> Strategy:
        """See `SearchSettings.strategy`."""
        from hybhanas.nas.strategy import RandomSearch

        return RandomSearch(space, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhaustiveSettings(SearchSettings):
    """Exhaustive search of a small space."""

    name: str = "exhaustive"
    generations: int = field(default=20, metadata=NO_EFFECT)  # at most; it ends earlier

    def strategy(self, space: SearchSpace) -> Strategy:
        """See `SearchSettings.strategy`."""
        from hybhanas.nas.exhaustive import ExhaustiveSearch

        return ExhaustiveSearch(space, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSettings(SearchSettings):
    """Local search: mutations of the front."""

    name: str = "local"

    def strategy(self, space: SearchSpace) -> Strategy:
        """See `SearchSettings.strategy`."""
        from hybhanas.nas.local_search import LocalSearch

        return LocalSearch(space, self)


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
    """A genetic algorithm."""

    name: str = "nsga2"
    algorithm: str = "nsga2"  # or nsga3, age_moea2

    def __post_init__(self) -> None:
        SearchSettings.__post_init__(self)  # super() does not work with slots
        if self.algorithm not in ALGORITHMS:
            raise unknown("search.algorithm", self.algorithm, ALGORITHMS)

    def strategy(self, space: SearchSpace) -> Strategy:
        """See `SearchSettings.strategy`."""
        from hybhanas.nas.genetic import GeneticSearch

        return GeneticSearch(space, self, self.algorithm)


@dataclass(frozen=True, slots=True, kw_only=True)
class HalvingSettings(GeneticSettings):
    """A genetic algorithm whose generations are trained by successive halving."""

    name: str = "halving"
    rungs: Sequence[int] = (3,)  # epochs after which only the promoted networks are trained further
    keep: float = 0.34  # the fraction promoted at each rung

    def halving(self) -> SuccessiveHalving:
        """See `SearchSettings.halving`."""
        return SuccessiveHalving(tuple(self.rungs), self.keep)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings(SearchSettings):
    """Search by a model of the error and exact costs."""

    name: str = "model"
    candidates: int = 8  # costed for each architecture that is trained; at least 2
    # What is gained. log: each halving of the error, the time or the parameters alike; box: the
    # hypervolume between search.ideal_point and search.reference_point, as it is reported.
    gain: str = "box"
    # Epochs after which only the promoted networks are trained further; []: all in full.
    rungs: Sequence[int] = ()
    keep: float = 0.34  # the fraction promoted at each rung

    def __post_init__(self) -> None:
        SearchSettings.__post_init__(self)  # super() does not work with slots
        if self.candidates < 2:
            raise ConfigError(f"search.candidates={self.candidates} is not accepted: at least 2")
        most = MOST_PER_GENERATION // self.population
        check_at_most("search.candidates", self.candidates, most)
        if self.gain not in GAINS:
            raise unknown("search.gain", self.gain, GAINS)

    def halving(self) -> SuccessiveHalving:
        """See `SearchSettings.halving`."""
        return SuccessiveHalving(tuple(self.rungs), self.keep)

    @property
    def predicts_gain(self) -> bool:
        """See `SearchSettings.predicts_gain`."""
        return self.gain == "box"

    def strategy(self, space: SearchSpace) -> Strategy:
        """See `SearchSettings.strategy`."""
        from hybhanas.nas.model_search import ModelSearch

        return ModelSearch(space, self, self.candidates, self.gain)
