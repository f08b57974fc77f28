"""Surrogate model: predicts objectives from earlier evaluations, to preselect offspring."""

from __future__ import annotations

import numpy as np
from pymoo.core.population import Population
from pymoo.core.problem import Problem
from pymoo.operators.survival.rank_and_crowding import RankAndCrowding

MIN_EVALUATIONS = 5
"""Evaluations that it needs before it predicts."""

TREES = 50
"""Trees per random forest."""


class Surrogate:
    """A random forest per objective, from the genome, fitted to all evaluations so far.

    It only preselects: what it selects is evaluated like any other candidate, and no prediction
    enters a record, a front or an algorithm.

    Args:
        seed: of the forests.
    """

    def __init__(self, seed: int):
        self._seed = seed
        self._genomes: list[np.ndarray] = []
        self._objectives: list[np.ndarray] = []

    def observe(self, genomes: np.ndarray, objectives: np.ndarray) -> None:
        """Adds evaluated genomes [n, genes] with their objectives [n, objectives]."""
        self._genomes += list(genomes)
        self._objectives += list(objectives)

    def select(self, genomes: np.ndarray, count: int) -> np.ndarray:
        """The indices, ascending, of the `count` genomes whose predicted objectives are best: by
        non-dominated sorting, then crowding distance. The first ones before MIN_EVALUATIONS.
        """
        if len(self._objectives) < MIN_EVALUATIONS:
            return np.arange(count)
        predicted = self._lower_confidence_bounds(np.asarray(genomes, float))
        selected = RankAndCrowding().do(
            Problem(n_obj=predicted.shape[1]),
            Population.new("F", predicted),
            n_survive=count,
            return_indices=True,
            random_state=np.random.default_rng(self._seed),
        )
        return np.sort(selected)

    def _lower_confidence_bounds(self, genomes: np.ndarray) -> np.ndarray:
        """For each objective the mean over the trees minus their standard deviation, so that
        uncertain genomes are explored; [n, objectives].
        """
        from sklearn.ensemble import RandomForestRegressor  # slow to import, and seldom needed

        bounds = []
        for observed in np.array(self._objectives).T:
            forest = RandomForestRegressor(TREES, random_state=self._seed)
            forest.fit(np.array(self._genomes), observed)
            trees = np.array([tree.predict(genomes) for tree in forest.estimators_])
            bounds.append(trees.mean(axis=0) - trees.std(axis=0))
        return np.array(bounds).T
