"""Strategy: what proposes architectures and learns from their evaluations, by ask and tell."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.constraints import Constraints
from hybhanas.nas.evaluation import FAILED, INFEASIBLE, Evaluation
from hybhanas.nas.halving import Halving
from hybhanas.nas.objectives import Objectives
from hybhanas.search_space import SearchSpace
from hybhanas.settings import NO_EFFECT

TRIES = 200
"""Draws per genome wanted, before a space counts as exhausted."""

INFEASIBLE_OBJECTIVE = 1e9
"""The objectives of a candidate without any; it also breaks a constraint, so that no value ranks it
before any other."""


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
        self.parsed_objectives()
        self.parsed_constraints()
        self.halving()

    def parsed_constraints(self) -> Constraints:
        """What a candidate may cost."""
        return Constraints(dict(self.constraints))

    def halving(self) -> Halving:
        """Who is trained how far."""
        return Halving(tuple(self.rungs), self.keep)

    def parsed_objectives(self) -> Objectives:
        """The objectives by name, with their box."""
        return Objectives(
            tuple(self.objectives), dict(self.reference_point), dict(self.ideal_point)
        )

    @abstractmethod
    def strategy(self, space: SearchSpace) -> Strategy:
        """The strategy of these settings, on a space."""


class Strategy(ABC):
    """What a search loop asks for architectures and tells their evaluations.

    Args:
        space: where to search.
        settings: its settings.
    """

    def __init__(self, space: SearchSpace, settings: SearchSettings):
        self.space, self.settings = space, settings
        self.objectives = self.settings.parsed_objectives()
        self._rng = np.random.default_rng(self.settings.seed)
        self._asked: set[Architecture] = set()

    @abstractmethod
    def ask(self) -> list[Architecture]:
        """The next generation, all of it new to this strategy; empty when nothing is left."""

    @abstractmethod
    def tell(self, evaluations: Sequence[Evaluation]) -> None:
        """The evaluations of what was asked last, in its order."""

    def _standing(self, evaluation: Evaluation) -> tuple[list[float], float]:
        """The objectives, INFEASIBLE_OBJECTIVE where there are none, and by how much constraints
        are broken: 0 if evaluated; below 1 if infeasible, the less the closer; 1 if failed.
        """
        broken = float(evaluation.status == FAILED)
        if evaluation.status == INFEASIBLE:
            broken = evaluation.violation / (1 + evaluation.violation)
        point = self.objectives.point(evaluation)
        return (
            [INFEASIBLE_OBJECTIVE] * len(self.objectives.names) if point is None else point
        ), broken


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
