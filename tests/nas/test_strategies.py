"""Strategies and the loop, on an evaluator that answers in microseconds."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import FunctionType

import pytest

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import EVALUATED, FAILED, Evaluation
from hybhanas.nas.settings import ALGORITHMS
from tests.helpers.formula import FormulaEvaluator, generation_evaluated, search, strategy
from tests.helpers.settings import everything, shipped_space

KINDS = ("nsga2", "nsga3", "age_moea2", "model", "local", "tpe", "random")


def keys(evaluations: Sequence[Evaluation]) -> list[str]:
    return [evaluation.key for evaluation in evaluations]


@pytest.mark.parametrize("name", KINDS)
def test_no_architecture_is_asked_for_twice(name, tmp_path):
    evaluator = FormulaEvaluator()
    evaluations = search(strategy(name), evaluator, tmp_path)
    assert len(evaluations) == 50 == len(set(evaluator.asked))


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("trouble", [{}, {"fails": 5, "breaks": 2}], ids=["none", "some"])
def test_one_seed_gives_one_search_and_another_seed_another(name, trouble, tmp_path):
    runs = [
        keys(search(strategy(name, seed=seed), FormulaEvaluator(**trouble), tmp_path / str(i)))
        for i, seed in enumerate((1, 1, 2))
    ]
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize(
    ("name", "dies_after"),
    [
        *(("nsga2", n) for n in (1, 9, 10, 23, 49)),
        ("nsga3", 23),
        ("age_moea2", 23),
        ("model", 23),
        ("local", 23),
        ("tpe", 23),
    ],
)
def test_a_search_that_died_resumes_to_the_same_end_and_repeats_nothing(name, dies_after, tmp_path):
    undisturbed = search(strategy(name), FormulaEvaluator(), tmp_path / "whole")
    first = FormulaEvaluator(dies_after=dies_after)
    with pytest.raises(KeyboardInterrupt):
        search(strategy(name), first, tmp_path / "cut")
    second = FormulaEvaluator()
    assert search(strategy(name), second, tmp_path / "cut") == undisturbed
    assert len(first.asked) + len(second.asked) == 50
    assert not set(first.asked) & set(second.asked)


def test_a_group_that_was_broken_off_is_trained_as_a_whole_and_recorded_where_unknown(tmp_path):
    undisturbed = search(strategy(), FormulaEvaluator(together=4), tmp_path)
    lost = undisturbed[5]
    path = tmp_path / "records" / f"{lost.key}.json"
    path.unlink()
    before = {other: other.stat().st_mtime_ns for other in path.parent.iterdir()}
    evaluator = FormulaEvaluator(together=4)
    assert search(strategy(), evaluator, tmp_path) == undisturbed
    assert evaluator.asked == [e.key for e in undisturbed[4:8]]
    assert path.exists()
    assert all(other.stat().st_mtime_ns == at for other, at in before.items())


def test_a_longer_search_begins_with_the_shorter_one(tmp_path):
    short = search(strategy(generations=3), FormulaEvaluator(), tmp_path)
    evaluator = FormulaEvaluator()
    long = search(strategy(generations=5), evaluator, tmp_path)
    assert long[:30] == short
    assert len(evaluator.asked) == 20


def test_a_damaged_record_is_evaluated_again_and_changes_nothing(tmp_path):
    before = search(strategy(), FormulaEvaluator(), tmp_path)
    (tmp_path / "records" / f"{before[7].key}.json").write_text("{")
    evaluator = FormulaEvaluator()
    assert search(strategy(), evaluator, tmp_path) == before
    assert evaluator.asked == [before[7].key]


def test_failures_are_counted_shown_and_never_on_the_front(tmp_path):
    generations: list = []
    evaluations = search(strategy(), FormulaEvaluator(fails=3), tmp_path, generations)
    failed = [e for e in evaluations if e.status == FAILED]
    assert sum(generation.failed for generation in generations) == len(failed) > 0
    assert not any(e.status == FAILED for e in strategy().objectives.front(evaluations))


@pytest.mark.parametrize("name", KINDS)
def test_a_search_in_which_all_fail_still_ends(name, tmp_path):
    space = everything(qubits=(5,))
    evaluations = search(strategy(name, space=space), FormulaEvaluator(fails=5), tmp_path)
    assert {e.status for e in evaluations} == {FAILED}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_an_infeasible_candidate_survives_only_where_feasible_ones_are_too_few(name):
    chosen, evaluator = strategy(name, population=20), FormulaEvaluator(breaks=2)
    feasible = 0
    for _ in range(3):
        outcome = generation_evaluated(evaluator, chosen.ask())
        chosen.tell(outcome)
        feasible += sum(one.status == EVALUATED for one in outcome)
        survivors = chosen._algorithm.pop.get("CV")
        assert (survivors > 0).sum() == max(0, 20 - feasible)


def test_violations_rank_evaluated_before_infeasible_before_failed():
    chosen, evaluator = strategy(), FormulaEvaluator(fails=5, breaks=2)
    asked = [Architecture(qubits=q, depth=d) for q, d in ((2, 1), (2, 2), (5, 1))]
    outcome = generation_evaluated(evaluator, asked)
    # the infeasible one exceeds its bound by 1, hence 1 / (1 + 1)
    assert [chosen._objectives_and_violation(one)[1] for one in outcome] == [0, 0.5, 1]


@pytest.mark.parametrize("name", ["age_moea2", "nsga3"])
def test_candidates_that_are_all_alike_are_searched_as_any(name, tmp_path):
    space = everything(
        qubits=(2,), depth=(1,), hidden_layers=(0,), encoder=("linear",),
        encoding=("rx", "ry", "rz"),
    )  # fmt: skip
    chosen = strategy(name, space=space)
    evaluations = search(chosen, FormulaEvaluator(), tmp_path)
    assert len({tuple(chosen.objectives.point(e)) for e in evaluations}) == 1
    assert len(evaluations) == 50


FOUR = {
    "qubits": (2, 3), "depth": (1,), "encoding": ("ry",), "rotations": ("ry",),
    "entangler": ("cx",), "entanglement": ("linear",), "measurement": ("z",),
    "hidden_layers": (0,), "readout": ("linear",), "learning_rate": (None, 0.1),
    "activation": ("relu",), "hidden_width": (3,), "reuploading": (False,), "encoder": ("linear",),
}  # fmt: skip


@pytest.mark.parametrize("name", [*KINDS, "exhaustive"])
def test_a_space_smaller_than_the_budget_is_searched_once_and_done(name, tmp_path):
    space = everything(**FOUR)
    evaluator = FormulaEvaluator()
    search(strategy(name, space=space), evaluator, tmp_path)
    assert sorted(evaluator.asked) == sorted(a.hash for a in space.architectures())
    assert len(evaluator.asked) == 4


def test_exhaustive_search_asks_for_every_architecture_once_in_generations(tmp_path):
    space, generations = shipped_space("small"), []
    evaluations = search(
        strategy("exhaustive", space=space, population=10, generations=9),
        FormulaEvaluator(), tmp_path, generations,
    )  # fmt: skip
    assert [e.architecture for e in evaluations] == list(space.architectures())
    assert [generation.new for generation in generations] == [10, 10, 10, 10, 10, 10, 4]


def test_a_space_too_large_to_exhaust_is_named_with_the_generations_that_it_takes():
    message = r"search.generations=6 is not accepted: search_space has 64 genomes; .*least 7 gener"
    with pytest.raises(ConfigError, match=message):
        strategy("exhaustive", space=shipped_space("small"), population=10, generations=6)


def test_tpe_without_optuna_is_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ConfigError, match=r"search=tpe is not accepted: optuna is not installed"):
        strategy("tpe")


def test_age_moea2_runs_as_plain_python_and_numba_stays_what_it_was():
    before = sys.modules.get("numba")
    strategy("age_moea2")
    assert sys.modules.get("numba") is before
    from pymoo.algorithms.moo import age2

    assert isinstance(age2.project_on_manifold, FunctionType)


def test_a_genetic_algorithm_that_there_is_not_is_named():
    with pytest.raises(ConfigError, match="search.algorithm=nsga4 is unknown .did you mean nsga"):
        strategy("nsga4")


@pytest.mark.parametrize(("population", "directions"), [(20, 15), (21, 21), (3, 3), (2, 1)])
def test_nsga3_has_the_most_directions_that_its_population_holds(population, directions):
    chosen = strategy("nsga3", population=population)
    assert len(chosen._algorithm.ref_dirs) == directions


@pytest.mark.parametrize("setting", ["population", "generations"])
def test_fewer_than_two_is_named(setting):
    with pytest.raises(ConfigError, match=f"search.{setting}=1 is not accepted: at least 2"):
        strategy(**{setting: 1})
