"""Objectives: what a search optimises, by name, and the hypervolume of what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import EVALUATED, Evaluation
from hybhanas.nas.quantities import Quantity, find


@dataclass(frozen=True, slots=True)
class Objectives:
    """Named quantities that are optimised together, each in its own direction.

    Args:
        names: of quantities, at least two of them, each once.
        reference_point: for each name the value at which a point no longer counts towards the
            hypervolume; the quantity's own worst value unless it is named.
        ideal_point: for each name the best value that counts; likewise.

    Raises:
        ConfigError: an unknown quantity, or a reference point that is no worse than the ideal.
    """

    names: Sequence[str]
    reference_point: Mapping[str, float]
    ideal_point: Mapping[str, float]

    def __post_init__(self) -> None:
        if len(self.names) < 2 or len(set(self.names)) < len(self.names):
            raise ConfigError(
                f"search.objectives={list(self.names)} is not accepted: two or more, each once"
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
        """The worst corner of the hypervolume's box, None where nothing names it."""
        return self.reference_point.get(name, find("search.objectives", name).worst)

    @property
    def box(self) -> dict[str, tuple[float, float]]:
        """For each objective its best and its worst value that count."""
        corners = {name: (self.best(name), self.worst(name)) for name in self.names}
        return {name: (best, worst) for name, (best, worst) in corners.items() if worst is not None}

    def point(self, evaluation: Evaluation) -> list[float] | None:
        """What is minimised: the objectives, those that are better when larger as their negative;
        None of an evaluation that was not trained.
        """
        if not evaluation.values:
            return None
        return [q.sign * float(q.value(evaluation)) for q in self.quantities]

    def front(self, evaluations: Sequence[Evaluation]) -> list[Evaluation]:
        """The non-dominated ones of those evaluated in full, by ascending objectives."""
        whole = [e for e in evaluations if e.status == EVALUATED]
        known = [(point, e) for e in whole if (point := self.point(e)) is not None]
        if not known:
            return []
        from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting

        points = np.array([point for point, _ in known])
        best = NonDominatedSorting().do(points, only_non_dominated_front=True)
        members = sorted((known[i] for i in best), key=lambda pair: (pair[0], pair[1].key))
        return [evaluation for _, evaluation in members]

    def hypervolume(self, evaluations: Sequence[Evaluation]) -> float:
        """The fraction of the box between the ideal and the reference point that is dominated by
        what was evaluated in full.
        """
        whole = [e for e in evaluations if e.status == EVALUATED]
        return self.volume([point for e in whole if (point := self.point(e)) is not None])

    def volume(self, points: Sequence[Sequence[float]]) -> float:
        """The fraction of the box that points dominate, each as `point` gives it."""
        if not points:
            return 0.0
        from pymoo.indicators.hv import HV

        signs = np.array([quantity.sign for quantity in self.quantities])
        best, worst = (signs * np.array(corner) for corner in zip(*self.box.values(), strict=True))
        scaled = np.clip((np.array(points) - best) / (worst - best), 0, None)
        inside = scaled[(scaled < 1).all(axis=1)]
        return float(HV(ref_point=np.ones(len(worst)))(inside)) if len(inside) else 0.0
