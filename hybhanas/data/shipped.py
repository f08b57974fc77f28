"""The data sets that scikit-learn ships."""

from __future__ import annotations

from dataclasses import dataclass

from hybhanas.data.numbers import NumberSource
from hybhanas.data.samples import Given, Samples
from hybhanas.errors import unknown

SHIPPED = ("digits", "iris", "wine", "breast_cancer")
"""The classification data sets that scikit-learn ships."""


@dataclass(frozen=True, kw_only=True)
class Shipped(NumberSource):
    """One of the data sets that scikit-learn ships.

    Raises:
        ConfigError: a value that is not accepted.

    Example:
        >>> iris = Shipped(name="iris", seed=1).load()
        >>> iris.features, iris.classes, iris.train_samples
        (4, 3, 90)
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.name not in SHIPPED:
            raise unknown("dataset.name", self.name, SHIPPED)

    def read(self) -> Given:
        """All samples; classes are named by their numbers."""
        from sklearn import datasets

        features, labels = getattr(datasets, f"load_{self.name}")(return_X_y=True)
        return Given(Samples(features, labels, f"dataset={self.name}"))
