"""Arrays of a user's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hybhanas.data.in_memory import InMemoryData
from hybhanas.data.npz import Npz
from hybhanas.errors import ConfigError

Y = np.arange(40) % 2
X = np.stack([Y + 0.1 * np.arange(40), np.arange(40) ** 2], axis=1)


def load(path: Path, **settings: object) -> InMemoryData:
    return Npz(name="mine", path=str(path), seed=0, **settings).load()


@pytest.fixture
def npz(tmp_path):
    def write(**arrays: object) -> Path:
        np.savez(tmp_path / "my.npz", **arrays)
        return tmp_path / "my.npz"

    return write


def test_arrays_are_split_and_scaled(npz):
    data = load(npz(X=X, y=Y))
    assert (data.features, data.class_names, data.train_samples) == (2, ["0", "1"], 24)
    np.testing.assert_allclose(data.splits.train.features.mean(0), 0, atol=1e-6)


def test_given_splits_and_images_are_taken(npz):
    images = np.zeros((40, 3, 4), np.uint8) + Y[:, None, None].astype(np.uint8)
    data = load(npz(X=images, y=Y, X_test=images[:6], y_test=Y[:6]))
    assert (data.features, len(data.splits.test), data.train_samples) == (12, 6, 32)


def test_what_cannot_be_learned_is_named(npz, tmp_path):
    broken = X.copy()
    broken[6, 1] = np.nan
    with pytest.raises(ConfigError, match="missing or infinite in row 7, first in column 2"):
        load(npz(X=broken, y=Y))
    with pytest.raises(ConfigError, match="dataset.inputs=X is unknown; accepted: x, y"):
        load(npz(x=X, y=Y))
    assert load(npz(x=X, y=Y), inputs="x").classes == 2
    with pytest.raises(ConfigError, match=r"X is float64 of shape \(40, 2\), y of shape \(39,\)"):
        load(npz(X=X, y=Y[1:]))
    with pytest.raises(ConfigError, match="features a sample differ between its splits"):
        load(npz(X=X, y=Y, X_test=X[:, :1], y_test=Y))
    with pytest.raises(ConfigError, match="my.npz is not accepted: .*allow_pickle"):
        load(npz(X=np.array([{}] * 40), y=Y))
    path = npz(X=X, y=Y)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ConfigError, match="my.npz is not accepted: "):
        load(path)
    with pytest.raises(ConfigError, match="is not accepted: there is no such file"):
        load(tmp_path / "your.npz")
