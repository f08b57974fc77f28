"""Surrogate: guesses objectives from what was evaluated, to choose what is evaluated next."""

from __future__ import annotations

import numpy as np
from pymoo.core.population import Population
from pymoo.core.problem import Problem
from pymoo.operators.survival.rank_and_crowding import RankAndCrowding

LEAST = 5
"""Evaluations before it guesses at all."""

TREES = 50
"""Of a forest."""


class Surrogate:
    """A random forest on the genome for each objective, fitted to every evaluation so far.

    It proposes and never scores: what it chooses is evaluated as any other, and nothing that it
    guesses enters a record, a front or an algorithm.

    Args:
        seed: of the forests.
    """

    def __init__(self, seed: int):
        self._seed = seed
        self._genomes: list[np.ndarray] = []
        self._values: list[np.ndarray] = []

    def learn(self, genomes: np.ndarray, values: np.ndarray) -> None:
        """Takes the objectives [n, objectives] of genomes [n, genes]."""
        self._genomes += list(genomes)
        self._values += list(values)

    def best(self, genomes: np.ndarray, count: int) -> np.ndarray:
        """The indices of `count` genomes whose guessed objectives are best, by non-dominated rank
        and, within a rank, crowding; the first ones while too little is known.
        """
        if len(self._values) < LEAST:
            return np.arange(count)
        guessed = self._guess(np.asarray(genomes, float))
        chosen = RankAndCrowding().do(
            Problem(n_obj=guessed.shape[1]),
            Population.new("F", guessed),
            n_survive=count,
            return_indices=True,
            random_state=np.random.default_rng(self._seed),
        )
        return np.sort(chosen)

    def _guess(self, genomes: np.ndarray) -> np.ndarray:
        """Of each objective the mean of the trees less their spread: what may be good is tried."""
        from sklearn.ensemble import RandomForestRegressor  # seconds, and few searches want it

        guesses = []
        for known in np.array(self._values).T:
            forest = RandomForestRegressor(TREES, random_state=self._seed)
            forest.fit(np.array(self._genomes), known)
            each = np.array([tree.predict(genomes) for tree in forest.estimators_])
            guesses.append(each.mean(axis=0) - each.std(axis=0))
        return np.array(guesses).T
