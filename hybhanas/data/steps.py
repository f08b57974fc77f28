"""What is done to features between a file and a network, fitted to the training split alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ANGLE = math.pi / 2
"""`scale=angle` maps the training split to angles between its negative and it, in radians."""

CHUNK = 4096
"""Rows that take the steps at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """(x - shift) / divisor, limited to [-limit, limit] if there is a limit.

    Example:
        >>> Affine(np.array([1.0]), np.array([2.0]), limit=1.0)(np.array([[2.0], [9.0]])).tolist()
        [[0.5], [1.0]]
    """

    shift: np.ndarray | np.float32
    divisor: np.ndarray | np.float32
    limit: float | None = None

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """[samples, features] -> the same shape."""
        moved = (values - self.shift) / self.divisor
        return moved if self.limit is None else np.clip(moved, -self.limit, self.limit)


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """The coordinates along axes [components, features] around a mean."""

    mean: np.ndarray
    axes: np.ndarray

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """[samples, features] -> [samples, components]."""
        return (values - self.mean) @ self.axes.T


Step = Affine | Project


def standardise(values: np.ndarray) -> Affine:
    """Mean 0 and deviation 1 of each feature; one that is constant is only shifted."""
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(values)
    return Affine(scaler.mean_, scaler.scale_)


def to_angles(values: np.ndarray) -> Affine:
    """The range of each feature to [-pi/2, pi/2]; values of other splits beyond it to its ends."""
    low, high = values.min(axis=0), values.max(axis=0)
    half = np.where(high > low, (high - low) / 2, 1.0)
    return Affine((low + high) / 2, half / ANGLE, ANGLE)


def principal_components(values: np.ndarray, count: int) -> Project:
    """The axes along which the values vary most, the first the most."""
    from sklearn.decomposition import PCA

    samples, features = values.shape
    solver = "covariance_eigh" if samples > features else "full"
    fitted = PCA(count, svd_solver=solver).fit(values)
    return Project(fitted.mean_, fitted.components_)


def scaling(values: np.ndarray, scale: str) -> list[Step]:
    """What the setting `scale` means for features, each on its own."""
    if scale == "none":
        return []
    return [standardise(values) if scale == "standardise" else to_angles(values)]


def applied(steps: Sequence[Step], values: np.ndarray) -> np.ndarray:
    """The values after all steps, in order; some rows at a time, which takes less memory."""

    def after(values: np.ndarray) -> np.ndarray:
        for step in steps:
            values = step(values)
        return values

    if len(values) <= CHUNK:
        return after(values)
    parts = [after(values[start : start + CHUNK]) for start in range(0, len(values), CHUNK)]
    return np.concatenate(parts)
