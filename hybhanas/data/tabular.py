"""In-memory classification data: stratified, seeded splits, scaled by the training split."""

from __future__ import annotations

import hashlib
from functools import cached_property
from itertools import islice

import numpy as np
import pytorch_lightning as pl
import torch
from sklearn import datasets
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch.utils.data import (
    BatchSampler,
    DataLoader,
    RandomSampler,
    SequentialSampler,
    TensorDataset,
)

from hybhanas.errors import ConfigError, unknown

SHIPPED = {
    "digits": datasets.load_digits,
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast_cancer": datasets.load_breast_cancer,
}


class TabularDataModule(pl.LightningDataModule):
    """One of the data sets that scikit-learn ships, as float32 features and integer classes.

    The test split is drawn first, the validation split from the rest, both stratified by class.
    Features are standardised by mean and deviation of the training split alone.

    Args:
        name: a key of SHIPPED.
        validation_fraction, test_fraction: of all samples, each in (0, 1).
        batch_size: samples of a training batch; evaluation takes 1024.
        seed: of the split and of the order of batches.

    Raises:
        ConfigError: an unknown name, or fractions that leave a class without a sample.
    """

    def __init__(
        self,
        name: str,
        validation_fraction: float,
        test_fraction: float,
        batch_size: int,
        seed: int,
    ):
        super().__init__()
        if name not in SHIPPED:
            raise unknown("dataset.name", name, SHIPPED)
        for setting, value in (
            ("validation_fraction", validation_fraction),
            ("test_fraction", test_fraction),
        ):
            if not 0 < value < 1 or validation_fraction + test_fraction >= 1:
                raise ConfigError(
                    f"dataset.{setting}={value} is not accepted: above 0, the two summing below 1"
                )
        if batch_size < 1:
            raise ConfigError(f"dataset.batch_size={batch_size} is not accepted: at least 1")
        self.name, self.batch_size, self.seed = name, batch_size, seed
        features, classes = SHIPPED[name](return_X_y=True)
        self.features, self.classes = features.shape[1], len(np.unique(classes))
        try:
            rest, test = _split(np.arange(len(classes)), classes, test_fraction, seed)
            train, validation = _split(
                rest, classes, validation_fraction / (1 - test_fraction), seed + 1
            )
        except ValueError as error:
            raise ConfigError(
                f"dataset.validation_fraction={validation_fraction} and "
                f"dataset.test_fraction={test_fraction} cannot split {name}: {error}"
            ) from None
        scaler = StandardScaler().fit(features[train])

        def tensors(rows: np.ndarray) -> TensorDataset:
            scaled = scaler.transform(features[rows]).astype(np.float32)
            return TensorDataset(torch.from_numpy(scaled), torch.from_numpy(classes[rows]).long())

        self.train, self.validation, self.test = map(tensors, (train, validation, test))

    @cached_property
    def hash(self) -> str:
        """Sixteen hex digits of the SHA-256 of all three splits, values and order."""
        digest = hashlib.sha256()
        for part in (self.train, self.validation, self.test):
            for tensor in part.tensors:
                digest.update(str(tuple(tensor.shape)).encode() + tensor.numpy().tobytes())
        return digest.hexdigest()[:16]

    def train_dataloader(self, epoch: int = 0) -> DataLoader[tuple[torch.Tensor, ...]]:
        """Batches from an epoch on, in an order that depends on the seed and the epoch alone."""
        order = RandomSampler(self.train, generator=torch.Generator().manual_seed(self.seed))
        batches = BatchSampler(order, self.batch_size, drop_last=False)
        for _ in range(epoch):  # what earlier epochs have drawn: an order that is asked for more
            list(islice(batches, len(batches)))  # than its last batch draws another
        return _loader(self.train, batches)

    def val_dataloader(self) -> DataLoader[tuple[torch.Tensor, ...]]:
        """The validation split in large batches."""
        return _loader(
            self.validation, BatchSampler(SequentialSampler(self.validation), 1024, False)
        )

    def test_dataloader(self) -> DataLoader[tuple[torch.Tensor, ...]]:
        """The test split in large batches."""
        return _loader(self.test, BatchSampler(SequentialSampler(self.test), 1024, False))


def _split(
    rows: np.ndarray, classes: np.ndarray, fraction: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    kept, taken = train_test_split(
        rows, test_size=fraction, stratify=classes[rows], random_state=seed % 2**32
    )
    return kept, taken


def _loader(data: TensorDataset, batches: BatchSampler) -> DataLoader[tuple[torch.Tensor, ...]]:
    """A loader that indexes the tensors once a batch instead of collating single samples."""
    return DataLoader(data, sampler=batches, batch_size=None)
