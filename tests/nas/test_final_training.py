"""The final training of a front with several seeds of the initial weights."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev
from types import SimpleNamespace

import pytest

from hybhanas.architecture import Architecture
from hybhanas.errors import CandidateError
from hybhanas.nas.evaluator import Evaluator, Group
from hybhanas.nas.executors import Serial
from hybhanas.nas.final_training import train_front
from hybhanas.nas.front import ranked, read_front
from hybhanas.nas.run_folder import RunFolder
from hybhanas.reporting.tables import write_front
from hybhanas.tasks.search import prepare
from tests.helpers import QUIET, TINY, rows

FOUND = [Architecture(qubits=2, depth=depth, encoder="none") for depth in (1, 2, 3)]


@pytest.fixture(scope="module")
def searched(tmp_path_factory) -> SimpleNamespace:
    """The evaluations of three networks, whose front was trained with one seed and with three."""
    from hybhanas.hydra_app.compose import composed

    folder = tmp_path_factory.mktemp("searched")
    problem = prepare(composed(*TINY, QUIET, "trainer.population=2"), folder / "run")
    evaluator = problem.evaluator
    costed = [evaluator.cost(architecture) for architecture in FOUND]
    found = [evaluation for evaluation, _ in evaluator.train(Group(costed, 1))]
    searched = SimpleNamespace(
        evaluator=evaluator, found=found, objectives=problem.strategy.objectives
    )
    for seeds in (1, 3):
        trained(searched, folder / f"{seeds}", seeds)
    searched.one, searched.three = folder / "1", folder / "3"
    return searched


def trained(searched: SimpleNamespace, folder: Path, seeds: int) -> list[str]:
    """Trains the front and writes it; returns what is said."""
    settings = replace(searched.evaluator.training, final_seeds=seeds)
    evaluator = replace(searched.evaluator, training=settings)
    said: list[str] = []
    with Serial().started(evaluator, folder, said.append) as workers:
        members = train_front(searched.found, evaluator, workers, RunFolder(folder), said.append)
    write_front(RunFolder(folder), ranked(members, searched.objectives))
    return said


def front(folder: Path) -> list[dict]:
    return json.loads((folder / "pareto.json").read_text())


def test_a_member_has_the_mean_and_deviation_of_its_seeds_in_every_file(searched):
    folder = searched.three
    table, read = rows(folder / "pareto.csv"), read_front(RunFolder(folder), searched.found)
    for member, row, known in zip(front(folder), table, read, strict=True):
        assert [one["seed"] for one in member["seeds"]] == [1, 2, 3]
        for split, name in (("validation", "final_validation"), ("test", "test")):
            own = [one[f"{split}_accuracy"] for one in member["seeds"]]
            assert own == [float(row[f"{name}_accuracy_seed_{seed}"]) for seed in (1, 2, 3)]
            assert known.accuracies(split) == own
            assert member[f"{name}_accuracy"] == pytest.approx(mean(own))
            assert member[f"{name}_deviation"] == pytest.approx(stdev(own))
        twins = [one["twin_validation_accuracy"] for one in member["seeds"]]
        assert known.twin.validation_accuracy == pytest.approx(mean(twins))
    assert [member["distinguishable"] is None for member in front(folder)] == [True, False, False]


def test_the_first_seed_and_its_model_are_those_of_a_search_with_one(searched):
    alone = {member["architecture"]: member for member in front(searched.one)}
    for member in front(searched.three):
        first, before = member["seeds"][0], alone[member["architecture"]]
        assert first["validation_accuracy"] == before["final_validation_accuracy"]
        assert first["test_accuracy"] == before["test_accuracy"]
        models = [folder / member["checkpoint"] for folder in (searched.one, searched.three)]
        assert models[0].read_bytes() == models[1].read_bytes()
    assert not [name for name in rows(searched.one / "pareto.csv")[0] if "seed" in name]


def test_stopped_between_two_seeds_it_resumes_where_it_was_to_the_same_front(
    searched, tmp_path, monkeypatch
):
    finish, begun = Evaluator.finish, []

    def noted(self, group):
        begun.append((group.replica, len(group.members)))
        if len(begun) == 2:
            raise KeyboardInterrupt
        return finish(self, group)

    monkeypatch.setattr(Evaluator, "finish", noted)
    with pytest.raises(KeyboardInterrupt):
        trained(searched, tmp_path, 3)
    said = trained(searched, tmp_path, 3)
    assert begun[:3] == [(0, 2), (1, 2), (1, 2)]  # the group that was stopped begins again
    assert sum(count for _, count in begun) == 3 * 3 + 2  # and nothing else is trained twice
    assert said == [
        "training the front to the end: 3 networks, 3 seeds each; 2 of 9 trainings are done"
    ]
    for name in ("pareto.json", "pareto.csv"):
        assert (tmp_path / name).read_bytes() == (searched.three / name).read_bytes()


def test_a_finished_front_is_given_more_seeds_and_fewer_without_training_any_again(
    searched, tmp_path
):
    folder = shutil.copytree(searched.one, tmp_path / "run")
    said = trained(searched, folder, 3)
    assert said == [
        "training the front to the end: 3 networks, 3 seeds each; 3 of 9 trainings are done"
    ]
    assert (folder / "pareto.json").read_bytes() == (searched.three / "pareto.json").read_bytes()
    assert trained(searched, folder, 1) == []
    assert (folder / "pareto.json").read_bytes() == (searched.one / "pareto.json").read_bytes()


def test_a_further_seed_that_diverges_is_left_out_of_the_mean_and_said(
    searched, tmp_path, monkeypatch, caplog
):
    finish = Evaluator.finish

    def diverging(self, group):
        outcomes = finish(self, group)
        return [CandidateError("diverged")] * len(outcomes) if group.replica == 1 else outcomes

    monkeypatch.setattr(Evaluator, "finish", diverging)
    trained(searched, tmp_path, 3)
    assert "diverged; its means lack seed 2" in caplog.text
    for member in front(tmp_path):
        first, second, third = (one["validation_accuracy"] for one in member["seeds"])
        assert second is None
        assert member["final_validation_accuracy"] == pytest.approx((first + third) / 2)
