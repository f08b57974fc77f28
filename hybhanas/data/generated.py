"""Data sets that are generated; sizes and seeds are settings."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hybhanas.data.numbers import NumberSource
from hybhanas.data.samples import Given, Samples
from hybhanas.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

    Draw = Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]
    """Draws so many points [n, features] and their labels [n]."""


@dataclass(frozen=True, kw_only=True)
class Generated(NumberSource):
    """Two classes, 0 and 1, of as many samples each, or one more of class 0.

    Raises:
        ConfigError: a value that is not accepted.
    """

    samples: int = 300  # of both classes together
    data_seed: int = 0  # of the data themselves; `seed` is that of their splits

    LEAST = {"samples": 10, "data_seed": 0, "dimension": 1, "degree": 1, "manifold": 1,
             "hyperplanes": 1, "pixels": 2, "noise": 0, "offset": 0, "margin": 0}  # fmt: skip
    """The smallest accepted values."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for setting, least in self.LEAST.items():
            value = getattr(self, setting, least)
            if value < least:
                raise ConfigError(f"dataset.{setting}={value} is not accepted: at least {least}")

    def read(self) -> Given:
        """The samples, class 0 first."""
        import numpy as np

        points, labels = self.draw(np.random.default_rng(self.data_seed))
        return Given(Samples(points, labels, f"dataset={self.name}"))

    @abstractmethod
    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Points [samples, features] and labels [samples]."""

    @property
    def halves(self) -> tuple[int, int]:
        """The samples of either class."""
        return self.samples - self.samples // 2, self.samples // 2

    def labels(self) -> np.ndarray:
        """[samples], class 0 first."""
        import numpy as np

        return np.repeat([0, 1], self.halves)

    def balanced(self, rng: np.random.Generator, draw: Draw) -> np.ndarray:
        """Draws points until there are enough of both classes; those of class 0 first.

        Raises:
            ConfigError: one class is too rare for these settings.
        """
        import numpy as np

        found: list[list[np.ndarray]] = [[], []]
        for _ in range(1000):
            points, labels = draw(rng, self.samples)
            for label in (0, 1):
                found[label].extend(points[labels == label])
            if all(len(f) >= half for f, half in zip(found, self.halves, strict=True)):
                return np.array([*found[0][: self.halves[0]], *found[1][: self.halves[1]]])
        raise ConfigError(
            f"dataset={self.name} is not accepted with these settings: of {1000 * self.samples:,} "
            f"points {len(found[0])} have class 0 and {len(found[1])} class 1"
        )
