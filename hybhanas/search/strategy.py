"""Strategy: what proposes architectures and learns from their evaluations, by ask and tell."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.search.constraints import Constraints
from hybhanas.search.evaluation import FAILED, INFEASIBLE, Evaluation
from hybhanas.search.halving import Halving
from hybhanas.search.objectives import Objectives
from hybhanas.search_space import SearchSpace

TRIES = 200
"""Draws per genome wanted, before a space counts as exhausted."""

WORST = 1e9
"""The objectives of a candidate without any; it also breaks a constraint, so that no value ranks it
before any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """What every strategy is told.

    Args:
        name: as results name the strategy.
        population: architectures of a generation, at least 2.
        generations: at least 2.
        seed: of the draws, at least 0.
        objectives, reference_point, ideal_point: see `Objectives`, which checks them.
        constraints: see `Constraints`, which checks them.
        rungs, keep: see `Halving`, which checks them.
        surrogate: how many times as many candidates a genetic algorithm makes as are evaluated, at
            least 2, a model choosing the most promising; None: no model.

    Raises:
        ConfigError: a value that is not accepted.
    """

    name: str
    population: int
    generations: int
    seed: int
    objectives: Sequence[str]
    reference_point: Mapping[str, float]
    ideal_point: Mapping[str, float]
    constraints: Mapping[str, float]
    rungs: Sequence[int]
    keep: float
    surrogate: int | None

    def __post_init__(self) -> None:
        for name, least in (("population", 2), ("generations", 2), ("seed", 0)):
            if getattr(self, name) < least:
                raise ConfigError(
                    f"search.{name}={getattr(self, name)} is not accepted: at least {least}"
                )
        if self.surrogate is not None and self.surrogate < 2:
            raise ConfigError(
                f"search.surrogate={self.surrogate} is not accepted: at least 2, or null for none"
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


class Strategy(ABC):
    """What a search loop asks for architectures and tells their evaluations.

    Args:
        space: where to search.
        settings: the fields of SearchSettings.

    Raises:
        ConfigError: a surrogate, where the strategy takes none.
    """

    takes_surrogate = False

    def __init__(self, space: SearchSpace, **settings: Any):
        self.space = space
        self.settings = SearchSettings(**settings)
        if self.settings.surrogate is not None and not self.takes_surrogate:
            raise ConfigError(
                f"search.surrogate={self.settings.surrogate} is not accepted: "
                f"search={self.settings.name} takes none; accepted: null"
            )
        self.objectives = self.settings.goals()
        self._rng = np.random.default_rng(self.settings.seed)
        self._asked: set[Architecture] = set()

    @abstractmethod
    def ask(self) -> list[Architecture]:
        """The next generation, all of it new to this strategy; empty when nothing is left."""

    @abstractmethod
    def tell(self, evaluations: Sequence[Evaluation]) -> None:
        """The evaluations of what was asked last, in its order."""

    def _standing(self, evaluation: Evaluation) -> tuple[list[float], float]:
        """The objectives, WORST where there are none, and by how much constraints are broken: 0 if
        evaluated; below 1 if infeasible, the less the closer it comes; 1 if failed.
        """
        broken = float(evaluation.status == FAILED)
        if evaluation.status == INFEASIBLE:
            broken = evaluation.violation / (1 + evaluation.violation)
        point = self.objectives.point(evaluation)
        return ([WORST] * len(self.objectives.names) if point is None else point), broken


class RandomSearch(Strategy):
    """Uniform draws from the space, none twice."""

    def ask(self) -> list[Architecture]:
        """See `Strategy.ask`."""
        genomes = distinct(self.space, self.settings.population, self._rng, self._asked)
        architectures = [self.space.decode(genome) for genome in genomes]
        self._asked.update(architectures)
        return architectures

    def tell(self, evaluations: Sequence[Evaluation]) -> None:
        """Nothing is learnt."""


def distinct(
    space: SearchSpace, count: int, rng: np.random.Generator, known: Collection[Architecture]
) -> list[tuple[int, ...]]:
    """Draws up to `count` genomes of different architectures, none of them known; fewer when the
    space has hardly any left.
    """
    drawn: dict[Architecture, tuple[int, ...]] = {}
    for _ in range(count * TRIES):
        if len(drawn) == count:
            break
        genome = space.sample(rng)
        architecture = space.decode(genome)
        if architecture not in known:
            drawn.setdefault(architecture, genome)
    return list(drawn.values())
