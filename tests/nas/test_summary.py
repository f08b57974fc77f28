"""Summary: counts by hand."""

from __future__ import annotations

import pytest

from hybhanas.architecture import Architecture
from hybhanas.nas.evaluation import EVALUATED, FAILED, INFEASIBLE, STOPPED, Evaluation
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.summary import Summary
from tests.helpers.synthetic import make_report

TWO = Objectives(("error", "parameters"), {"error": 1.0, "parameters": 10.0}, {})


def evaluation(
    key: str, status: str, accuracy: float | None = None, seconds: float = 1.0
) -> Evaluation:
    return Evaluation(
        key=key, architecture=Architecture(qubits=2), status=status, seed=0, seconds=seconds,
        validation_accuracy=accuracy, parameters=5, epochs=0 if accuracy is None else 3,
        cost=None if accuracy is None else make_report(60 * accuracy),
    )  # fmt: skip


def test_statuses_are_counted_and_the_best_are_those_evaluated_in_full():
    summary = Summary.of(
        [
            evaluation("a", EVALUATED, 0.5), evaluation("b", EVALUATED, 0.75, seconds=2.0004),
            evaluation("c", STOPPED, 0.9), evaluation("d", INFEASIBLE), evaluation("e", FAILED),
        ],
        TWO,
    )  # fmt: skip
    assert (summary.evaluations, summary.stopped, summary.infeasible, summary.failed) == (
        5,
        1,
        1,
        1,
    )
    assert (summary.best_accuracy, summary.cheapest_s) == (0.75, 30)
    assert summary.front_size == 1
    assert summary.hypervolume == pytest.approx(0.75 * 0.5)
    assert summary.epochs == 9
    assert summary.evaluations_s == 6.0


def test_nothing_evaluated_has_no_best():
    summary = Summary.of([], TWO)
    assert (summary.best_accuracy, summary.cheapest_s, summary.hypervolume) == (None, None, 0)
