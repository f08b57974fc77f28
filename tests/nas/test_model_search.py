"""Search by a model of the error: the gain that is expected, the model, and what it proposes."""

from __future__ import annotations

import time
from dataclasses import replace

import moocore
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.error_model import ErrorModel, Features
from hybhanas.nas.evaluation import EVALUATED, INFEASIBLE, SCORES, STOPPED
from hybhanas.nas.expected_gain import best_batch, gain_curve
from hybhanas.nas.model_search import ERROR_FLOOR, LEAST_TRAINED
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.quantities import QUANTITIES
from hybhanas.nas.settings import ModelSettings
from tests.helpers.formula import FormulaEvaluator, search, strategy
from tests.helpers.settings import everything


@pytest.mark.parametrize("objectives", [2, 3, 4])
def test_the_gain_of_a_candidate_is_the_difference_of_two_hypervolumes(objectives):
    rng, reference = np.random.default_rng(0), np.ones(objectives)
    front = rng.random((15, objectives))
    front[0, 0] = 1.5  # beyond the box, where it counts for nothing
    for candidate in rng.random((50, objectives)):
        curve = gain_curve(front, candidate[1:], reference, least=0.0)
        inside = front[(front < 1).all(axis=1)]
        after = moocore.hypervolume(np.vstack([inside, candidate]), ref=reference)
        expected = after - moocore.hypervolume(inside, ref=reference)
        assert np.interp(candidate[0], *curve) == pytest.approx(expected, abs=1e-12)


def test_a_candidate_beyond_the_box_gains_nothing():
    _, gain = gain_curve(np.empty((0, 2)), np.array([1.2]), np.ones(2), 0.0)
    assert not gain.any()


def test_the_model_keeps_one_core_busy():
    """A second thread of linear algebra waits actively, and so takes as much time as the first."""
    rng = np.random.default_rng(0)
    features, values = rng.random((300, 20)), rng.random(300)
    with threadpool_limits(2, user_api="blas"):
        ErrorModel(features[:10], values[:10])  # imports, whose threads are not the model's
        process_s, thread_s = time.process_time(), time.thread_time()
        ErrorModel(features, values).predict(features)
        process_s, thread_s = time.process_time() - process_s, time.thread_time() - thread_s
    assert process_s < 1.25 * thread_s


def test_a_batch_does_not_take_twins_while_another_adds_more():
    """The twins gain 0.64 once; then the third, whose 0.35 overlaps them by 0.28, adds 0.07."""
    known = np.array([[0.2], [0.2], [0.3]])
    samples = np.array([[0.2], [0.2], [0.5]])
    assert best_batch(np.empty((0, 2)), known, samples, np.ones(2), 1)[0] == [0]
    samples[2], known[2] = 0.1, 0.5
    assert best_batch(np.empty((0, 2)), known, samples, np.ones(2), 2)[0] == [0, 2]
    assert sorted(best_batch(np.empty((0, 2)), known, samples, np.ones(2), 9)[0]) == [0, 1, 2]


def test_the_gain_of_a_batch_is_what_all_of_it_adds():
    """0.8 * 0.8 of the first; of the second 0.1 * 0.95, less the 0.1 * 0.8 that they share."""
    known, samples = np.array([[0.2], [0.9]]), np.array([[0.2], [0.05]])
    chosen, gain = best_batch(np.empty((0, 2)), known, samples, np.ones(2), 2)
    assert chosen == [0, 1]
    assert gain == pytest.approx(0.8 * 0.8 + 0.1 * (0.95 - 0.8))


def test_with_gain_box_what_is_gained_is_in_the_units_of_the_hypervolume_within_its_corners():
    search = strategy("model", gain="box")
    search._quantities = [QUANTITIES[name] for name in ("error", "log10_total_s", "parameters")]
    search.objectives = Objectives(
        ("error", "log10_total_s", "parameters"),
        {"error": 0.5, "log10_total_s": 10.0, "parameters": 300.0},
        {"log10_total_s": 1.0},
    )
    logs = np.log(np.array([0.1 + ERROR_FLOOR, ERROR_FLOOR]))
    search._front = np.array([[logs[0], 2.0, np.log(50)]])
    front, known, samples, worst = search._in_box(np.array([[0.5, np.log(20)]]), logs[None])
    assert front == pytest.approx(np.array([[0.1, 2.0, 50.0]]))
    assert known == pytest.approx(np.array([[1.0, 20.0]]))  # what is better than 1 is 1
    assert samples == pytest.approx(np.array([[0.1, 0.0]]))
    assert worst.tolist() == [0.5, 10.0, 300.0]


