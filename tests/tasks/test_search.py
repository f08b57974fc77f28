"""task=search, for real but small: every file of a run, resuming, refusing, every option."""

from __future__ import annotations

import csv
import json
import math
import shutil
from operator import le
from pathlib import Path

import pytest
import torch
from PIL import Image

from hybhanas.architecture import Architecture
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.models.hqnn import HQNN
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.evaluator import Evaluator
from hybhanas.presets import CONF
from hybhanas.tasks.search import prepare, search
from tests.helpers import TINY

QUIET = "logger.mode=disabled"


@pytest.fixture(scope="module")
def smoke(tmp_path_factory) -> Path:
    """The folder of one finished smoke run, with its offline W&B run."""
    from hybhanas.hydra_app.compose import composed

    folder = tmp_path_factory.mktemp("smoke") / "run"
    config = composed("experiment=smoke")
    search(config, folder)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def written(folder: Path) -> dict[Path, int]:
    """When each file was written last; W&B's own process may still be closing its log."""
    files = (p for p in folder.rglob("*") if p.is_file() and "wandb" not in p.parts)
    return {path: path.stat().st_mtime_ns for path in files}


def test_a_run_leaves_every_file_that_it_promises(smoke):
    names = {path.name for path in smoke.iterdir()}
    assert names == {
        "pareto.json", "pareto.csv", "evaluations.csv", "front.png", "front.html", "anatomy.png",
        "checkpoints",
        "config.yaml", "run.json", "records", "final", "settings.json", "wandb",
    }  # fmt: skip
    for picture in ("front.png", "anatomy.png"):
        with Image.open(smoke / picture) as image:
            width, height = image.size
        assert width > 600
        assert height > 200


def test_the_front_in_csv_and_json_agree_and_none_of_it_is_dominated(smoke):
    front = json.loads((smoke / "pareto.json").read_text())
    assert [m["architecture"] for m in front] == [
        row["architecture"] for row in rows(smoke / "pareto.csv")
    ]
    evaluated = [row for row in rows(smoke / "evaluations.csv") if row["status"] == "evaluated"]
    for member in front:
        for row in evaluated:
            better = [
                float(row["validation_accuracy"]) - member["validation_accuracy"],
                member["log10_total_s"] - float(row["log10_total_s"]),
                member["parameters"] - int(row["parameters"]),
            ]
            assert not (min(better) >= 0 and max(better) > 0)
        assert member["cost"]["time"]["total_s"] == member["total_s"]


def test_evaluations_have_the_promised_columns_and_a_row_an_architecture(smoke):
    table = rows(smoke / "evaluations.csv")
    assert {
        "architecture", "status", "validation_accuracy", "total_s", "parameters", "seed", "seconds"
    } <= set(table[0])  # fmt: skip
    assert len({row["architecture"] for row in table}) == len(table) == 8
    assert len(list((smoke / "records").glob("*.json"))) == 8


def test_a_checkpoint_loads_without_executing_anything_and_gives_the_recorded_accuracy(
    smoke, composed
):
    evaluator = prepare(composed("experiment=smoke"), smoke).evaluator
    for member in json.loads((smoke / "pareto.json").read_text()):
        saved = torch.load(smoke / member["checkpoint"], weights_only=True)
        architecture = Architecture.from_dict(saved["architecture"])
        model = HQNN(architecture, saved["features"], saved["classes"], "torchquantum")
        model.load_state_dict(saved["state_dict"])
        ((features, classes),) = evaluator.data.test_dataloader()
        accuracy = (model(features).argmax(dim=1) == classes).float().mean().item()
        assert accuracy == pytest.approx(member["test_accuracy"])


def test_provenance_names_versions_calibration_seed_and_time(smoke):
    run = json.loads((smoke / "run.json").read_text())
    assert run["calibration"]["name"] == "ibm_brisbane"
    assert run["calibration"]["date"].startswith("2025-02-26")
    assert len(run["calibration"]["repairs"]) == 2
    assert {"hybhanas", "torch", "qiskit"} <= set(run["versions"])
    assert run["seed"] == 1
    assert run["wall_s"] >= run["search_s"] > 0


def test_running_again_answers_from_the_records_and_trains_nothing(smoke, composed, monkeypatch):
    before = (smoke / "pareto.json").read_bytes()

    def trained(*args, **kwargs):
        raise AssertionError("something was trained again")

    monkeypatch.setattr(Evaluator, "train_networks", trained)
    search(composed("experiment=smoke", QUIET), smoke)
    assert (smoke / "pareto.json").read_bytes() == before


