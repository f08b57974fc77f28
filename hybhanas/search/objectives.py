"""Objectives: what a search minimises, by name, and the hypervolume of what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hybhanas.errors import ConfigError, unknown
from hybhanas.search import constraints
from hybhanas.search.evaluation import EVALUATED, Evaluation

NAMES = ("error", *constraints.NAMES)
"""Objectives to minimise: 1 - validation accuracy, and all that can be constrained."""


@dataclass(frozen=True, slots=True)
class Objectives:
    """Named quantities that are minimised together.

    Args:
        names: of NAMES, at least two of them, each once.
        reference_point: for each name the value at which a point no longer counts towards the
            hypervolume; above 0.
        ideal_point: for each name the best value that counts; 0 where it is not named.
    """

    names: Sequence[str]
    reference_point: Mapping[str, float]
    ideal_point: Mapping[str, float]

    def __post_init__(self) -> None:
        if len(self.names) < 2 or len(set(self.names)) < len(self.names):
            raise ConfigError(
                f"search.objectives={list(self.names)} is not accepted: two or more, each once"
            )
        for name in self.names:
            if name not in NAMES:
                raise unknown("search.objectives", name, NAMES)
            if not self.reference_point.get(name, 0) > max(self.ideal_point.get(name, 0), 0):
                raise ConfigError(
                    f"search.reference_point.{name}={self.reference_point.get(name)} "
                    f"is not accepted: above 0 and the ideal; +search.reference_point.{name}=NUMBER"
                )

    def point(self, evaluation: Evaluation) -> list[float] | None:
        """The objectives of an evaluation; None of one that was not trained."""
        values = evaluation.values
        return [float(values[name]) for name in self.names] if values else None

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
        """The fraction of the box that points dominate."""
        if not points:
            return 0.0
        from pymoo.indicators.hv import HV

        worst = np.array([self.reference_point[name] for name in self.names])
        best = np.array([self.ideal_point.get(name, 0.0) for name in self.names])
        scaled = np.clip((np.array(points) - best) / (worst - best), 0, None)
        inside = scaled[(scaled < 1).all(axis=1)]
        return float(HV(ref_point=np.ones(len(worst)))(inside)) if len(inside) else 0.0
