"""Reading a finished run: what is refused, and what a command line changes of its settings."""

from __future__ import annotations

import json
import shutil

import pytest
from omegaconf import OmegaConf

from hybhanas.cost.model import Workload
from hybhanas.errors import ConfigError
from hybhanas.hydra_app.compose import composed as compose
from hybhanas.nas.objectives import Objectives
from hybhanas.tasks import finished
from hybhanas.tasks.compare import compare
from hybhanas.tasks.cost import cost
from hybhanas.tasks.finished import FinishedRun, settings_of_cost
from hybhanas.tasks.recost import recost
from hybhanas.tasks.search import search

TASKS = {"recost": recost, "cost": cost, "compare": compare}


@pytest.fixture
def old(tmp_path):
    """A folder that version 0.1 of hybhanas wrote."""
    folder = tmp_path / "old"
    folder.mkdir()
    settings = {"search": {}, "generations": 3, "versions": {"hybhanas": "0.1.0"}}
    (folder / "settings.json").write_text(json.dumps(settings))
    return folder


@pytest.mark.parametrize("task", TASKS)
def test_a_run_of_version_0_1_is_refused_in_one_line_that_says_so(task, old, tmp_path, composed):
    overrides = ["architecture='ab'"] if task == "cost" else []
    with pytest.raises(ConfigError, match=r"^run=.*: hybhanas 0\.1\.0 wrote it, in a format"):
        TASKS[task](composed(f"task={task}", f"run={old}", *overrides), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_search_does_not_resume_a_run_of_version_0_1(old, composed):
    with pytest.raises(ConfigError, match=r"^hydra.run.dir=.*: hybhanas 0\.1\.0 wrote it, in a"):
        search(composed("experiment=smoke", "logger.mode=disabled"), old)
    assert [path.name for path in old.iterdir()] == ["settings.json"]


def test_a_record_with_the_architecture_of_another_is_said_and_left_out(smoke, tmp_path, caplog):
    folder = tmp_path / "run"
    shutil.copytree(smoke, folder)
    whole = finished.read_run(str(folder)).evaluations
    record = sorted((folder / "records").glob("*.json"))[0]
    data = json.loads(record.read_text())
    data["architecture"]["readout"] = {"linear": "mlp", "mlp": "linear"}[
        data["architecture"]["readout"]
    ]
    record.write_text(json.dumps(data))
    read = finished.read_run(str(folder)).evaluations
    assert [e.key for e in read] == [e.key for e in whole if e.key != record.stem]
    assert f"left out; the first is {record.name}: its seed does not follow from" in caplog.text


def changed(monkeypatch, tmp_path, *overrides: str):
    """The settings of cost of a run on Fez with 77 shots, under a command line."""
    saved = compose("task=search", "backend=ibm_fez", "cost_model.shots=77")
    OmegaConf.resolve(saved)
    objectives = Objectives(("error", "parameters"), {"error": 1.0, "parameters": 10.0}, {})
    workload = Workload(samples=1, epochs=1, batch_size=1)
    run = FinishedRun(tmp_path, saved, workload, objectives, [])
    now = compose("task=recost", *overrides)
    OmegaConf.resolve(now)
    monkeypatch.setattr(finished, "overrides", lambda: ["task=recost", *overrides])
    return settings_of_cost(now, run)


def test_what_the_command_line_does_not_name_stays_the_runs_own(monkeypatch, tmp_path):
    settings = changed(monkeypatch, tmp_path)
    assert (settings.backend.name, settings.cost_model.shots) == ("ibm_fez", 77)
    assert settings.calibration.snapshot == "fez"


def test_a_backend_brings_its_calibration_and_a_single_value_changes_only_itself(
    monkeypatch, tmp_path
):
    settings = changed(monkeypatch, tmp_path, "backend=ibm_torino", "++cost_model.layouts=2")
    assert (settings.backend.name, settings.calibration.snapshot) == ("ibm_torino", "torino")
    assert (settings.cost_model.shots, settings.cost_model.layouts) == (77, 2)


def test_another_source_of_calibrations_is_asked_for_the_runs_own_backend(monkeypatch, tmp_path):
    settings = changed(monkeypatch, tmp_path, "calibration=live")
    assert settings.calibration.backend == settings.backend.name == "ibm_fez"


def test_another_snapshot_of_the_runs_backend_is_that_of_its_calibration(monkeypatch, tmp_path):
    settings = changed(monkeypatch, tmp_path, "backend.snapshot=torino")
    assert settings.backend.snapshot == settings.calibration.snapshot == "torino"