def test_with_gain_log_the_worst_corner_is_a_tenth_beyond_the_front_within_the_box():
    search = strategy("model", gain="log")
    search._quantities = [QUANTITIES[name] for name in ("error", "log10_total_s", "parameters")]
    search.objectives = Objectives(
        ("error", "log10_total_s", "parameters"),
        {"error": 0.5, "log10_total_s": 10.0, "parameters": 300.0},
        {},
    )
    search._front = np.array([[-3.0, 9.9, np.log(10)], [-1.0, 4.9, np.log(300)]])
    # 0.1 * 2 beyond -1; 0.1 * 5 beyond 9.9 is out of the box, and so is anything beyond log 300
    assert search._reference() == pytest.approx(np.array([-0.8, 10.0, np.log(300)]))


def test_the_gain_is_of_the_hypervolume_unless_it_is_chosen_and_each_proposes_its_own(tmp_path):
    assert ModelSettings().gain == "box"
    asked = {}
    for name, chosen in (("", {}), ("box", {"gain": "box"}), ("log", {"gain": "log"})):
        found = search(strategy("model", generations=2, **chosen), FormulaEvaluator(), tmp_path)
        asked[name] = [e.key for e in found]
    assert asked[""] == asked["box"]
    assert asked["log"][:10] == asked["box"][:10], "the first generation is sampled"
    assert set(asked["log"][10:]) != set(asked["box"][10:])
    assert all(e.status == EVALUATED for e in found)


def with_error(qubits: int, error: float, *at_rungs: float, status: str = EVALUATED):
    """An evaluation whose errors are those given, above what is added before their logarithm."""

    def scores(error: float) -> dict:
        return dict.fromkeys(SCORES) | {"validation_accuracy": 1 - (error - ERROR_FLOOR)}

    costed = FormulaEvaluator().cost(Architecture(qubits=qubits))
    earlier = [scores(error) for error in at_rungs]
    return replace(costed, status=status, at_rungs=earlier, **scores(error))


def test_a_stopped_network_counts_with_the_error_that_those_trained_in_full_ended_with():
    chosen = strategy("model", rungs=(1, 4))
    # At the first rung errors are four times, at the second twice those at the end.
    chosen.tell([with_error(2, 0.1, 0.4, 0.2), with_error(3, 0.2, 0.8, 0.4)])
    chosen.tell([with_error(4, 0.6, status=STOPPED), with_error(5, 0.6, 0.9, status=STOPPED)])
    assert np.exp(chosen._expected_ends()) == pytest.approx([0.15, 0.3])


def test_where_those_trained_in_full_are_alike_at_a_rung_a_stopped_network_counts_as_their_mean():
    chosen = strategy("model", rungs=(1,))
    chosen.tell([with_error(2, 0.1, 0.4), with_error(3, 0.4, 0.4)])
    chosen.tell([with_error(4, 0.6, status=STOPPED)])
    assert np.exp(chosen._expected_ends()) == pytest.approx([0.2])  # the geometric one


def test_where_early_errors_mislead_the_worse_of_two_stopped_networks_does_not_count_as_better():
    chosen = strategy("model", rungs=(1,))
    chosen.tell([with_error(2, 0.1, 0.5), with_error(3, 0.4, 0.3)])
    chosen.tell([with_error(4, 0.6, status=STOPPED), with_error(5, 0.7, status=STOPPED)])
    assert np.exp(chosen._expected_ends()) == pytest.approx([0.2, 0.2])


def test_networks_that_were_stopped_teach_the_model_and_are_no_part_of_its_front(tmp_path):
    chosen = strategy("model", rungs=(2,), generations=3)
    evaluations = search(chosen, FormulaEvaluator(), tmp_path)
    assert [e.status for e in evaluations].count(STOPPED) == 3 * 7  # of ten, three are promoted
    assert chosen.shortlist()
    in_full = {e.architecture for e in evaluations if e.status == EVALUATED}
    assert set(chosen._members) <= in_full
    # a fifth of the training gives a fifth of the accuracy: all end with less error
    at_rung = [1 - e.validation_accuracy for e in evaluations if e.status == STOPPED]
    assert (np.exp(chosen._expected_ends()) < at_rung).all()


