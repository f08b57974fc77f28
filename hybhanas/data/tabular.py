"""In-memory classification data: stratified, seeded splits, scaled by the training split.

Splitting needs NumPy and scikit-learn, which are imported when it is done; only the loaders need
torch, so that an architecture can be costed for a data set without it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hybhanas.data.splits import Split, Splits
from hybhanas.errors import ConfigError, unknown

if TYPE_CHECKING:
    import numpy as np

    from hybhanas.data.loaders import Loader

SHIPPED = ("digits", "iris", "wine", "breast_cancer")
"""The classification data sets that scikit-learn ships."""


@dataclass(frozen=True, kw_only=True)
class TabularData:
    """One of the data sets that scikit-learn ships, split; a `hybhanas.data.protocol.SearchData`.

    The test split is drawn first, the validation split from the rest, both stratified by class.
    Features are standardised by mean and deviation of the training split alone.

    Raises:
        ConfigError: a value that is not accepted.

    Example:
        >>> iris = TabularData(name="iris", seed=1)
        >>> iris.features, iris.classes, iris.train_samples
        (4, 3, 90)
    """

    name: str  # a key of SHIPPED
    validation_fraction: float = 0.2  # of all samples
    test_fraction: float = 0.2  # of all samples
    batch_size: int = 64  # samples of a training batch
    seed: int  # of the split and of the order of batches

    def __post_init__(self) -> None:
        if self.name not in SHIPPED:
            raise unknown("dataset.name", self.name, SHIPPED)
        for setting in ("validation_fraction", "test_fraction"):
            value = getattr(self, setting)
            if not 0 < value < 1 or self.validation_fraction + self.test_fraction >= 1:
                raise ConfigError(
                    f"dataset.{setting}={value} is not accepted: above 0, the two summing below 1"
                )
        if self.batch_size < 1:
            raise ConfigError(f"dataset.batch_size={self.batch_size} is not accepted: at least 1")

    @cached_property
    def splits(self) -> Splits:
        """All samples, split and scaled.

        Raises:
            ConfigError: fractions that leave a class without a sample.
        """
        import numpy as np
        from sklearn import datasets
        from sklearn.preprocessing import StandardScaler

        features, classes = getattr(datasets, f"load_{self.name}")(return_X_y=True)
        fraction = self.validation_fraction / (1 - self.test_fraction)
        try:
            rest, test = _split(np.arange(len(classes)), classes, self.test_fraction, self.seed)
            train, validation = _split(rest, classes, fraction, self.seed + 1)
        except ValueError as error:
            raise ConfigError(
                f"dataset.validation_fraction={self.validation_fraction} and "
                f"dataset.test_fraction={self.test_fraction} cannot split {self.name}: {error}"
            ) from None
        scaler = StandardScaler().fit(features[train])

        def scaled(rows: np.ndarray) -> Split:
            return Split(
                scaler.transform(features[rows]).astype(np.float32), classes[rows].astype(np.int64)
            )

        return Splits(scaled(train), scaled(validation), scaled(test))

    @property
    def features(self) -> int:
        """Length of one sample."""
        return int(self.splits.train.features.shape[1])

    @cached_property
    def classes(self) -> int:
        """Number of classes; every split holds samples of each."""
        return len(set(self.splits.train.classes.tolist()))

    @property
    def train_samples(self) -> int:
        """Samples of the training split."""
        return len(self.splits.train)

    @cached_property
    def hash(self) -> str:
        """Sixteen hex digits of the SHA-256 of all three splits, values and order, and the seed."""
        digest = hashlib.sha256(f"{self.seed}".encode())
        for part in (self.splits.train, self.splits.validation, self.splits.test):
            for array in (part.features, part.classes):
                digest.update(f"{array.shape}".encode() + array.tobytes())
        return digest.hexdigest()[:16]

    def train_dataloader(self, epoch: int = 0) -> Loader:
        """Batches from an epoch on, in an order that depends on the seed and the epoch alone."""
        from hybhanas.data.loaders import shuffled

        return shuffled(self.splits.train, self.batch_size, self.seed, epoch)

    def val_dataloader(self) -> Loader:
        """The validation split in large batches."""
        from hybhanas.data.loaders import in_order

        return in_order(self.splits.validation)

    def test_dataloader(self) -> Loader:
        """The test split in large batches."""
        from hybhanas.data.loaders import in_order

        return in_order(self.splits.test)


def _split(
    rows: np.ndarray, classes: np.ndarray, fraction: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.model_selection import train_test_split

    kept, taken = train_test_split(
        rows, test_size=fraction, stratify=classes[rows], random_state=seed % 2**32
    )
    return kept, taken
