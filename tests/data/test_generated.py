"""Generated data: what each is, and that settings and seeds alone determine it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from hybhanas.data.benchmarks import (
    BarsAndStripes,
    HiddenManifold,
    Hyperplanes,
    LinearlySeparable,
    TwoCurves,
)
from hybhanas.data.generated import Generated
from hybhanas.data.mnist1d import Mnist1d
from hybhanas.data.shapes import Circles, Moons, Spirals
from hybhanas.errors import ConfigError

ALL = (LinearlySeparable, TwoCurves, HiddenManifold, Hyperplanes, BarsAndStripes, Moons, Circles,
       Spirals)  # fmt: skip


def drawn(kind: type[Generated], **settings: object) -> tuple[np.ndarray, np.ndarray]:
    train = kind(name="mine", seed=0, **settings).read().train
    return train.features, train.labels


@pytest.mark.parametrize("kind", ALL)
def test_half_of_the_samples_have_each_class_and_the_data_seed_decides(kind):
    points, labels = drawn(kind, samples=81)
    assert np.bincount(labels).tolist() == [41, 40]
    np.testing.assert_array_equal(points, drawn(kind, samples=81)[0])
    assert not np.array_equal(points, drawn(kind, samples=81, data_seed=1)[0])
    one, other = (kind(name="mine", seed=seed).load() for seed in (0, 1))
    assert one.hash != other.hash
    assert one.classes == 2


def test_a_plane_separates_and_has_a_margin():
    points, labels = drawn(LinearlySeparable, dimension=4, margin=0.1)
    sums = points.sum(axis=1)
    assert np.abs(points).max() <= 1
    assert sums[labels == 1].min() > 0.4
    assert sums[labels == 0].max() < -0.4


def test_the_second_curve_is_the_first_shifted():
    points, labels = drawn(TwoCurves, noise=0.0, offset=0.3, degree=1, dimension=3, samples=2000)
    first, second = points[labels == 0], points[labels == 1] - 0.3
    nearest = [np.linalg.norm(first - point, axis=1).min() for point in second[:50]]
    assert max(nearest) < 0.05
    # a curve of degree 1 is an ellipse, in a plane
    assert np.linalg.svd(first - first.mean(0), compute_uv=False)[2] < 1e-9


def test_points_of_a_manifold_have_its_dimension():
    points, _ = drawn(HiddenManifold, dimension=8, manifold=2)
    assert points.shape == (300, 8)
    assert np.abs(points).max() < 1
    before = np.arctanh(points)
    singular = np.linalg.svd(before - before.mean(0), compute_uv=False)
    assert singular[1] > 1 > 1e-6 > singular[2]
    planes, _ = drawn(Hyperplanes, dimension=8, manifold=3)
    singular = np.linalg.svd(planes, compute_uv=False)
    assert singular[2] > 1 > 1e-6 > singular[3]


def test_one_hyperplane_is_linear_and_the_parity_of_several_is_not():
    def learned(hyperplanes: int) -> float:
        points, labels = drawn(Hyperplanes, hyperplanes=hyperplanes, samples=600)
        return LogisticRegression(C=100, max_iter=5000).fit(points, labels).score(points, labels)

    assert learned(1) > 0.98
    assert learned(4) < 0.9


def test_bars_are_equal_down_a_column_and_stripes_along_a_row():
    images, labels = drawn(BarsAndStripes, noise=0.0, pixels=3)
    images = images.reshape(-1, 3, 3)
    assert {*np.unique(images)} == {-1.0, 1.0}
    assert (images[labels == 0] == images[labels == 0][:, :1, :]).all()
    assert (images[labels == 1] == images[labels == 1][:, :, :1]).all()
    assert (images.std(axis=(1, 2)) > 0).all()


@pytest.mark.parametrize("kind", [Moons, Circles, Spirals])
def test_shapes_are_separable_but_not_by_a_line(kind):
    points, labels = drawn(kind)
    assert points.shape == (300, 2)
    assert LogisticRegression().fit(points, labels).score(points, labels) < 0.95
    assert SVC(gamma=10, C=100).fit(points, labels).score(points, labels) > 0.95


def test_wrong_settings_are_named():
    for setting, value, least in (("samples", 9, 10), ("degree", 0, 1), ("noise", -1.0, 0)):
        with pytest.raises(
            ConfigError, match=f"dataset.{setting}={value} is not accepted: at least {least}"
        ):
            drawn(TwoCurves, **{setting: value})
    with pytest.raises(ConfigError, match="with these settings: of 10,000 points 0 have class 0"):
        drawn(LinearlySeparable, samples=10, margin=1.0)
    with pytest.raises(ConfigError, match="dataset.factor=1.5 is not accepted: between 0 and 1"):
        drawn(Circles, factor=1.5)


def test_signals_in_the_shape_of_digits():
    pytest.importorskip("mnist1d")
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    data = Mnist1d(name="mnist1d", samples=500, seed=0).load()
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    assert (data.features, data.classes, len(data.splits.test)) == (40, 10, 100)


def test_a_missing_package_is_named_in_one_line():
    code = (
        "import sys; sys.modules['mnist1d'] = None\n"
        "from hybhanas.data.mnist1d import Mnist1d\n"
        "try: Mnist1d(name='mnist1d', seed=0).load()\n"
        "except ValueError as error: print(error)"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'hybhanas[mnist1d]'" in child.stdout
