"""Successive halving: few epochs for many, many for few, and an interruption costs nothing."""

from __future__ import annotations

import json

import pytest

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import EVALUATED, STOPPED, Evaluation
from hybhanas.nas.halving import SuccessiveHalving
from tests.helpers.formula import FormulaEvaluator, search, strategy
from tests.helpers.synthetic import make_report


def test_each_rung_keeps_its_fraction_and_the_front_is_of_the_fully_trained(tmp_path):
    generations: list = []
    chosen = strategy(rungs=(1, 4))
    evaluations = search(chosen, FormulaEvaluator(), tmp_path, generations)
    # of ten, three reach the second rung (30 %), and one of those (30 % of 3, rounded up) the end
    first = [e.epochs for e in evaluations[:10]]
    assert sorted(first) == [1] * 7 + [4] * 2 + [10]
    assert generations[0].epochs == 7 * 1 + 2 * 4 + 10
    assert {e.status for e in evaluations if e.epochs < 10} == {STOPPED}
    assert {e.status for e in chosen.objectives.front(evaluations)} == {EVALUATED}


def test_a_network_resumes_from_its_rung_and_is_not_trained_again(tmp_path):
    evaluator = FormulaEvaluator(together=3)
    search(strategy(rungs=(1, 4), generations=2), evaluator, tmp_path)
    assert len(evaluator.asked) == 2 * (10 + 3 + 1)
    assert not (tmp_path / "rungs").exists()


@pytest.mark.parametrize(
    ("name", "dies_after"),
    [*(("nsga2", count) for count in (1, 9, 10, 12, 13, 14, 25, 27, 41)),
     ("model", 12), ("model", 27), ("model", 41)],
)  # fmt: skip
def test_a_search_that_died_resumes_from_its_rungs_to_the_same_end(name, dies_after, tmp_path):
    undisturbed = search(strategy(name, rungs=(1, 4)), FormulaEvaluator(), tmp_path / "whole")
    first = FormulaEvaluator(dies_after=dies_after)
    with pytest.raises(KeyboardInterrupt):
        search(strategy(name, rungs=(1, 4)), first, tmp_path / "cut")
    second = FormulaEvaluator()
    assert search(strategy(name, rungs=(1, 4)), second, tmp_path / "cut") == undisturbed
    assert len(first.asked) + len(second.asked) == 5 * (10 + 3 + 1)


def test_states_that_a_search_left_that_was_killed_after_its_last_record_are_deleted(tmp_path):
    search(strategy(rungs=(1, 4)), FormulaEvaluator(), tmp_path)
    (tmp_path / "rungs" / "1").mkdir(parents=True)
    again = FormulaEvaluator()
    search(strategy(rungs=(1, 4)), again, tmp_path)
    assert again.asked == []
    assert not (tmp_path / "rungs").exists()


@pytest.mark.parametrize("damage", [b"", b"PK", None])
def test_a_damaged_state_of_a_rung_is_made_again(tmp_path, damage, caplog):
    undisturbed = search(strategy(rungs=(2,)), FormulaEvaluator(), tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        search(strategy(rungs=(2,)), FormulaEvaluator(dies_after=10), tmp_path / "cut")
    promoted = undisturbed[[e.epochs for e in undisturbed].index(10)]
    state = tmp_path / "cut" / "rungs" / "2" / f"{promoted.key}.pt"
    state.write_bytes(damage) if damage is not None else state.unlink()
    again = FormulaEvaluator()
    assert search(strategy(rungs=(2,)), again, tmp_path / "cut") == undisturbed
    assert again.asked[0] == promoted.key
    assert f"rung 2 of {promoted.key} is damaged" in caplog.text


def test_a_record_of_a_stopped_network_says_how_far_it_came(tmp_path):
    evaluations = search(strategy(rungs=(2,)), FormulaEvaluator(), tmp_path)
    stopped = next(e for e in evaluations if e.status == STOPPED)
    record = json.loads((tmp_path / "records" / f"{stopped.key}.json").read_bytes())
    assert (record["status"], record["epochs"]) == ("stopped", 2)


def test_a_record_has_the_scores_at_each_rung_that_a_network_was_promoted_from(tmp_path):
    for e in search(strategy(rungs=(1, 4)), FormulaEvaluator(), tmp_path):
        # of the accuracy, a tenth of the training gives a tenth
        whole = e.validation_accuracy * 10 / e.epochs
        earlier = [scores["validation_accuracy"] for scores in e.at_rungs]
        assert earlier == pytest.approx(
            [whole * epochs / 10 for epochs in (1, 4) if epochs < e.epochs]
        )
        record = json.loads((tmp_path / "records" / f"{e.key}.json").read_bytes())
        assert Evaluation.from_dict(record) == e
        record["at_rungs"].append({"validation_accuracy": 0.5})
        with pytest.raises(ValueError, match="its scores at rungs are not those"):
            Evaluation.from_dict(record)


def test_those_are_promoted_that_add_the_most_hypervolume():
    objectives = strategy().objectives  # the box: error 1, total_s 50, parameters 300

    def trained(name: str, accuracy: float, total_s: float) -> Evaluation:
        return Evaluation(
            key=name, architecture=Architecture(qubits=2), status=STOPPED, epochs=1, seed=0,
            seconds=0.0, validation_accuracy=accuracy, parameters=30, cost=make_report(total_s),
        )  # fmt: skip

    # volumes, but for the parameters' 0.9: b 0.8 * 0.8 = 0.64, then c adds 0.1 * 0.6 = 0.06,
    # d adds 0.2 * 0.4 = 0.08 and a, which b dominates, nothing
    four = [trained(*e) for e in (("a", 0.7, 20), ("b", 0.8, 10), ("c", 0.9, 20), ("d", 0.4, 0))]
    assert SuccessiveHalving((1,), 0.25).promoted(four, objectives) == {"b"}
    assert SuccessiveHalving((1,), 0.5).promoted(four, objectives) == {"b", "d"}
    assert SuccessiveHalving((1,), 0.75).promoted(four, objectives) == {"b", "c", "d"}
    # of those that add nothing, a alone has 0.7 * 0.6 = 0.42, and e 0.3 * 0.4 = 0.12
    with_e = [trained("e", 0.3, 30), *four]
    assert SuccessiveHalving((1,), 0.8).promoted(with_e, objectives) == {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    ("rungs", "keep", "named"),
    [((4, 1), 0.3, "search.rungs"), ((0,), 0.3, "search.rungs"), ((2, 2), 0.3, "search.rungs"),
     ((1,), 0.0, "search.keep"), ((1,), 1.0, "search.keep")],
)  # fmt: skip
def test_rungs_and_fractions_that_are_not_accepted_are_one_line(rungs, keep, named):
    with pytest.raises(ConfigError, match=named):
        SuccessiveHalving(rungs, keep)
