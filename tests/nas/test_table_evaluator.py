"""An evaluator that looks results up: statuses, epochs and costs by hand."""

from __future__ import annotations

import math

from hybhanas.nas.evaluation import COSTED, EVALUATED, FAILED, STOPPED
from hybhanas.nas.evaluator import Group
from hybhanas.nas.table_evaluator import TABULATED, TableEvaluator, evaluations
from tests.helpers.benchmarks import by_hand, of


def evaluator(seed: int = 2, backend: str = "large") -> TableEvaluator:
    table = by_hand()
    return TableEvaluator(table, evaluations(table, backend, seed=seed), seed)


def test_it_answers_with_the_accuracy_after_so_many_epochs_and_counts_them_once():
    lookup = evaluator()
    costed = [lookup.cost(of(qubits)) for qubits in (2, 3)]
    assert [(e.status, e.validation_accuracy) for e in costed] == [(COSTED, None)] * 2
    first = [e for e, _ in lookup.train(Group(costed, 1))]
    assert [(e.status, e.validation_accuracy, e.epochs) for e in first] == [(STOPPED, 0.5, 1)] * 2
    assert (lookup.trained, lookup.finished) == (2, [])
    ended = [e for e, _ in lookup.train(Group(first, 3))]
    assert [(e.status, e.validation_accuracy) for e in ended] == [(EVALUATED, 0.25), (FAILED, None)]
    assert lookup.finished == [(4, ended[0]), (6, ended[1])]


def test_what_diverges_fails_at_the_rung_where_it_does():
    lookup = evaluator()
    ((ended, state),) = lookup.train(Group([lookup.cost(of(3))], 2))
    assert (ended.status, ended.reason, state) == (
        FAILED, "training diverged: a logit is not finite", None,
    )  # fmt: skip


def test_what_does_not_fit_the_backend_fails_before_it_is_trained():
    ended = evaluator(backend="small").cost(of(4))
    assert (ended.status, ended.reason, ended.cost) == (FAILED, "it does not fit small", None)


def test_an_evaluation_has_the_quantities_of_the_table_and_nothing_that_is_made_up():
    two = evaluations(by_hand(), "large")[of(2)]
    assert {name: two.values[name] for name in TABULATED} == {
        "error": 0.5, "log10_total_s": 1.0, "total_s": 10.0, "parameters": 20, "flops": 200,
        "classical_flops": 200, "simulation_flops": 200, "log10_p_survival": -0.5,
    }  # fmt: skip
    assert math.isnan(two.cost.time.qpu_s)
    assert math.isnan(two.cost.circuit.depth)
