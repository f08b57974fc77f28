"""Data: disjoint stratified splits that depend on the seed alone, scaled by the training split."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from hybhanas.data.tabular import SHIPPED, TabularData
from hybhanas.errors import ConfigError


def data(name: str = "iris", seed: int = 0, **change: float) -> TabularData:
    settings = {"validation_fraction": 0.2, "test_fraction": 0.2, "batch_size": 32} | change
    return TabularData(name=name, seed=seed, **settings)


@pytest.mark.parametrize(
    ("name", "samples", "features", "classes"),
    [("digits", 1797, 64, 10), ("iris", 150, 4, 3), ("wine", 178, 13, 3),
     ("breast_cancer", 569, 30, 2)],
)  # fmt: skip
def test_each_set_has_its_known_shape_and_every_class_in_every_split(
    name, samples, features, classes
):
    module = data(name)
    assert (module.features, module.classes) == (features, classes)
    splits = (module.splits.train, module.splits.validation, module.splits.test)
    assert sum(map(len, splits)) == samples
    assert module.train_samples == len(splits[0])
    for split in splits:
        assert (split.features.dtype, split.classes.dtype) == (np.float32, np.int64)
        assert len(np.unique(split.classes)) == classes
    assert name in SHIPPED


def test_no_sample_is_in_two_splits():
    splits = data("digits").splits
    rows = [
        tuple(x.tolist())
        for split in (splits.train, splits.validation, splits.test)
        for x in split.features
    ]
    assert len(rows) == len(set(rows)) == 1797


def test_the_training_split_alone_has_mean_zero_and_deviation_one():
    splits = data("wine").splits
    np.testing.assert_allclose(splits.train.features.mean(0), np.zeros(13), atol=1e-5)
    np.testing.assert_allclose(splits.train.features.std(0), np.ones(13), atol=1e-5)
    assert np.abs(splits.test.features.mean(0)).max() > 1e-3


def test_splits_and_batches_depend_on_the_seed_alone():
    one, same, other = data(seed=3), data(seed=3), data(seed=4)
    assert one.hash == same.hash != other.hash
    torch.manual_seed(0)
    first = [x for x, _ in one.train_dataloader()]
    torch.manual_seed(1)
    again = [x for x, _ in same.train_dataloader()]
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert [len(x) for x in first] == [32, 32, 26]


def test_wrong_settings_are_named():
    with pytest.raises(ConfigError, match="dataset.name=iriss is unknown .did you mean iris"):
        data("iriss")
    with pytest.raises(ConfigError, match="dataset.validation_fraction=0.9 is not accepted"):
        data(validation_fraction=0.9)
    with pytest.raises(ConfigError, match="cannot split iris"):
        data(test_fraction=0.01).splits  # noqa: B018  it is split when it is first read
    with pytest.raises(ConfigError, match="dataset.batch_size=0"):
        data(batch_size=0)


def test_the_size_of_a_data_set_is_known_without_torch():
    code = (
        "import sys\n"
        "from hybhanas.data.tabular import TabularData\n"
        "data = TabularData(name='iris', seed=1)\n"
        "print(data.features, data.classes, data.train_samples, 'torch' in sys.modules)"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout.split() == ["4", "3", "90", "False"]