def test_the_model_waits_for_enough_networks_that_were_trained_in_full(tmp_path):
    chosen = strategy("model", rungs=(2,), generations=2)  # of ten, three in each generation
    first = chosen.ask()
    assert chosen.shortlist() == []
    stopped = [with_error(i, 0.5, status=STOPPED) for i in range(2, 9)]
    chosen.tell(stopped + [with_error(2, 0.1, 0.3)] * (LEAST_TRAINED - 1))
    assert chosen.shortlist() == []
    chosen.tell([with_error(3, 0.2, 0.4)])
    assert len(first) == 10


def test_an_unknown_gain_is_named():
    with pytest.raises(ConfigError, match="search.gain=bx is unknown .did you mean box"):
        strategy("model", gain="bx")


def test_uncertainty_makes_a_candidate_worth_trying():
    """Both would be 0.6 in the mean, where the front is 0.5; only one may turn out better."""
    front, known = np.array([[0.5, 0.5]]), np.array([[0.5], [0.5]])
    samples = np.array([[0.6, 0.6], [0.3, 0.9]])
    assert best_batch(front, known, samples, np.ones(2), 1)[0] == [1]


def test_the_model_predicts_the_mean_over_seeds_and_knows_where_it_knows_little():
    rng = np.random.default_rng(1)
    inside = rng.uniform(-1, 1, (60, 2))
    model = ErrorModel(inside, inside.sum(axis=1) + rng.normal(0, 0.1, 60))
    mean, deviation = model.predict(np.array([[0.2, 0.3], [6.0, 6.0]]))
    assert mean[0] == pytest.approx(0.5, abs=0.1)
    assert deviation[0] < 0.1 < deviation[1]


def test_features_encode_words_one_by_one_and_mixed_entanglement_by_layer():
    space = everything(
        qubits=(2, 4), depth=(2,), encoding=("ry",), reuploading=(False,), rotations=("ry",),
        entangler=("cx",), entanglement=("ring", "none"), measurement=("z",),
        encoder=("linear",), hidden_layers=(0,), hidden_width=(8,), activation=("relu",),
        readout=("linear",), learning_rate=(None,),
        entanglement_per_layer=True,
    )  # fmt: skip
    costed = FormulaEvaluator().cost(space.decode(_genome(space, qubits=1, entanglement_2=1)))
    row = Features(space)([costed])[0]
    # qubits is not 2, is 4, is the number 4; one layer of two is a ring, the other is not entangled
    assert row[:5].tolist() == [0, 1, 4, 0.5, 0.5]
    assert row[5] == pytest.approx(np.log10(1 + costed.parameters))


def _genome(space, **indices):
    return [indices.get(gene, 0) for gene in space.genes]


def test_what_breaks_a_constraint_is_never_trained_nor_proposed_once_costs_are_known(tmp_path):
    evaluations = search(strategy("model"), FormulaEvaluator(breaks=2), tmp_path)
    assert any(e.status == INFEASIBLE for e in evaluations[:10])
    assert all(e.status == EVALUATED for e in evaluations[10:])


def test_candidates_that_were_only_costed_leave_no_record(tmp_path):
    evaluations = search(strategy("model", generations=3), FormulaEvaluator(), tmp_path)
    assert len(list((tmp_path / "records").iterdir())) == len(evaluations) == 30


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"candidates": 1}, "search.candidates=1 is not accepted: at least 2"),
        ({"keep": 1.0}, "search.keep=1.0 is not accepted: above 0, below 1"),
        (
            {"objectives": ("total_s", "parameters")},
            "search.objectives=['total_s', 'parameters'] is not accepted with search=model: "
            "exactly one that is known after training, such as error; these are []",
        ),
    ],
)
def test_settings_that_it_cannot_use_are_refused_in_one_line(change, message):
    with pytest.raises(ConfigError) as error:
        strategy("model", **change)
    assert str(error.value) == message
