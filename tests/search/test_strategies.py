"""Strategies and the loop, on an evaluator that answers in microseconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import everything

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.models.state import TrainingState
from hybhanas.search.evaluation import COSTED, EVALUATED, FAILED, STOPPED, Evaluation
from hybhanas.search.evaluator import Group
from hybhanas.search.executors import Serial
from hybhanas.search.loop import run_search
from hybhanas.search.nsga2 import NSGA2Search
from hybhanas.search.strategy import RandomSearch

REFERENCE = {"error": 1.0, "total_s": 50.0, "parameters": 300.0}


def strategy(kind=NSGA2Search, space=None, population=10, generations=5, seed=1, rungs=()):
    return kind(
        space or everything(), name="test", population=population, generations=generations,
        seed=seed, objectives=("error", "total_s", "parameters"), reference_point=REFERENCE,
        ideal_point={}, constraints={}, rungs=rungs, keep=0.3,
    )  # fmt: skip


@dataclass
class FormulaEvaluator:
    """More qubits and depth are better and dearer; circuits of width `fails` cannot be costed.
    Half of the training gives half of the accuracy. Trains in groups of `together`, and dies before
    the group that exceeds `dies_after`.
    """

    epochs = 10

    fails: int | None = None
    asked: list[str] = field(default_factory=list)
    dies_after: int | None = None
    together: int = 1

    def key(self, architecture: Architecture) -> str:
        return architecture.hash

    def cost(self, architecture: Architecture) -> Evaluation:
        a = architecture
        if a.qubits == self.fails:
            self.asked.append(a.hash)
            return Evaluation(
                key=a.hash, architecture=a, status=FAILED, reason="too wide", seed=0, seconds=0.0
            )
        size = a.qubits * a.depth + a.hidden_layers * a.hidden_width
        return Evaluation(
            key=a.hash, architecture=a, status=COSTED, seed=0, seconds=0.0, parameters=10 * size,
            cost={"total_s": float(a.qubits**2), "log10_total_s": 0.5},
        )  # fmt: skip

    def groups(self, architectures: Sequence[Architecture]) -> list[list[int]]:
        indices = range(len(architectures))
        return [list(indices[i : i + self.together]) for i in indices[:: self.together]]

    def train(self, group: Group) -> list[tuple[Evaluation, bytes | None]]:
        if self.dies_after is not None and len(self.asked) + len(group.members) > self.dies_after:
            raise KeyboardInterrupt
        self.asked += [evaluation.key for evaluation in group.members]
        zero = {"w": torch.zeros(1)}
        state = TrainingState(group.epochs, zero, zero, zero).to_bytes()
        for before in group.states:
            assert TrainingState.from_bytes(before).epochs < group.epochs
        return [
            (self._trained(e, group.epochs), state if group.epochs < self.epochs else None)
            for e in group.members
        ]

    def _trained(self, costed: Evaluation, epochs: int) -> Evaluation:
        better = costed.parameters / 10 + (costed.architecture.encoding == "amplitude")
        return replace(
            costed, status=EVALUATED if epochs == self.epochs else STOPPED, epochs=epochs,
            validation_accuracy=(1 - 1 / (1 + better)) * epochs / self.epochs,
        )  # fmt: skip


def search(chosen, evaluator, folder: Path, generations=None):
    found = generations if generations is not None else []
    with Serial().at_work(evaluator, folder, print) as workers:
        return run_search(chosen, evaluator, folder, workers, lambda _: None, found.append)


@pytest.mark.parametrize("kind", [NSGA2Search, RandomSearch])
def test_no_architecture_is_asked_for_twice(kind, tmp_path):
    evaluator = FormulaEvaluator()
    evaluations = search(strategy(kind), evaluator, tmp_path)
    assert len(evaluations) == 50 == len(set(evaluator.asked))


@pytest.mark.parametrize("kind", [NSGA2Search, RandomSearch])
def test_one_seed_gives_one_search_and_another_seed_another(kind, tmp_path):
    runs = [
        [e.key for e in search(strategy(kind, seed=seed), FormulaEvaluator(), tmp_path / str(i))]
        for i, seed in enumerate((1, 1, 2))
    ]
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize("dies_after", [1, 9, 10, 23, 49])
def test_a_search_that_died_goes_on_to_the_same_end_and_repeats_nothing(dies_after, tmp_path):
    undisturbed = search(strategy(), FormulaEvaluator(), tmp_path / "whole")
    first = FormulaEvaluator(dies_after=dies_after)
    with pytest.raises(KeyboardInterrupt):
        search(strategy(), first, tmp_path / "cut")
    second = FormulaEvaluator()
    assert search(strategy(), second, tmp_path / "cut") == undisturbed
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
    evaluations = search(strategy(), FormulaEvaluator(fails=5), tmp_path, generations)
    failed = [e for e in evaluations if e.status == FAILED]
    assert sum(generation.failed for generation in generations) == len(failed) > 0
    assert not any(e.status == FAILED for e in strategy().objectives.front(evaluations))


def test_a_search_in_which_all_fail_still_ends(tmp_path):
    space = everything(qubits=(5,))
    evaluations = search(strategy(space=space), FormulaEvaluator(fails=5), tmp_path)
    assert {e.status for e in evaluations} == {FAILED}


def test_nsga2_finds_more_than_random_search_over_ten_seeds(tmp_path):
    volumes = {NSGA2Search: [], RandomSearch: []}
    for kind, found in volumes.items():
        for seed in range(10):
            chosen = strategy(kind, seed=seed, population=12, generations=8)
            evaluations = search(chosen, FormulaEvaluator(), tmp_path / f"{kind.__name__}{seed}")
            found.append(chosen.objectives.hypervolume(evaluations))
    assert np.median(volumes[NSGA2Search]) > np.median(volumes[RandomSearch])


@pytest.mark.parametrize("kind", [NSGA2Search, RandomSearch])
def test_a_space_smaller_than_the_budget_is_searched_once_and_done(kind, tmp_path):
    space = everything(
        qubits=(2, 3), depth=(1,), encoding=("ry",), rotations=("ry",), entangler=("cx",),
        entanglement=("linear",), measurement=("z",), hidden_layers=(0,), readout=("linear",),
        learning_rate=(None, 0.1), activation=("relu",),
    )  # fmt: skip
    evaluator = FormulaEvaluator()
    search(strategy(kind, space=space), evaluator, tmp_path)
    assert (
        len(evaluator.asked) == len(set(evaluator.asked)) == len(list(space.architectures())) == 4
    )


@pytest.mark.parametrize("setting", ["population", "generations"])
def test_fewer_than_two_is_named(setting):
    with pytest.raises(ConfigError, match=f"search.{setting}=1 is not accepted: at least 2"):
        strategy(**{setting: 1})
