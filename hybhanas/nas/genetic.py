"""Genetic algorithms over the genome, by pymoo."""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable, Collection, Sequence
from types import ModuleType
from typing import Any

import numpy as np
from pymoo.algorithms.base.genetic import GeneticAlgorithm
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.duplicate import DuplicateElimination
from pymoo.core.evaluator import Evaluator as PymooEvaluator
from pymoo.core.population import Population
from pymoo.core.problem import Problem
from pymoo.core.variable import Integer
from pymoo.operators.crossover.ux import UX
from pymoo.operators.mutation.rm import ChoiceRandomMutation
from pymoo.operators.selection.tournament import TournamentSelection
from pymoo.problems.static import StaticProblem

from hybhanas.architecture import Architecture
from hybhanas.nas.evaluation import EVALUATED, Evaluation
from hybhanas.nas.strategy import SearchSettings, Strategy, distinct
from hybhanas.nas.surrogate import Surrogate
from hybhanas.search_space import SearchSpace


class GeneticSearch(Strategy):
    """A genetic algorithm: uniform crossover, random reset of genes, no architecture twice.

    Duplicates are judged on the canonical architecture and against all generations: what was
    evaluated and dropped is dominated, so to ask for it again would teach nothing. Where a small
    space leaves too few new offspring, uniform draws fill the generation. With a surrogate there
    are `surrogate` times as many offspring, of which it chooses.

    Args:
        space: where to search.
        settings: its settings.
        algorithm: `nsga2`, `nsga3` or `age_moea2`.
        surrogate: the factor; None: no surrogate.
    """

    def __init__(
        self,
        space: SearchSpace,
        settings: SearchSettings,
        algorithm: str,
        surrogate: int | None,
    ):
        super().__init__(space, settings)
        first = distinct(space, self.settings.population, self._rng, set())
        self._problem = Problem(
            vars={
                gene: Integer(bounds=(0, count - 1))
                for gene, count in zip(space.genes, space.choices, strict=True)
            },
            n_obj=len(self.objectives.names),
            n_ieq_constr=1,
        )
        self._surrogate = None if surrogate is None else Surrogate(settings.seed)
        self._algorithm = _ALGORITHMS[algorithm](
            len(self.objectives.names),
            len(first),
            n_offsprings=len(first) * (surrogate or 1),
            sampling=np.array(first),
            crossover=UX(),
            mutation=ChoiceRandomMutation(),
            eliminate_duplicates=_NewOnly(space, self._asked),
        )
        self._algorithm.setup(
            self._problem, termination=("n_gen", self.settings.generations), seed=self.settings.seed
        )
        self._individuals = Population.create()

    def ask(self) -> list[Architecture]:
        """See `Strategy.ask`."""
        asked = self._algorithm.ask() if self._algorithm.has_next() else None
        offspring = Population.create() if asked is None else asked
        missing = self.settings.population - len(offspring)
        if missing < 0 and self._surrogate is not None:
            chosen = self._surrogate.best(offspring.get("X"), self.settings.population)
            offspring = offspring[chosen]
        known = self._asked | {self.space.decode(x) for x in offspring.get("X")}
        drawn = distinct(self.space, missing, self._rng, known) if missing > 0 else []
        if drawn:
            offspring = Population.merge(offspring, Population.new("X", np.array(drawn)))
        self._individuals = offspring
        architectures = [self.space.decode(genome) for genome in self._individuals.get("X")]
        self._asked.update(architectures)
        return architectures

    def tell(self, evaluations: Sequence[Evaluation]) -> None:
        """See `Strategy.tell`."""
        standings = [self._standing(evaluation) for evaluation in evaluations]
        values = np.array([objectives for objectives, _ in standings])
        broken = np.array([[by] for _, by in standings])
        evaluated = StaticProblem(self._problem, F=values, G=broken)
        PymooEvaluator().eval(evaluated, self._individuals)
        if self._surrogate is not None:
            trained = [evaluation.status == EVALUATED for evaluation in evaluations]
            self._surrogate.learn(self._individuals.get("X")[trained], values[trained])
        if self._algorithm.has_next():
            # NSGA-III turns all warnings off; AGE-MOEA-II divides by zero between equal points.
            with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
                self._algorithm.tell(infills=self._individuals)


def _nsga2(objectives: int, population: int, **operators: Any) -> GeneticAlgorithm:
    return NSGA2(pop_size=population, **operators)


def _nsga3(objectives: int, population: int, **operators: Any) -> GeneticAlgorithm:
    """With the most evenly spread directions (Das and Dennis) that the population can hold."""
    from pymoo.algorithms.moo.nsga3 import NSGA3
    from pymoo.util.ref_dirs import get_reference_directions  # imports autograd

    steps = 0
    while math.comb(steps + objectives, objectives - 1) <= population:
        steps += 1
    directions = get_reference_directions("das-dennis", objectives, n_partitions=steps)
    selection = TournamentSelection(func_comp=_less_broken)
    return NSGA3(directions, pop_size=population, selection=selection, **operators)


def _less_broken(
    pop: Population, pairs: np.ndarray, random_state: np.random.Generator, **_: Any
) -> np.ndarray:
    """NSGA-III's tournament; pymoo's own settles some draws by a generator without a seed."""
    winners = []
    for a, b in pairs:
        excess = pop[a].CV[0] - pop[b].CV[0]
        winners.append(random_state.choice([a, b]) if excess == 0 else a if excess < 0 else b)
    return np.array(winners)[:, None]


def _age_moea2(objectives: int, population: int, **operators: Any) -> GeneticAlgorithm:
    """Without numba, by which pymoo compiles loops over the front: that takes longer than the loops
    do, and a machine's own compilation would decide on last digits. They run as they are written.
    """
    plain: Any = ModuleType("numba")
    plain.jit = lambda **_: lambda function: function
    plain.float64, plain.intp, plain.boolean = np.float64, np.intp, np.bool_
    real = sys.modules.get("numba")
    sys.modules["numba"] = plain
    try:
        from pymoo.algorithms.moo.age2 import AGEMOEA2
    finally:
        del sys.modules["numba"]
        if real is not None:
            sys.modules["numba"] = real
    return AGEMOEA2(pop_size=population, **operators)


_ALGORITHMS: dict[str, Callable[..., GeneticAlgorithm]] = {
    "nsga2": _nsga2,
    "nsga3": _nsga3,
    "age_moea2": _age_moea2,
}
"""By `search.algorithm`; called with the numbers of objectives and of individuals."""


class _NewOnly(DuplicateElimination):
    """Keeps the individuals whose architecture was never asked and stands only once."""

    def __init__(self, space: SearchSpace, asked: Collection[Architecture]):
        super().__init__()
        self._space, self._known = space, asked

    def do(self, pop: Population, *others: Population, **kwargs: Any) -> Population:
        seen = {self._space.decode(x) for other in others for x in other.get("X")}
        kept = []
        for index, individual in enumerate(pop):
            architecture = self._space.decode(individual.X)
            if architecture not in seen and architecture not in self._known:
                seen.add(architecture)
                kept.append(index)
        return pop[kept]
