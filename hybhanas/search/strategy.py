"""Strategy: what proposes architectures and learns from their evaluations, by ask and tell."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.search.evaluation import FAILED, INFEASIBLE, Evaluation
from hybhanas.search.settings import SearchSettings
from hybhanas.search_space import SearchSpace

TRIES = 200
"""Draws per genome wanted, before a space counts as exhausted."""

WORST = 1e9
"""The objectives of a candidate without any; it also breaks a constraint, so that no value ranks it
before any other."""


class Strategy(ABC):
    """What a search loop asks for architectures and tells their evaluations.

    Args:
        space: where to search.
        settings: its settings.
    """

    def __init__(self, space: SearchSpace, settings: SearchSettings):
        self.space, self.settings = space, settings
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
