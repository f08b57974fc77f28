"""Halving: a generation is trained to a few epochs, and only the best of it further.

Successive halving (Jamieson and Talwalkar 2016) inside a generation, for several objectives: one
after the other goes on by which the hypervolume of those that do grows most; of those by which it
does not grow, the one of the largest alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.objectives import Objectives


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

    def promoted(self, trained: Sequence[Evaluation], objectives: Objectives) -> set[str]:
        """The keys of those that go on, at least one.

        Args:
            trained: to the same rung, in an order that does not depend on chance.
            objectives: what is minimised; its box is that of the hypervolume.
        """
        left = [(e.key, point) for e in trained if (point := objectives.point(e)) is not None]
        chosen: list[tuple[str, list[float]]] = []
        while left and len(chosen) < math.ceil(self.keep * len(trained)):
            points = [point for _, point in chosen]
            best = max(
                left,
                key=lambda one: (objectives.volume([*points, one[1]]), objectives.volume([one[1]])),
            )
            chosen.append(best)
            left.remove(best)
        return {key for key, _ in chosen}
