"""Importance of genes, where what decides is known."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.importance import ASKED, importance, importances
from hybhanas.nas.table_evaluator import evaluations
from tests.helpers.benchmarks import by_hand

GRID = [
    Architecture(qubits=q, depth=d, measurement=m).canonical()
    for q in (2, 3, 4) for d in (1, 2, 3) for m in ("z", "z_zz") for _ in range(2)
]  # fmt: skip


def values(of) -> np.ndarray:
    return np.array([of(a) for a in GRID], float)


def test_the_variance_of_a_sum_is_shared_as_the_squares_of_its_terms():
    # 3 q and 4 d of the same three numbers: variances 9 and 16 times theirs
    found = importance("both", GRID, values(lambda a: 3 * a.qubits + 4 * a.depth))
    assert found.variance["depth"] == pytest.approx(16 / 25, abs=0.03)
    assert found.variance["qubits"] == pytest.approx(9 / 25, abs=0.03)
    assert found.variance["measurement"] == pytest.approx(0, abs=0.01)
    assert [*found.variance][:2] == ["depth", "qubits"]
    assert set(found.variance) == {"qubits", "depth", "measurement"}  # the others never differ


def test_a_pure_combination_of_two_genes_is_the_variance_of_neither():
    def product(a: Architecture) -> float:
        return (a.qubits - 3) * (a.depth - 2)

    found = importance("product", GRID, values(product))
    assert sum(found.variance.values()) < 0.05


def test_what_tells_the_best_tenth_is_the_gene_that_they_have_in_common():
    found = importance("few qubits", GRID, values(lambda a: a.qubits == 2) * -1.0)
    assert found.best["qubits"] > 0.8
    assert sum(found.best.values()) == pytest.approx(1)


def test_a_quantity_that_is_the_same_everywhere_is_decided_by_nothing():
    found = importance("flat", GRID, values(lambda _: 7))
    assert set(found.variance.values()) == set(found.best.values()) == {0.0}


def test_what_is_not_known_is_left_out():
    time = values(lambda a: a.depth)
    time[:10] = np.nan
    assert importance("time", GRID, time).evaluations == len(GRID) - 10


def test_too_few_evaluations_and_equal_architectures_are_refused():
    known = [*evaluations(by_hand(), "large", seed=1).values()]
    with pytest.raises(ConfigError, match="3 evaluations of error are too few for importances; ac"):
        importances(known, ASKED)
    with pytest.raises(ConfigError, match="need architectures that differ"):
        importance("x", [Architecture(qubits=2)] * 20, np.arange(20.0))


def test_without_optuna_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ConfigError, match=r"need optuna, which is not installed: pip install"):
        importance("depth", GRID, values(lambda a: a.depth))
