"""Images as features: one a pixel, of fewer pixels if so wanted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hybhanas.data.steps import ANGLE, Affine, Step

WHITE = 255.0
"""The largest value of a pixel."""

CHUNK = 4096
"""Images that are reduced at once, as floats."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """An `Encoder` of images [samples, height, width] of bytes.

    Args:
        side: pixels of a side after reducing, each the mean of the area it covers; None: as they
            are, as bytes.
    """

    side: int | None = None
    names: Sequence[str] = ()
    notes: Sequence[str] = ()
    before_components: str = "none"

    def scaling(self, values: np.ndarray, scale: str) -> Sequence[Step]:
        """All pixels alike: to mean 0 and deviation 1 over all images, to angles from black to
        white, or to [0, 1].
        """
        if scale == "angle":
            return [Affine(np.float32(WHITE / 2), np.float32(WHITE / 2 / ANGLE))]
        if scale == "none":
            return [Affine(np.float32(0), np.float32(WHITE))]
        mean = values.mean(dtype=np.float64)
        squares = sum(float(np.square(c.astype(np.float64)).sum()) for c in _chunks(values))
        deviation = math.sqrt(max(squares / values.size - mean**2, 0)) or 1.0
        return [Affine(np.float32(mean), np.float32(deviation))]

    def typed(self, samples: Any) -> np.ndarray:
        """[samples, height, width], values from 0 to 255.

        Raises:
            ValueError: they are no such array.
        """
        values = np.asarray(samples)
        if values.ndim != 3:
            raise ValueError(f"images are [samples, height, width], not of shape {values.shape}")
        return values.astype(np.uint8)

    def strange(self, features: Any) -> Sequence[str]:
        """Nothing: any image is one."""
        return ()

    def __call__(self, features: Any) -> np.ndarray:
        """[samples, height, width] -> [samples, pixels], bytes if they are not reduced."""
        if self.side is None:
            return features.reshape(len(features), -1)
        rows, columns = (_areas(size, self.side) for size in features.shape[1:])
        reduced = [rows @ chunk.astype(np.float32) @ columns.T for chunk in _chunks(features)]
        return np.concatenate(reduced).reshape(len(features), -1)


def _areas(pixels: int, side: int) -> np.ndarray:
    """[side, pixels]: the share of each pixel in the mean of each larger one.

    Example:
        >>> _areas(4, 2).tolist()
        [[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5]]
    """
    edges = np.linspace(0, pixels, side + 1)
    left, right = np.arange(pixels), np.arange(pixels) + 1
    overlap = np.minimum(edges[1:, None], right) - np.maximum(edges[:-1, None], left)
    return (np.maximum(overlap, 0) * side / pixels).astype(np.float32)


def _chunks(values: np.ndarray) -> Sequence[np.ndarray]:
    return [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]
