"""Objectives: the front by brute force, the hypervolume by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import EVALUATED, FAILED, Evaluation
from hybhanas.nas.objectives import Objectives
from tests.helpers.synthetic import make_report

TWO = Objectives(("error", "parameters"), {"error": 1.0, "parameters": 10.0}, {})


def evaluation(key: int, error: float, parameters: int, status: str = EVALUATED) -> Evaluation:
    done = status == EVALUATED
    return Evaluation(
        key=f"{key:04}", architecture=Architecture(qubits=2), status=status, seed=0, seconds=0.0,
        validation_accuracy=1 - error if done else None, parameters=parameters,
        cost=make_report() if done else None,
    )  # fmt: skip


points = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 9)), min_size=1, max_size=25)


@given(points)
def test_the_front_is_what_nothing_dominates(pairs):
    evaluations = [evaluation(i, e / 8, p) for i, (e, p) in enumerate(pairs)]
    front = {e.key for e in TWO.front(evaluations)}
    for i, (error, parameters) in enumerate(pairs):
        dominated = any(
            e <= error and p <= parameters and (e, p) != (error, parameters) for e, p in pairs
        )
        assert (f"{i:04}" in front) != dominated


@given(points)
def test_another_point_never_lowers_the_hypervolume(pairs):
    evaluations = [evaluation(i, e / 8, p) for i, (e, p) in enumerate(pairs)]
    volumes = [TWO.hypervolume(evaluations[: i + 1]) for i in range(len(pairs))]
    assert volumes == sorted(volumes)
    assert 0 <= volumes[-1] <= 1


def test_the_hypervolume_of_two_points_is_the_area_of_their_steps():
    evaluations = [evaluation(0, 0.25, 8), evaluation(1, 0.5, 5)]
    # (1 - 0.25)(1 - 0.8) + (1 - 0.5)(0.8 - 0.5)
    assert TWO.hypervolume(evaluations) == pytest.approx(0.15 + 0.15)


def test_points_at_or_beyond_the_reference_and_failures_count_nothing():
    outside = [evaluation(0, 0.1, 10), evaluation(1, 0.1, 50), evaluation(2, 0, 1, FAILED)]
    assert TWO.hypervolume(outside) == 0
    assert [e.key for e in TWO.front(outside)] == ["0000"]


@pytest.mark.parametrize(
    ("names", "reference", "message"),
    [
        (("error",), {"error": 1}, "two or more, each once"),
        (("error", "error"), {"error": 1}, "two or more, each once"),
        (("error", "total_ss"), {"error": 1}, "search.objectives=total_ss is unknown .did you"),
        (("error", "total_s"), {"error": 1}, "search.reference_point.total_s=None"),
        (("error", "total_s"), {"error": 1, "total_s": 0}, "search.reference_point.total_s=0"),
    ],
)
def test_objectives_that_make_no_sense_are_named(names, reference, message):
    with pytest.raises(ConfigError, match=message):
        Objectives(names, reference, {})
