"""Images in IDX files: read as they are, reduced, kept as bytes."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from hybhanas.data.images import Images
from hybhanas.data.in_memory import InMemoryData
from hybhanas.errors import ConfigError

CLASSES = np.arange(60, dtype=np.uint8) % 3
IMAGES = (
    np.random.default_rng(0).integers(0, 80, (60, 4, 4), np.uint8) + 60 * CLASSES[:, None, None]
)


def idx(array: np.ndarray) -> bytes:
    """The array as an IDX file."""
    shape = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + shape + array.tobytes()


def load(folder: Path, **settings: object) -> InMemoryData:
    return Images(name="mine", folder=str(folder), seed=0, **settings).load()


@pytest.fixture
def folder(tmp_path):
    for name, part in (("train", slice(48)), ("t10k", slice(48, 60))):
        (tmp_path / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(IMAGES[part])))
        (tmp_path / f"{name}-labels-idx1-ubyte").write_bytes(idx(CLASSES[part]))
    return tmp_path


def test_the_splits_of_the_files_are_kept_and_pixels_stay_bytes(folder):
    data = load(folder)
    assert (data.features, data.classes, data.train_samples) == (16, 3, 38)
    assert data.splits.train.features.dtype == np.uint8
    np.testing.assert_array_equal(data.splits.test.features, IMAGES[48:].reshape(12, 16))
    ((batch, classes),) = data.train_dataloader()
    assert (batch.dtype, classes.dtype) == (torch.float32, torch.int64)
    assert abs(float(batch.mean())) < 1e-5
    assert float(batch.std(unbiased=False)) == pytest.approx(1, abs=1e-5)


def test_pixels_become_angles_or_shares_of_white(folder):
    for scale, white in (("angle", np.pi / 2), ("none", 1.0)):
        ((batch, _),) = load(folder, scale=scale).test_dataloader()
        brightest = IMAGES[48:].max() / 255
        shown = brightest * 2 * white - white if scale == "angle" else brightest
        assert float(batch.max()) == pytest.approx(shown, rel=1e-5)


def test_a_reduced_pixel_is_the_mean_of_its_area(folder):
    data = load(folder, resize=2, scale="none")
    corner = IMAGES[48:, :2, :2].mean(axis=(1, 2)) / 255
    np.testing.assert_allclose(data.splits.test.features[:, 0], corner, rtol=1e-5)
    assert load(folder, resize=3).features == 9


def test_components_of_pixels_are_floats(folder):
    data = load(folder, pca=2, classes=[0, 2])
    assert (data.features, data.class_names) == (2, ["0", "2"])
    assert data.splits.train.features.dtype == np.float32
    np.testing.assert_allclose(data.splits.train.features.std(0), 1, rtol=1e-4)


def test_every_choice_gives_other_records(folder):
    changes = ({}, {"resize": 2}, {"pca": 2}, {"scale": "angle"}, {"scale": "none"}, {"limit": 30},
               {"resize": 2, "scale": "angle"})  # fmt: skip
    assert len({load(folder, **change).hash for change in changes}) == len(changes)


def test_emnist_is_stored_column_by_column(tmp_path):
    for name in ("train", "test"):
        (tmp_path / f"emnist-letters-{name}-images-idx3-ubyte").write_bytes(idx(IMAGES))
        (tmp_path / f"emnist-letters-{name}-labels-idx1-ubyte").write_bytes(idx(CLASSES))
    data = load(tmp_path, subset="letters", collection="EMNIST")
    turned = IMAGES.transpose(0, 2, 1).reshape(60, 16)
    np.testing.assert_array_equal(data.splits.test.features, turned)


def test_training_files_alone_are_split(folder):
    (folder / "t10k-images-idx3-ubyte.gz").unlink()
    assert len(load(folder).splits.test) == 10  # a fifth of 48


def refused(folder: Path, message: str, **settings: object) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        load(folder, **settings)
    assert "\n" not in str(error.value)


def test_what_is_no_set_of_images_is_named(folder, tmp_path):
    refused(folder / "nowhere", "lacks train-images-idx3-ubyte, train-labels-idx1-ubyte .or .gz.")
    refused(folder / "train-labels-idx1-ubyte", "is not accepted: a file; a folder is")
    refused(folder, "resize=5 is not accepted: the images are of 4 x 4 pixels", resize=5)
    labels = folder / "train-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:-8])
    refused(folder, "train-labels-idx1-ubyte is cut short: 40 of 48 bytes after its header")
    labels.write_bytes(idx(CLASSES))
    refused(folder, "holds 48 images and train-labels-idx1-ubyte 60 labels")
    labels.write_bytes(b"0,1,2,3,4,5")
    refused(folder, "train-labels-idx1-ubyte is no IDX file of bytes with 1 dimensions")
    images = folder / "train-images-idx3-ubyte.gz"
    images.write_bytes(images.read_bytes()[:100])
    refused(folder, "train-images-idx3-ubyte.gz cannot be read: ")


def test_wrong_names_of_sets_are_told_the_near_ones(folder):
    refused(folder, "dataset.collection=MNST is unknown .did you mean MNIST", collection="MNST")
    refused(folder, "dataset.subset=letter is unknown .did you mean letters", subset="letter")
    refused(folder, "dataset.resize=0 is not accepted: at least 1", resize=0)


def test_a_folder_of_pictures_is_named(tmp_path):
    (tmp_path / "cats").mkdir()
    for name in ("a.png", "b.JPG", "notes.txt"):
        (tmp_path / "cats" / name).touch()
    refused(tmp_path, "lacks train-images.*; it holds 2 picture files, which are not read")


def test_without_a_network_one_line_says_which_files_go_where(tmp_path, monkeypatch):
    from torchvision.datasets import MNIST

    monkeypatch.setattr(MNIST, "mirrors", [(tmp_path / "mirror").as_uri() + "/"])
    refused(
        tmp_path,
        r"dataset=mine could not be downloaded .*: put train-images-idx3-ubyte, "
        r"train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, plain or .gz, "
        rf"into {tmp_path}",
        collection="MNIST",
    )
