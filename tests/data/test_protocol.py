"""A data set of anyone's: what a search asks of it, and what is said when it is not there."""

from __future__ import annotations

import pytest
import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader, TensorDataset

from hybhanas.architecture import Architecture
from hybhanas.data.protocol import ready
from hybhanas.data.shipped import Shipped
from hybhanas.errors import ConfigError
from hybhanas.models.training import Trained, train
from tests.helpers.settings import train_settings


class TwoBlobs(pl.LightningDataModule):
    """Two clouds of points, as Lightning's own documentation would write it."""

    features, classes, train_samples, batch_size = 3, 2, 40, 10
    hash = "two blobs"

    def setup(self, stage: str) -> None:
        torch.manual_seed(0)
        labels = torch.arange(80) % 2
        points = torch.randn(80, 3) + 6.0 * labels[:, None]
        parts = zip(points.split(40), labels.split(40), strict=True)
        self.train, self.held_out = (TensorDataset(*part) for part in parts)

    def train_dataloader(self, epoch: int = 0) -> DataLoader:
        return DataLoader(self.train, self.batch_size)

    def val_dataloader(self) -> DataLoader:
        return DataLoader(self.held_out, 40)

    test_dataloader = val_dataloader


def test_a_lightning_data_module_of_ones_own_is_trained_on():
    settings = train_settings(epochs=20, learning_rate=0.1)
    architectures = [Architecture(qubits=2), Architecture(qubits=1, depth=2)]
    outcomes = train(architectures, ready(TwoBlobs()), settings, "fused", [1, 2], 20, test=True)
    for outcome in outcomes:
        assert isinstance(outcome, Trained)
        assert outcome.validation_accuracy == outcome.test_accuracy == 1.0


def test_what_a_data_set_lacks_is_named():
    class Nameless(TwoBlobs):
        hash = property()

    class Unordered(TwoBlobs):
        def train_dataloader(self) -> DataLoader:
            return DataLoader(self.train, self.batch_size)

    with pytest.raises(ConfigError, match="Nameless is not accepted: it has no hash; see hybhanas"):
        ready(Nameless())
    with pytest.raises(ConfigError, match="it has no argument epoch of train_dataloader"):
        ready(Unordered())
    with pytest.raises(ConfigError, match="train_dataloader gives no pairs .*train_dataloader"):
        ready(pl.LightningDataModule())


class Foreign(pl.LightningDataModule):
    """Written for Lightning alone: images, shuffled, no count and no hash."""

    def __init__(self, shift: float = 3.0):
        super().__init__()
        self.shift = shift

    def setup(self, stage: str) -> None:
        labels = torch.arange(60) % 3
        points = torch.randn(60, 2, 4, generator=torch.Generator().manual_seed(0))
        points += self.shift * labels[:, None, None]
        parts = [slice(0, 30), slice(30, 45), slice(45, 60)]
        self.parts = [TensorDataset(points[part], labels[part]) for part in parts]

    def train_dataloader(self) -> DataLoader:
        return DataLoader(self.parts[0], 10, shuffle=True)

    def val_dataloader(self) -> DataLoader:
        return DataLoader(self.parts[1], 10)

    def test_dataloader(self) -> DataLoader:
        return DataLoader(self.parts[2], 10)


def test_a_module_that_knows_nothing_of_this_package_is_trained_on():
    data = ready(Foreign(), seed=1)
    assert (data.features, data.classes, data.train_samples, data.batch_size) == (8, 3, 30, 10)
    assert data.hash == ready(Foreign(), seed=1).hash
    assert len({data.hash, ready(Foreign(), seed=2).hash, ready(Foreign(2.0), seed=1).hash}) == 3
    settings = train_settings(epochs=60, learning_rate=0.05)
    architectures = [Architecture(qubits=2, depth=2)]
    (outcome,) = train(architectures, data, settings, "fused", [1], 60, test=True)
    assert isinstance(outcome, Trained)
    assert outcome.test_accuracy >= 0.8


def test_what_a_foreign_module_may_give_is_named():
    class Regression(Foreign):
        def setup(self, stage: str) -> None:
            super().setup(stage)
            self.parts = [TensorDataset(p.tensors[0], p.tensors[1].float()) for p in self.parts]

    class Triples(Foreign):
        def setup(self, stage: str) -> None:
            super().setup(stage)
            self.parts = [TensorDataset(*p.tensors, p.tensors[1]) for p in self.parts]

    class Broken(Foreign):
        def setup(self, stage: str) -> None:
            super().setup(stage)
            self.parts[2].tensors[0][0] = float("nan")

    with pytest.raises(ConfigError, match="classes are integers .batch., not torch.float32"):
        ready(Regression())
    with pytest.raises(ConfigError, match="gives no pairs of features and classes: ValueError"):
        ready(Triples())
    with pytest.raises(ConfigError, match="the test split of .*Broken is not accepted: a value is"):
        ready(Broken())


def test_the_shipped_data_sets_keep_the_protocol():
    data = Shipped(name="iris", seed=0).load()
    assert ready(data) is data
