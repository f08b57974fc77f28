"""Objectives: the quantities that a search optimises, its Pareto front and its hypervolume."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import EVALUATED, Evaluation
from hybhanas.nas.hypervolume import dominated
from hybhanas.nas.quantities import Quantity, find


@dataclass(frozen=True, slots=True)
class Objectives:
    """Quantities that are optimised together, each in its own direction.

    Args:
        names: of quantities, at least two, without repetition.
        reference_point: by name, the value from which on a point adds no hypervolume; by default
            the worst value of the quantity.
        ideal_point: by name, the best value of the hypervolume's box; by default the best value of
            the quantity.

    Raises:
        ConfigError: an unknown quantity, or a reference point that is not worse than the ideal.
    """

    names: Sequence[str]
    reference_point: Mapping[str, float]
    ideal_point: Mapping[str, float]

    def __post_init__(self) -> None:
        if len(self.names) < 2 or len(set(self.names)) < len(self.names):
            raise ConfigError(
                f"search.objectives={list(self.names)} is not accepted: two or more, each once"
            )
        for corner in ("reference_point", "ideal_point"):
            for name, value in getattr(self, corner).items():
                if not math.isfinite(value):
                    raise ConfigError(
                        f"search.{corner}.{name}={value} is not accepted: a finite number"
                    )
        for quantity in self.quantities:
            name, worst = quantity.name, self.worst(quantity.name)
            if worst is None or not quantity.sign * (worst - self.best(name)) > 0:
                side = "above" if quantity.better == "smaller" else "below"
                raise ConfigError(
                    f"search.reference_point.{name}={worst} is not accepted: {side} the ideal, "
                    f"{self.best(name):g}; +search.reference_point.{name}=NUMBER"
                )

    @property
    def quantities(self) -> list[Quantity]:
        """The objectives as quantities, in the order of their names."""
        return [find("search.objectives", name) for name in self.names]

    def best(self, name: str) -> float:
        """The best corner of the hypervolume's box, in the objective's own direction."""
        return self.ideal_point.get(name, find("search.objectives", name).best)

    def worst(self, name: str) -> float | None:
        """The worst corner of the hypervolume's box; None where nothing gives it."""
        return self.reference_point.get(name, find("search.objectives", name).worst)

    @property
    def box(self) -> dict[str, tuple[float, float]]:
        """The hypervolume's box: for each objective its best and its worst value."""
        corners = {name: (self.best(name), self.worst(name)) for name in self.names}
        return {name: (best, worst) for name, (best, worst) in corners.items() if worst is not None}

    def point(self, evaluation: Evaluation) -> list[float] | None:
        """The objectives as values to be minimised: negated where larger is better. None if the
        evaluation was not trained.
        """
        if not evaluation.values:
            return None
        return [q.sign * float(q.value(evaluation)) for q in self.quantities]

    def front(self, evaluations: Sequence[Evaluation]) -> list[Evaluation]:
        """The non-dominated evaluations among those trained in full, by ascending objectives."""
        whole = [e for e in evaluations if e.status == EVALUATED]
        known = [(point, e) for e in whole if (point := self.point(e)) is not None]
        if not known:
            return []
        import moocore

        points = np.array([point for point, _ in known])
        best = np.flatnonzero(moocore.is_nondominated(points, keep_weakly=True))
        members = sorted((known[i] for i in best), key=lambda pair: (pair[0], pair[1].key))
        return [evaluation for _, evaluation in members]

    def hypervolume(self, evaluations: Sequence[Evaluation]) -> float:
        """The fraction of the box between the ideal and the reference point that is dominated by
        evaluations trained in full.
        """
        whole = [e for e in evaluations if e.status == EVALUATED]
        return self.volume([point for e in whole if (point := self.point(e)) is not None])

    def volume(self, points: Sequence[Sequence[float]]) -> float:
        """The fraction of the box that is dominated by points, each as `point` returns it; with
        more than four objectives it is estimated, see `hypervolume.dominated`.
        """
        return dominated(self.scaled(points)) if len(points) else 0.0

    def scaled(self, points: Sequence[Sequence[float]]) -> np.ndarray:
        """Points [points, objectives], each as `point` returns it, with the box's best corner at 0
        and its worst at 1; what is beyond the box is at its border.
        """
        signs = np.array([quantity.sign for quantity in self.quantities])
        best, worst = (signs * np.array(corner) for corner in zip(*self.box.values(), strict=True))
        scaled: np.ndarray = np.clip((np.array(points) - best) / (worst - best), 0, 1)
        return scaled


def common(several: Sequence[Objectives]) -> Objectives:
    """The objectives of several searches, with the smallest box that contains the box of each.

    Args:
        several: of the same quantities.

    Example:
        >>> a, b = (Objectives(("error", "parameters"), {"parameters": n}, {}) for n in (10, 20))
        >>> common([a, b]).box["parameters"]
        (0.0, 20)
    """
    boxes = [one.box for one in several]
    signs = {quantity.name: quantity.sign for quantity in several[0].quantities}
    return Objectives(
        several[0].names,
        {n: sign * max(sign * box[n][1] for box in boxes) for n, sign in signs.items()},
        {n: sign * min(sign * box[n][0] for box in boxes) for n, sign in signs.items()},
    )
