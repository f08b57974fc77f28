"""Making a table: what training and costing give, resumed after an interruption."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from hybhanas import bench
from hybhanas.nas.evaluator import Group
from scripts import make_benchmark as script
from scripts.benchmark_parts import Plan, cost_settings

TINY = (
    "search_space=small", "search.population=8", "dataset=iris", "trainer.epochs=3",
    "search_space.qubits=[2]", "search_space.depth=[1]", "search_space.hidden_layers=[0]",
    "trainer.accelerator=cpu", "trainer.population=5",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HYBHANAS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def plan(folder: Path) -> Plan:
    return script.planned(folder / "table.parquet", TINY, 2, ("ibm_torino",), twins=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("made")


@pytest.fixture(scope="module")
def made(folder: Path) -> bench.Benchmark:
    return script.made(plan(folder), lambda _: None)


def test_a_table_holds_what_a_search_gives_of_each_network(made, tmp_path):
    evaluator = plan(tmp_path).evaluator("seed=2", "backend=ibm_torino")
    for group in evaluator.groups([*made]):
        members = [evaluator.cost(made.architectures[i]) for i in group]
        for trained, _ in evaluator.train(Group(members, 3)):
            assert made.query(trained.architecture, seed=2) == trained.validation_accuracy
            row = made.row(trained.architecture)
            assert made.log10_total_s("ibm_torino")[row] == trained.cost.time.log10_total_s
            assert made.parameters[row] == trained.parameters
            assert made.proxies["flops"][row] == trained.proxies["flops"]
            effective = made.log10_total_s("ibm_torino", "effective_time")[row]
            assert effective < trained.cost.time.log10_total_s
    assert (len(made), made.accuracy.shape, made.backends) == (8, (8, 2, 3), ("ibm_torino",))
    assert len(np.unique(made.accuracy[:, 0, 0])) > 1
    assert (made.test_accuracy > 0).all()


def test_a_twin_is_that_of_a_final_training_with_the_same_seed(made, tmp_path):
    evaluator = plan(tmp_path).evaluator("seed=2")
    members = [evaluator.cost(architecture) for architecture in made]
    for member, finished in zip(members, evaluator.finish(Group(members, 3)), strict=True):
        row, twin = made.row(member.architecture), finished.twin
        assert made.query(member.architecture, 2, twin=True) == twin.validation_accuracy
        assert made.twins.test_accuracy[row, 1] == twin.test_accuracy
        assert made.twins.parameters[row] == twin.parameters
    assert (made.twins.accuracy != made.accuracy).any()


def test_the_curve_is_that_of_a_training_stopped_at_each_epoch(made, tmp_path):
    evaluator = plan(tmp_path).evaluator("seed=1")
    for group in evaluator.groups([*made]):
        members, states = [evaluator.cost(made.architectures[i]) for i in group], []
        for epoch in (1, 2, 3):
            outcomes = evaluator.train(Group(members, epoch, states))
            members, states = [e for e, _ in outcomes], [state for _, state in outcomes if state]
            for ended in members:
                assert made.query(ended.architecture, 1, epoch) == ended.validation_accuracy


def test_an_interrupted_table_continues_and_becomes_the_same(made, tmp_path):
    lines = []

    def interrupt(line: str) -> None:
        lines.append(line)
        if len(lines) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        script.made(plan(tmp_path), interrupt)
    folder = tmp_path / "table.parts"
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert len(before) == 2
    again = script.made(plan(tmp_path), lambda _: None)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    for name in ("accuracy", "loss", "test_accuracy", "parameters"):
        np.testing.assert_array_equal(getattr(again, name), getattr(made, name))
    np.testing.assert_array_equal(again.points("ibm_torino"), made.points("ibm_torino"))


def test_the_command_says_what_it_made_and_its_checksum(tmp_path, capsys):
    table = tmp_path / "table.parquet"
    given = [str(table), *TINY, "--seeds", "1", "--backends", "ionq_forte"]
    script.main(given)
    said = capsys.readouterr().out
    assert "8 architectures of iris, 1 seeds of 3 epochs, 1 backends" in said
    assert re.search(r"to train, \d+ for their twins, \d+ to cost", said)
    loaded = bench.load(table)
    points = 100 * (loaded.test_accuracy - loaded.twins.test_accuracy)
    assert f"medians and quartiles: {np.median(points):.1f} (" in said
    assert "% of architectures whose twin has no bottleneck: " in said
    assert bench.load(table).backends == ("ionq_forte",)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["trainer.noise=survival"], "trainer.noise=survival is not accepted: none, since a table"),
        (["trainer.shots=100"], "trainer.shots=100 is not accepted: null, since a table has"),
        (["+search.constraints.parameters=10"], "search.constraints={'parameters': 10.0} is not "),
        (
            ["--backends", "ibm_torino", "ibm_fez", "ibm_torino cost_model.shots=9"],
            "--backends='ibm_torino cost_model.shots=9' is not accepted: its calibration is called "
            "ibm_torino, as that of 'ibm_torino' is; accepted: each name once",
        ),
    ],
)
def test_what_a_table_cannot_hold_is_refused_before_anything_is_trained(
    given, message, tmp_path, capsys
):
    with pytest.raises(SystemExit):
        script.main([str(tmp_path / "t.parquet"), *TINY, *given])
    assert message in " ".join(capsys.readouterr().err.split())
    assert [*tmp_path.iterdir()] == []


def test_another_table_with_the_same_folder_of_parts_trains_nothing_again(made, folder, tmp_path):
    parts = plan(folder).folder
    before = {*parts.iterdir()}
    given = (*TINY, "cost_model.shots=100"), 2, ("ibm_torino",), parts, True
    other = script.made(script.planned(tmp_path / "other.parquet", *given), lambda _: None)
    (new,) = {*parts.iterdir()} - before
    assert new.name.startswith("costed_ibm_torino_")
    np.testing.assert_array_equal(other.accuracy, made.accuracy)
    assert (other.log10_total_s("ibm_torino") != made.log10_total_s("ibm_torino")).all()


def test_costs_of_two_data_sets_of_as_many_samples_are_kept_apart(tmp_path):
    held = []
    for name in ("moons", "circles"):
        one = script.planned(tmp_path / "t.parquet", (*TINY, f"dataset={name}"), 1, ("",))
        held.append(cost_settings(one.evaluator()))
    assert held[0]["workload"] == held[1]["workload"]
    assert held[0] != held[1]
