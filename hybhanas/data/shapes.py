"""Generated data sets of two features: moons, circles, spirals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hybhanas.data.generated import Generated
from hybhanas.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class Moons(Generated):
    """Two interleaving half circles; scikit-learn's `make_moons`."""

    noise: float = 0.1  # deviation, of each coordinate

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Points [samples, 2] and labels [samples]."""
        from sklearn.datasets import make_moons

        return make_moons(self.halves, shuffle=False, noise=self.noise, random_state=self.data_seed)


@dataclass(frozen=True, kw_only=True)
class Circles(Generated):
    """A circle inside another; scikit-learn's `make_circles`."""

    noise: float = 0.05  # deviation, of each coordinate
    factor: float = 0.5  # radius of the inner circle, the outer one having 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.factor < 1:
            raise ConfigError(f"dataset.factor={self.factor} is not accepted: between 0 and 1")

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Points [samples, 2] and labels [samples]."""
        from sklearn.datasets import make_circles

        return make_circles(
            self.halves, shuffle=False, noise=self.noise, factor=self.factor,
            random_state=self.data_seed,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Spirals(Generated):
    """Two spirals of Archimedes around each other, radius 0 to 1."""

    turns: float = 1.0  # of each spiral
    noise: float = 0.02  # deviation, of each coordinate

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Points [samples, 2] and labels [samples]."""
        import numpy as np

        labels = self.labels()
        radius = np.sqrt(rng.uniform(size=self.samples))  # even along the spiral
        angle = 2 * np.pi * self.turns * radius + np.pi * labels
        points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return points + self.noise * rng.normal(size=points.shape), labels
