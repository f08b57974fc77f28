"""Strategies: they propose architectures and learn from their evaluations, by ask and tell."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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

MUTATIONS_PER_GENOME = 5
"""Likewise of mutations, before the neighbours of the parents count as exhausted."""

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
    # Names of quantities, `hybhanas.nas.quantities`: minimised, or maximised where more is better.
    objectives: Sequence[str] = ("error", "log10_total_s", "parameters")
    # For each possible objective, the worst value that counts towards the hypervolume.
    reference_point: Mapping[str, float] = field(default_factory=_reference_point)
    ideal_point: Mapping[str, float] = field(default_factory=dict)  # the best value, 0 by default
    # Bounds of quantities, such as {qubits: 4, p_survival: 0.9}: what violates one is not trained.
    constraints: Mapping[str, float] = field(default_factory=dict)
    # Evaluated first: architectures by their choices; of a run, named by its folder, its front.
    start: Sequence[Any] = ()

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
        if (gain := self.budget.expected_gain) is not None and not self.predicts_gain:
            raise ConfigError(
                f"search.budget.expected_gain={gain:g} is not accepted with search={self.name}: "
                "accepted with search=model search.gain=box, which predicts it"
            )

    @property
    def predicts_gain(self) -> bool:
        """Whether the strategy has an `expected_gain`."""
        return False

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
        self._start = _start(space, self.settings)

    def sampled(self, count: int, known: Collection[Architecture]) -> list[tuple[int, ...]]:
        """`count` genomes of distinct architectures that are not known: first those of
        `search.start`, then random ones; fewer where the space has few left.
        """
        first = [genome for a, genome in self._start.items() if a not in known][:count]
        known = {*known, *(self.space.decode(genome) for genome in first)} if first else known
        return first + sample_distinct(self.space, count - len(first), self._rng, known)

    @property
    def expected_gain(self) -> float | None:
        """The hypervolume that is expected of the generation asked for last; None where the
        strategy predicts none.
        """
        return None

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
        genomes = self.sampled(self.settings.population, self._asked)
        architectures = [self.space.decode(genome) for genome in genomes]
        self._asked.update(architectures)
        return architectures

    def tell(self, evaluations: Sequence[Evaluation]) -> None:
        """Random search does not learn."""


def _start(space: SearchSpace, settings: SearchSettings) -> dict[Architecture, tuple[int, ...]]:
    """The architectures of `search.start`, canonical, with their genomes.

    Raises:
        ConfigError: one that is none, or not of the space, or more than a generation has.
    """
    found: dict[Architecture, tuple[int, ...]] = {}
    for choices in settings.start:
        if not isinstance(choices, Mapping) or "qubits" not in choices:
            raise ConfigError(
                f"search.start: {choices} is not accepted: choices such as {{qubits: 4, "
                "depth: 2}, or the folder of a run"
            )
        architecture = Architecture.from_dict({str(k): v for k, v in choices.items()}).canonical()
        try:
            found[architecture] = space.encode(architecture)
        except ConfigError as error:
            raise ConfigError(f"search.start: {error}") from None
    if len(found) > settings.population:
        raise ConfigError(
            f"search.start has {len(found)} architectures; accepted: at most as many as a "
            f"generation, search.population={settings.population}"
        )
    return found


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


def mutated(
    space: SearchSpace,
    parents: Sequence[Sequence[int]],
    count: int,
    rng: np.random.Generator,
    known: Collection[Architecture],
) -> dict[Architecture, tuple[int, ...]]:
    """Up to `count` architectures that are not known, each with its genome, which differs in one or
    two genes from that of a parent.
    """
    found: dict[Architecture, tuple[int, ...]] = {}
    free = [gene for gene, choices in enumerate(space.choices) if choices > 1]
    for _ in range(MUTATIONS_PER_GENOME * count):
        if len(found) == count:
            break
        genome = list(parents[int(rng.integers(len(parents)))])
        for gene in rng.permutation(free)[: rng.integers(1, 3)]:
            others = [value for value in range(space.choices[gene]) if value != genome[gene]]
            genome[gene] = int(rng.choice(others))
        architecture = space.decode(genome)
        if architecture not in known:
            found.setdefault(architecture, tuple(genome))
    return found
