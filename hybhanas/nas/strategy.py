"""Strategies: they propose architectures and learn from their evaluations, by ask and tell."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError, check_at_most
from hybhanas.nas.budget import Budget
from hybhanas.nas.constraints import Constraints
from hybhanas.nas.evaluation import FAILED, INFEASIBLE, Evaluation
from hybhanas.nas.halving import TRAIN_ALL_IN_FULL, SuccessiveHalving
from hybhanas.nas.objectives import Objectives
from hybhanas.search_space import SearchSpace
from hybhanas.settings import NO_EFFECT

DRAWS_PER_GENOME = 200
"""Random draws for each genome wanted, before a space counts as exhausted."""

MOST_PER_GENERATION = 100_000
"""Architectures that are trained, costed or bred in a generation."""

INFEASIBLE_OBJECTIVE = 1e9
"""Objective value of a candidate that has none. Such a candidate also violates a constraint, which
alone decides its rank.
"""


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
    """The settings of every strategy. A strategy's own settings extend them; `strategy` builds it.

    Raises:
        ConfigError: a value that is not accepted.
    """

    name: str  # of the strategy, as results show it
    population: int = 20  # architectures per generation
    # A longer search starts with the same generations as a shorter one, so that it can resume it.
    generations: int = field(default=6, metadata=NO_EFFECT)
    budget: Budget = field(default_factory=Budget, metadata=NO_EFFECT)  # may end it earlier
    seed: int = 1  # of all random draws
    objectives: Sequence[str] = ("error", "log10_total_s", "parameters")  # see `Objectives`
    # For each possible objective, the worst value that counts towards the hypervolume.
    reference_point: Mapping[str, float] = field(default_factory=_reference_point)
    ideal_point: Mapping[str, float] = field(default_factory=dict)  # the best value, 0 by default
    constraints: Mapping[str, float] = field(default_factory=dict)  # see `Constraints`

    def __post_init__(self) -> None:
        for name, least in (("population", 2), ("generations", 2), ("seed", 0)):
            if getattr(self, name) < least:
                raise ConfigError(
                    f"search.{name}={getattr(self, name)} is not accepted: at least {least}"
                )
        check_at_most("search.population", self.population, MOST_PER_GENERATION)
        self.parsed_objectives()
        self.parsed_constraints()
        self.halving()

    def parsed_constraints(self) -> Constraints:
        """The constraints, checked."""
        return Constraints(dict(self.constraints))

    def parsed_objectives(self) -> Objectives:
        """The objectives with the box of their hypervolume, checked."""
        return Objectives(
            tuple(self.objectives), dict(self.reference_point), dict(self.ideal_point)
        )

    def halving(self) -> SuccessiveHalving:
        """How networks are stopped early; by default every network is trained in full."""
        return TRAIN_ALL_IN_FULL

    @abstractmethod
    def strategy(self, space: SearchSpace) -> Strategy:
        """Builds the strategy for a search space."""


class Strategy(ABC):
    """Proposes architectures to the search loop and learns from their evaluations.

    Args:
        space: the search space.
        settings: of the strategy.
    """

    def __init__(self, space: SearchSpace, settings: SearchSettings):
        self.space, self.settings = space, settings
        self.objectives = self.settings.parsed_objectives()
        self._rng = np.random.default_rng(self.settings.seed)
        self._asked: set[Architecture] = set()

    def shortlist(self) -> list[Architecture]:
        """Architectures whose cost the strategy wants to know before it chooses by `ask`; none
        unless a strategy overrides this.
        """
        return []

    def tell_costs(self, costed: Sequence[Evaluation]) -> None:  # noqa: B027 - need not be overridden
        """Takes the costs of the shortlist, in its order; none of these is trained yet."""

    @abstractmethod
    def ask(self) -> list[Architecture]:
        """The next generation, none of it proposed before; empty when nothing is left."""

    @abstractmethod
    def tell(self, evaluations: Sequence[Evaluation]) -> None:
        """Takes the evaluations of the last generation, in the order of `ask`."""

    def _objectives_and_violation(self, evaluation: Evaluation) -> tuple[list[float], float]:
        """The objectives (INFEASIBLE_OBJECTIVE where there are none) and the constraint violation:
        0 if evaluated, between 0 and 1 if infeasible, 1 if failed.
        """
        violation = float(evaluation.status == FAILED)
        if evaluation.status == INFEASIBLE:
            violation = evaluation.violation / (1 + evaluation.violation)
        point = self.objectives.point(evaluation)
        if point is None:
            point = [INFEASIBLE_OBJECTIVE] * len(self.objectives.names)
        return point, violation


class RandomSearch(Strategy):
    """Uniform sampling from the space, without replacement."""

    def ask(self) -> list[Architecture]:
        """See `Strategy.ask`."""
        genomes = sample_distinct(self.space, self.settings.population, self._rng, self._asked)
        architectures = [self.space.decode(genome) for genome in genomes]
        self._asked.update(architectures)
        return architectures

    def tell(self, evaluations: Sequence[Evaluation]) -> None:
        """Random search does not learn."""


def sample_distinct(
    space: SearchSpace, count: int, rng: np.random.Generator, known: Collection[Architecture]
) -> list[tuple[int, ...]]:
    """Samples `count` genomes of distinct architectures that are not known; fewer where the space
    has few left.
    """
    sampled: dict[Architecture, tuple[int, ...]] = {}
    for _ in range(min(count, space.size) * DRAWS_PER_GENOME):
        if len(sampled) == count:
            break
        genome = space.sample(rng)
        architecture = space.decode(genome)
        if architecture not in known:
            sampled.setdefault(architecture, genome)
    return list(sampled.values())