@pytest.mark.parametrize(
    ("override", "group"),
    [("seed=2", "seed"), ("backend=ibm_torino", "calibration"),
     ("cost_model.shots=5", "cost_model"),
     ("trainer.epochs=1", "training"), ("search.population=5", "search"),
     ("search.seed=7", "search"),
     ("dataset.batch_size=8", "data"),
     ("search_space.depth=[1]", "search_space")],
)  # fmt: skip
def test_the_folder_of_another_search_is_refused_and_left_alone(smoke, composed, override, group):
    before = written(smoke)
    with pytest.raises(ConfigError, match=f"it holds a search with another {group}"):
        search(composed("experiment=smoke", QUIET, override), smoke)
    assert written(smoke) == before


def test_a_folder_with_something_else_in_it_is_refused(tmp_path, composed):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(ConfigError, match="is not empty and holds no search"):
        search(composed("experiment=smoke", QUIET), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("content", ["{}", "// a comment", "[]", '{"a": 1}'])
def test_a_settings_file_of_something_else_is_refused(tmp_path, composed, content):
    (tmp_path / "settings.json").write_text(content)
    with pytest.raises(ConfigError, match="hydra.run.dir=.* is not accepted"):
        search(composed(*TINY, QUIET, "device=host"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


def test_what_a_kill_in_the_first_write_left_behind_is_no_hindrance(tmp_path, composed):
    (tmp_path / ".settings.json.abc.part").write_text("{")
    search(composed(*TINY, QUIET), tmp_path)
    assert not list(tmp_path.rglob(".*.part"))


def test_a_shorter_search_does_not_replace_a_longer_one(smoke, tmp_path, composed):
    longer = shutil.copytree(smoke, tmp_path / "run")
    settings = json.loads((longer / "settings.json").read_text()) | {"generations": 3}
    (longer / "settings.json").write_text(json.dumps(settings))
    with pytest.raises(ConfigError, match="search.generations=2 is not accepted.*holds a search"):
        search(composed("experiment=smoke", QUIET), longer)
    assert json.loads((longer / "settings.json").read_text()) == settings


def test_times_beyond_the_range_of_a_double_are_searched_shown_and_resumed(tmp_path, composed):
    overrides = (
        *TINY, QUIET, "search_space.qubits=[11]", "search_space.encoding=[amplitude]",
        "search_space.depth=[1,2]", "cost_model.sampling_exponent=2",
        "cost_model.optimization_level=0", "cost_model.faults=whole_circuit", "cost_model.idle=t2",
        "search.objectives=[error,total_s,parameters]", "+search.reference_point.total_s=1e300",
    )  # fmt: skip
    for _ in range(2):
        members = search(composed(*overrides), tmp_path / "run")
    costs = [member.evaluation.cost for member in members]
    assert all(math.isinf(cost.time.total_s) and cost.time.log10_total_s > 308 for cost in costs)


def test_a_member_whose_training_to_the_end_diverges_is_said_and_the_others_are_kept(
    tmp_path, composed, monkeypatch, caplog
):
    networks, ended = Evaluator.train_networks, []

    def diverging(self, architectures, epochs, test=False, until=None, states=()):
        outcomes = networks(self, architectures, epochs, test, until, states)
        if test:
            ended.extend(architecture.hash for architecture in architectures)
            if len(ended) == len(architectures):  # the first group
                outcomes[0] = CandidateError("training diverged")
        return outcomes

    monkeypatch.setattr(Evaluator, "train_networks", diverging)
    members = search(composed("experiment=smoke", QUIET), tmp_path / "run")
    front = json.loads((tmp_path / "run" / "pareto.json").read_text())
    (lost,) = [m for m in front if m["test_accuracy"] is None]
    assert len(ended) == len(members) > 1
    assert lost["architecture"] == ended[0]
    assert lost["checkpoint"] is None
    assert "training diverged; it has no model" in caplog.text


def test_two_runs_with_one_seed_agree_and_another_seed_differs(tmp_path, composed, smoke):
    fronts = [(smoke / "pareto.json").read_bytes()]
    for seed in (1, 2):
        search(composed("experiment=smoke", QUIET, f"seed={seed}"), tmp_path / str(seed))
        fronts.append((tmp_path / str(seed) / "pareto.json").read_bytes())
    assert fronts[0] == fronts[1] != fronts[2]


def test_a_measured_device_stays_what_it_was_when_the_run_goes_on(tmp_path, composed):
    overrides = (*TINY, QUIET, "device=host")
    search(composed(*overrides), tmp_path / "run")
    first = (tmp_path / "run" / "pareto.json").read_bytes()
    search(composed(*overrides), tmp_path / "run")
    assert (tmp_path / "run" / "pareto.json").read_bytes() == first


def test_a_space_wider_than_the_machine_is_refused_before_anything_is_written(tmp_path, composed):
    overrides = ("experiment=smoke", "backend=snapshot", "backend.snapshot=lima")
    with pytest.raises(ConfigError, match=r"search_space.qubits=\[2, 6\].*lima has 5 usable"):
        search(composed(*overrides, "search_space.qubits=[2,6]"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


OPTIONS = [
    f"{group.name}={option.stem}"
    for group in sorted(CONF.iterdir())
    if group.is_dir()
    and group.name not in ("experiment", "task", "calibration", "logger", "executor")
    for option in sorted(group.glob("*.yaml"))
]


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_of_every_group_runs_a_small_search(option, tmp_path, composed):
    overrides = [*TINY, QUIET, option]
    if option == "backend=snapshot":
        overrides.append("backend.snapshot=perth")
    if option.startswith("search_space"):
        overrides.append("search.population=3")
    if option == "search=exhaustive":
        overrides.append("search.population=64")
    if option == "search=halving":
        overrides += ["search.rungs=[1]", "trainer.epochs=2"]
    search(composed(*overrides), tmp_path / "run")
    front = json.loads((tmp_path / "run" / "pareto.json").read_text())
    assert len(front) >= 1


def test_both_forms_of_p_can_be_searched_with(tmp_path, composed):
    members = {
        faults: search(composed(*TINY, QUIET, f"cost_model.faults={faults}"), tmp_path / faults)
        for faults in ("whole_circuit", "observable")
    }
    costs = {faults: front[0].evaluation.cost for faults, front in members.items()}
    assert {faults: cost.provenance.faults for faults, cost in costs.items()} == {
        f: f for f in costs
    }


def test_breakdown_terms_can_be_objectives(tmp_path, composed):
    overrides = [
        *TINY, QUIET, "search.objectives=[error,circuit_s,two_qubit_gates,simulation_flops]",
        "+search.reference_point.circuit_s=1e-3", "+search.reference_point.two_qubit_gates=100",
        "+search.reference_point.simulation_flops=1e6",
    ]  # fmt: skip
    members = search(composed(*overrides), tmp_path / "run")
    names = ("error", "circuit_s", "two_qubit_gates", "simulation_flops")
    points = [tuple(m.evaluation.values[name] for name in names) for m in members]
    assert points == sorted(points)
    for one in points:
        assert not any(other != one and all(map(le, other, one)) for other in points)


def test_energy_and_latency_can_be_objectives_as_they_are(tmp_path, composed):
    overrides = [*TINY, QUIET, "search.objectives=[error,log10_energy_j,log10_latency_s]"]
    members = search(composed(*overrides), tmp_path / "run")
    costs = [member.evaluation.cost for member in members]
    # what a machine of 25 kW takes for its time, and the device for its own
    for cost in costs:
        joules = 25e3 * cost.time.quantum_training_s + 400 * cost.time.classical_training_s
        assert cost.energy.total_j == pytest.approx(joules)


def test_a_search_by_halving_counts_what_it_stopped_early_and_resumes_where_it_was_interrupted(
    tmp_path, composed, capsys
):
    overrides = [
        QUIET, "experiment=smoke", "search=halving", "search.population=5", "search.generations=2",
        "trainer.epochs=3", "search.rungs=[1]", "search.keep=0.4",
    ]  # fmt: skip
    search(composed(*overrides), tmp_path / "run")
    printed = capsys.readouterr().out
    assert "known  stopped  infeasible" in printed
    evaluations = rows(tmp_path / "run" / "evaluations.csv")
    # of each five, two (40 %) are trained for three epochs, the others for one
    assert sorted(e["epochs"] for e in evaluations) == ["1"] * 6 + ["3"] * 4
    assert {e["status"] for e in evaluations if e["epochs"] == "1"} == {"stopped"}
    assert json.loads((tmp_path / "run" / "run.json").read_text())["epochs"] == 6 * 1 + 4 * 3
    before = (tmp_path / "run" / "pareto.json").read_bytes()

    (tmp_path / "run" / "pareto.json").unlink()
    promoted = {e["architecture"] for e in evaluations if e["epochs"] == "3"}
    for record in (tmp_path / "run" / "records").glob("*.json"):
        if Evaluation.from_dict(json.loads(record.read_text())).architecture.hash in promoted:
            record.unlink()
    search(composed(*overrides), tmp_path / "run")
    assert (tmp_path / "run" / "pareto.json").read_bytes() == before
