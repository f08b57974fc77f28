"""Hypervolume of the unit box: exact values by hand, the estimate beside the exact, the choice."""

from __future__ import annotations

import numpy as np
import pytest

from hybhanas.nas import hypervolume
from hybhanas.nas.hypervolume import dominated, greedy


def test_areas_by_hand():
    # 0.5 x 0.5, and above it 0.5 x 0.25 of the second point, which adds 0.125
    assert dominated(np.array([[0.5, 0.5], [0.0, 0.75]])) == pytest.approx(0.375)
    assert dominated(np.array([[0.5, 0.5], [0.6, 0.6]])) == pytest.approx(0.25)
    assert dominated(np.zeros((3, 2))) == 1
    assert dominated(np.array([[1.0, 0.2]])) == 0
    assert dominated(np.empty((0, 2))) == 0


@pytest.mark.parametrize("dimensions", [5, 8, 10])
def test_the_estimate_of_a_single_point_is_its_volume(dimensions):
    # with 10 objectives, 0.9 in each: 0.9^10 = 0.349
    for left in (0.5, 0.9):
        point = np.full((1, dimensions), 1 - left)
        assert dominated(point) == pytest.approx(left**dimensions, abs=0.01)


@pytest.mark.parametrize("seed", range(4))
def test_the_estimate_is_close_to_the_exact_volume(monkeypatch, seed):
    points = np.random.default_rng(seed).random((40, 4))
    exact = dominated(points)
    monkeypatch.setattr(hypervolume, "EXACT_DIMENSIONS", 3)
    assert dominated(points) == pytest.approx(exact, abs=0.01)


def test_the_estimate_never_shrinks_as_points_are_added():
    points = np.random.default_rng(0).random((60, 6))
    volumes = [dominated(points[:count]) for count in range(61)]
    assert volumes == sorted(volumes)


def plainly(points: np.ndarray, count: int) -> list[int]:
    """The choice as its docstring says it, every gain computed in each round."""
    chosen: list[int] = []
    while len(chosen) < min(count, len(points)):
        left = [i for i in range(len(points)) if i not in chosen]
        gain = {i: round(dominated(points[[*chosen, i]]), 12) for i in left}
        alone = {i: dominated(points[[i]]) for i in left}
        chosen.append(max(left, key=lambda i: (gain[i], alone[i], -i)))
    return chosen


@pytest.mark.parametrize("dimensions", [2, 3, 4])
@pytest.mark.parametrize("seed", range(3))
def test_the_choice_is_that_of_computing_every_gain_again(dimensions, seed):
    points = np.random.default_rng(seed).random((14, dimensions))
    points[3] = points[5]  # equal points: the first is chosen first
    assert greedy(points, 9) == plainly(points, 9)


def test_points_that_are_dominated_come_last_the_larger_first():
    points = np.array([[0.2, 0.2], [0.5, 0.5], [0.4, 0.4], [1.0, 0.0]])
    assert greedy(points, 9) == [0, 2, 1, 3]


def test_of_thousands_with_ten_objectives_those_are_chosen_that_add_the_most():
    rng = np.random.default_rng(1)
    points = rng.uniform(0.5, 1, (2000, 10))
    points[777] = 0.1  # dominates all others
    chosen = greedy(points, 680)
    assert chosen[0] == 777
    assert len(set(chosen)) == 680
