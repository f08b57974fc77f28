"""The generated data sets of Bowles et al., written from their descriptions.

J. Bowles, S. Ahmed, M. Schuld, *Better than classical? The subtle art of benchmarking quantum
machine learning models*, arXiv 2403.07059, and the pages of these sets at pennylane.ai/datasets.
Numbers differ from the published sets: another random generator, and constants that the
descriptions leave open are those of the classes below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hybhanas.data.generated import Generated

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class LinearlySeparable(Generated):
    """Points of the cube [-1, 1]^d on either side of the plane orthogonal to (1, ..., 1), but for
    those near to it.
    """

    dimension: int = 10  # features
    margin: float = 0.02  # a dimension: |x_1 + ... + x_d| exceeds it times d

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Points [samples, dimension] and labels [samples]."""
        import numpy as np

        def some(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
            points = rng.uniform(-1, 1, (count, self.dimension))
            sums = points.sum(axis=1)
            return points, np.where(np.abs(sums) > self.margin * self.dimension, sums > 0, -1)

        return self.balanced(rng, some), self.labels()


@dataclass(frozen=True, kw_only=True)
class TwoCurves(Generated):
    """Two closed curves in d dimensions, the second one the first, shifted.

    Each coordinate of a curve is a Fourier series of t in [0, 1] with coefficients from a normal
    distribution, divided by the degree.
    """

    dimension: int = 10  # features
    degree: int = 5  # of the Fourier series: the higher, the more the curves bend
    offset: float = 0.1  # of the second curve in each coordinate
    noise: float = 0.01  # deviation, of each coordinate

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Points [samples, dimension] and labels [samples]."""
        import numpy as np

        waves = 2 * np.pi * np.arange(1, self.degree + 1)
        cosines, sines = rng.normal(size=(2, self.degree, self.dimension)) / self.degree
        angles = rng.uniform(size=(self.samples, 1)) * waves
        points = np.cos(angles) @ cosines + np.sin(angles) @ sines
        labels = self.labels()
        points += self.offset * labels[:, None]
        return points + self.noise * rng.normal(size=points.shape), labels


@dataclass(frozen=True, kw_only=True)
class HiddenManifold(Generated):
    """Points z of a low-dimensional normal distribution, labelled there by a random network and
    seen in d dimensions as tanh(F z / sqrt(m) + b).

    The network is v tanh(W z / sqrt(m)), its threshold the median of its values. F, W and v are
    normal, b uniform in [-1, 1].
    """

    dimension: int = 10  # features
    manifold: int = 6  # dimensions in which the labels are made

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Points [samples, dimension] and labels [samples]."""
        import numpy as np

        hidden = rng.normal(size=(self.samples, self.manifold)) / np.sqrt(self.manifold)
        embedding = rng.normal(size=(self.manifold, self.dimension))
        bias = rng.uniform(-1, 1, self.dimension)
        weights, last = (
            rng.normal(size=(self.manifold, self.manifold)),
            rng.normal(size=self.manifold),
        )
        order = np.argsort(np.tanh(hidden @ weights) @ last, kind="stable")
        return np.tanh(hidden[order] @ embedding + bias), self.labels()


@dataclass(frozen=True, kw_only=True)
class Hyperplanes(Generated):
    """Whether a point lies on the positive side of an even or an odd number of hyperplanes.

    Points and hyperplanes w z + b = 0 are those of a low-dimensional space, all of them normal; the
    points are then mapped linearly to d dimensions.
    """

    dimension: int = 10  # features
    manifold: int = 3  # dimensions in which the labels are made
    hyperplanes: int = 2  # whose sides decide the label

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Points [samples, dimension] and labels [samples]."""
        normals = rng.normal(size=(self.manifold, self.hyperplanes))
        shifts = rng.normal(size=self.hyperplanes)
        embedding = rng.normal(size=(self.manifold, self.dimension))

        def some(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
            points = rng.normal(size=(count, self.manifold))
            return points, (points @ normals + shifts > 0).sum(axis=1) % 2

        return self.balanced(rng, some) @ embedding, self.labels()


@dataclass(frozen=True, kw_only=True)
class BarsAndStripes(Generated):
    """Noisy square images of vertical bars (class 0) or horizontal stripes (class 1).

    Each column, or row, is 1 or -1 with equal chance, never all the same.
    """

    pixels: int = 4  # of a side
    noise: float = 0.5  # deviation, of each pixel

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Images [samples, pixels^2], row by row, and labels [samples]."""
        import numpy as np

        codes = rng.integers(1, 2**self.pixels - 1, self.samples)
        lines = np.where(codes[:, None] >> np.arange(self.pixels) & 1, 1.0, -1.0)
        bars, stripes = np.split(lines, [self.halves[0]])
        shape = (self.pixels, self.pixels)
        images = np.concatenate(
            [np.broadcast_to(bars[:, None, :], (len(bars), *shape)),
             np.broadcast_to(stripes[:, :, None], (len(stripes), *shape))]
        ).reshape(self.samples, -1)  # fmt: skip
        return images + self.noise * rng.normal(size=images.shape), self.labels()
