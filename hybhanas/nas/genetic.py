"""Genetic algorithms over the genome, by pymoo."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
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
from hybhanas.nas.age_moea2 import age_moea2
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.strategy import SearchSettings, Strategy
from hybhanas.search_space import SearchSpace

KNOWN_GENOMES = 2**18
"""Whose architectures are kept in memory."""


class GeneticSearch(Strategy):
    """A genetic algorithm with uniform crossover and mutation by random reset of genes.

    No architecture is evaluated twice: offspring count as duplicates if their canonical
    architecture occurred in any generation, since one that was evaluated and dropped is dominated.
    Where a small space leaves too few new offspring, random sampling fills the generation.

    Args:
        space: the search space.
        settings: of the strategy.
        algorithm: `nsga2`, `nsga3` or `age_moea2`.
    """

    def __init__(self, space: SearchSpace, settings: SearchSettings, algorithm: str):
        super().__init__(space, settings)
        # the older a search is, the more of its offspring are genomes that it has decoded before
        self._decode = lru_cache(maxsize=KNOWN_GENOMES)(space.decode)
        first = self.sampled(self.settings.population, set())
        self._problem = Problem(
            vars={
                gene: Integer(bounds=(0, count - 1))
                for gene, count in zip(space.genes, space.choices, strict=True)
            },
            n_obj=len(self.objectives.names),
            n_ieq_constr=1,
        )
        self._algorithm = _ALGORITHMS[algorithm](
            len(self.objectives.names),
            len(first),
            sampling=np.array(first),
            crossover=UX(),
            mutation=ChoiceRandomMutation(),
            eliminate_duplicates=_KnownArchitectures(self._decode, self._asked),
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
        architectures = [self._decode(tuple(genome)) for genome in offspring.get("X")]
        self._asked.update(architectures)
        if missing > 0:
            sampled = self.sampled(missing, self._asked)
            if sampled:
                offspring = Population.merge(offspring, Population.new("X", np.array(sampled)))
            more = [self.space.decode(genome) for genome in sampled]
            architectures += more
            self._asked.update(more)
        self._individuals = offspring
        return architectures

    def tell(self, evaluations: Sequence[Evaluation]) -> None:
        """See `Strategy.tell`."""
        outcomes = [self._objectives_and_violation(evaluation) for evaluation in evaluations]
        objectives = np.array([values for values, _ in outcomes])
        violations = np.array([[violation] for _, violation in outcomes])
        evaluated = StaticProblem(self._problem, F=objectives, G=violations)
        PymooEvaluator().eval(evaluated, self._individuals)
        if self._algorithm.has_next():
            # NSGA-III changes the warning filters; AGE-MOEA-II divides by zero for equal points.
            with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
                self._algorithm.tell(infills=self._individuals)


def _nsga2(objectives: int, population: int, **operators: Any) -> GeneticAlgorithm:
    return NSGA2(pop_size=population, **operators)


def _nsga3(objectives: int, population: int, **operators: Any) -> GeneticAlgorithm:
    """With the largest set of Das-Dennis reference directions that the population can cover."""
    from pymoo.algorithms.moo.nsga3 import NSGA3
    from pymoo.util.ref_dirs import get_reference_directions  # imports autograd

    partitions = 0
    while math.comb(partitions + objectives, objectives - 1) <= population:
        partitions += 1
    directions = get_reference_directions("das-dennis", objectives, n_partitions=partitions)
    selection = TournamentSelection(func_comp=_smaller_violation)
    return NSGA3(directions, pop_size=population, selection=selection, **operators)


def _smaller_violation(
    pop: Population, pairs: np.ndarray, random_state: np.random.Generator, **_: Any
) -> np.ndarray:
    """Tournament by constraint violation, ties at random; pymoo's own draws some of these ties from
    an unseeded generator.
    """
    winners = []
    for a, b in pairs:
        excess = pop[a].CV[0] - pop[b].CV[0]
        winners.append(random_state.choice([a, b]) if excess == 0 else a if excess < 0 else b)
    return np.array(winners)[:, None]


_ALGORITHMS: dict[str, Callable[..., GeneticAlgorithm]] = {
    "nsga2": _nsga2,
    "nsga3": _nsga3,
    "age_moea2": age_moea2,
}
"""Constructors by `search.algorithm`; arguments: number of objectives, population, operators."""


class _KnownArchitectures(DuplicateElimination):
    """Removes individuals whose architecture was proposed before or occurs more than once."""

    def __init__(
        self, decode: Callable[[tuple[int, ...]], Architecture], asked: Collection[Architecture]
    ):
        super().__init__()
        self._decode, self._known = decode, asked

    def do(self, pop: Population, *others: Population, **kwargs: Any) -> Population:
        offspring = others[1:]  # the first are parents, all of which were proposed
        seen = {self._decode(tuple(x)) for other in offspring for x in other.get("X")}
        kept = []
        for index, individual in enumerate(pop):
            architecture = self._decode(tuple(individual.X))
            if architecture not in seen and architecture not in self._known:
                seen.add(architecture)
                kept.append(index)
        return pop[kept]
