"""Halving: a generation is trained to a few epochs, and only the best of it further.

Successive halving (Jamieson and Talwalkar 2016) inside a generation, for several objectives: the
better half is that of the lower non-dominated fronts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hybhanas.errors import ConfigError
from hybhanas.search.evaluation import Evaluation
from hybhanas.search.objectives import Objectives


@dataclass(frozen=True, slots=True)
class Halving:
    """Who is trained how far.

    Args:
        rungs: epochs, ascending, after which some are stopped; none: all are trained in full.
        keep: the fraction that is promoted at each rung, above 0 and below 1.

    Raises:
        ConfigError: a value that is not accepted.
    """

    rungs: Sequence[int]
    keep: float

    def __post_init__(self) -> None:
        rungs = list(self.rungs)
        if rungs != sorted(set(rungs)) or any(rung < 1 for rung in rungs):
            raise ConfigError(
                f"search.rungs={rungs} is not accepted: epochs from 1, ascending, or [] for none"
            )
        if not 0 < self.keep < 1:
            raise ConfigError(f"search.keep={self.keep} is not accepted: above 0, below 1")

    def promoted(self, trained: Sequence[Evaluation], goals: Objectives) -> set[str]:
        """The keys of those that go on, at least one: by fronts, and within one by how far they are
        from others.

        Args:
            trained: to the same rung, in an order that does not depend on chance.
            goals: what is minimised.
        """
        count = math.ceil(self.keep * len(trained))
        if count >= len(trained):
            return {e.key for e in trained}
        import numpy as np
        from pymoo.operators.survival.rank_and_crowding.metrics import calc_crowding_distance
        from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting

        points = np.array([goals.point(e) for e in trained])
        chosen: list[int] = []
        for front in NonDominatedSorting().do(points):
            room = count - len(chosen)
            if len(front) > room:
                apart = calc_crowding_distance(points[front])
                front = front[np.argsort(-apart, kind="stable")][:room]
            chosen += [int(i) for i in front]
            if len(chosen) == count:
                break
        return {trained[i].key for i in chosen}
