"""The part of the unit box that points dominate, exact in few dimensions and estimated in many.

All points are to be minimised; the reference point is the corner of ones.
"""

from __future__ import annotations

import heapq
import math
from functools import cache
from typing import Any, Protocol

import numpy as np

EXACT_DIMENSIONS = 4
"""Up to so many, thousands of points take seconds. The time of exact algorithms is exponential."""

RAYS = 16_384
"""Of the estimate, whose standard error is at most 1 / (2 sqrt(RAYS)) = 0.004 of the box."""

RAYS_TO_CHOOSE = 4_096
_AT_ONCE = 2**22
"""Numbers of a table that is computed at once."""


def dominated(points: np.ndarray) -> float:
    """The fraction of the unit box that is dominated.

    Beyond EXACT_DIMENSIONS it is estimated by rays (as by Deng and Zhang 2019, "Approximating
    Hypervolume and Hypervolume Contributions Using Polar Coordinate"). The box is a pyramid over
    each of its sides at 0 with the reference point as its top. Of a ray from the top to a random
    place of these sides, points dominate the part up to a length t of its whole, and t^d is the
    dominated part of a thin pyramid around it. The rays are always the same, so that equal points
    have equal estimates and further points never lower one.

    Args:
        points: [points, d] from 0 to 1.

    Example:
        >>> dominated(np.array([[0.5, 0.5], [0.0, 0.75]]))
        0.375
    """
    points = points[(points < 1).all(axis=1)]
    if not len(points):
        return 0.0
    if points.shape[1] <= EXACT_DIMENSIONS:
        import moocore

        return float(moocore.hypervolume(points, ref=np.ones(points.shape[1])))
    best = np.zeros(RAYS)
    for some in np.array_split(points, math.ceil(len(points) * RAYS / _AT_ONCE)):
        np.maximum(best, _parts(some, RAYS).max(axis=0, initial=0), out=best)
    return float(best.mean())


def greedy(points: np.ndarray, count: int) -> list[int]:
    """Chooses points one after the other, each time the one that adds the most volume to those
    before it; ties go to the one with the most volume of its own, then to the first.

    Volume that a point adds only shrinks as others are chosen. So a gain that was computed before
    bounds the present one, and few have to be computed again in each round.

    Args:
        points: [points, d] from 0 to 1.
        count: to choose; all, in their order of choice, where there are fewer.

    Returns:
        Their indices.
    """
    few = points.shape[1] <= EXACT_DIMENSIONS
    volumes: _Volumes = _Exact(points) if few else _Estimated(points)
    alone = [volumes.gain(i) for i in range(len(points))]
    waiting = [(-volume, -volume, i, 0) for i, volume in enumerate(alone)]
    heapq.heapify(waiting)
    chosen: list[int] = []
    while waiting and len(chosen) < count:
        _, own, i, known_at = heapq.heappop(waiting)
        if known_at < len(chosen):
            heapq.heappush(waiting, (-volumes.gain(i), own, i, len(chosen)))
        else:
            volumes.add(i)
            chosen.append(i)
    return chosen


class _Volumes(Protocol):
    def gain(self, index: int) -> float:
        """What a point adds to those chosen."""

    def add(self, index: int) -> None:
        """Chooses a point."""


class _Exact:
    def __init__(self, points: np.ndarray):
        import moocore

        self._points, self._chosen = points, points[:0]
        self._moocore: Any = moocore

    def gain(self, index: int) -> float:
        point = self._points[index]
        volume = float(np.prod(1 - point))
        inside = np.maximum(self._chosen, point)
        inside = inside[(inside < 1).all(axis=1)]
        if not len(inside) or volume == 0:
            return volume
        if (inside == point).all(axis=1).any():
            return 0.0
        inside = inside[self._moocore.is_nondominated(inside)]
        return volume - float(self._moocore.hypervolume(inside, ref=np.ones(len(point))))

    def add(self, index: int) -> None:
        self._chosen = np.vstack([self._chosen, self._points[index]])


class _Estimated:
    def __init__(self, points: np.ndarray):
        some = np.array_split(points, max(1, math.ceil(len(points) * RAYS_TO_CHOOSE / _AT_ONCE)))
        self._parts = np.vstack([_parts(one, RAYS_TO_CHOOSE).astype(np.float32) for one in some])
        self._reached = np.zeros(RAYS_TO_CHOOSE, np.float32)

    def gain(self, index: int) -> float:
        return float(np.maximum(self._parts[index] - self._reached, 0).mean(dtype=float))

    def add(self, index: int) -> None:
        np.maximum(self._reached, self._parts[index], out=self._reached)


def _parts(points: np.ndarray, rays: int) -> np.ndarray:
    """Of each ray's thin pyramid the part that each point dominates [points, rays]."""
    dimensions = points.shape[1]
    lengths = np.ones((len(points), rays))
    for reach, across in zip((1 - points).T, _rays(dimensions, rays).T, strict=True):
        np.minimum(lengths, reach[:, None] / across, out=lengths)
    parts: np.ndarray = lengths**dimensions
    return parts


@cache
def _rays(dimensions: int, count: int) -> np.ndarray:
    """How far each ray goes along each axis [count, d]: to one of the sides in turn."""
    across = np.random.default_rng(0).uniform(np.finfo(float).tiny, 1, (count, dimensions))
    across[np.arange(count), np.arange(count) % dimensions] = 1
    return across
