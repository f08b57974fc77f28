"""Successive halving: every network of a generation is trained for a few epochs, the best further.

Successive halving (Jamieson and Talwalkar 2016) within a generation, for several objectives. At
each rung, candidates are promoted greedily: next comes the one that adds the most hypervolume to
those already promoted; ties, such as candidates that add none, are broken by the hypervolume that
a candidate dominates alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.hypervolume import greedy
from hybhanas.nas.objectives import Objectives


@dataclass(frozen=True, slots=True)
class SuccessiveHalving:
    """The rungs of a search, and the rule of promotion.

    Args:
        rungs: epochs, ascending, after which training stops for networks that are not promoted;
            none: all networks are trained in full.
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

    def promoted(self, trained: Sequence[Evaluation], objectives: Objectives) -> set[str]:
        """The keys of the promoted candidates, at least one.

        Args:
            trained: evaluations at the same rung, in a reproducible order.
            objectives: what is minimised; their box bounds the hypervolume.
        """
        candidates = [(e.key, point) for e in trained if (point := objectives.point(e)) is not None]
        if not candidates:
            return set()
        points = objectives.scaled([point for _, point in candidates])
        best = greedy(points, math.ceil(self.keep * len(trained)))
        return {candidates[i][0] for i in best}


TRAIN_ALL_IN_FULL = SuccessiveHalving(rungs=(), keep=0.5)
"""No rungs; the fraction is then never used."""
