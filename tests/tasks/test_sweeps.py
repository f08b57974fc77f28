"""Names in a sweep: a folder a job, which its own settings decide on, and one group for all."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig

from hybhanas.hydra_app.compose import composed, register_all
from hybhanas.hydra_app.mistakes import Mistake
from hybhanas.hydra_app.sweeps import job_folder, sweep_name
from hybhanas.presets import CONF
from tests.helpers import ROOT


def test_a_jobs_folder_depends_on_its_own_overrides_and_not_on_their_order_or_place():
    name = job_folder(["dataset=iris", "backend=ibm_fez", "search.population=4"])
    assert name == "backend-ibm_fez+dataset-iris+search.population-4"
    assert job_folder(["search.population=4", "backend=ibm_fez", "dataset=iris"]) == name
    assert job_folder([]) == "defaults"


def test_different_overrides_have_different_folders_whatever_their_characters_and_length():
    lists = [
        ["seed=-1"],
        ["seed=1"],
        ["search_space.qubits=[2,3]"],
        ["search_space.qubits=[2.3]"],
        ["run=outputs/a"],
        ["run=outputs-a"],
        ["+search.constraints.p_survival=0.9"],
        ["search.constraints.p_survival=0.9"],
        ["a=b+c-d"],
        ["a=b", "c=d"],
        ["search.seed=1", f"cache={'x' * 300}"],
        ["search.seed=2", f"cache={'x' * 300}"],
    ]
    names = [job_folder(overrides) for overrides in lists]
    assert len(set(names)) == len(lists)
    assert max(map(len, names)) < 200
    assert not set("".join(names)) & set("/ =,[]{}'\"$")


def test_a_sweep_that_is_tracked_in_another_way_finds_its_folders():
    plain = job_folder(["seed=1"])
    assert job_folder(["seed=1", "logger.mode=online"]) == plain
    assert job_folder(["logger=null", "seed=1"]) == plain


def test_a_jobs_folder_can_be_named_on_the_command_line_without_quotes():
    name = job_folder(["+search.constraints.p_survival=0.9", "search_space.qubits=[2,3]", "seed=7"])
    assert composed("task=recost", f"run=outputs/sweep/{name}").run.endswith(name)


@pytest.mark.parametrize(("mode", "group"), [("MULTIRUN", "my_sweep"), ("RUN", None)])
def test_runs_of_a_sweep_share_a_group_and_others_have_none(mode, group):
    overrides = ["hydra.sweep.dir=outputs/my_sweep", f"hydra.mode={mode}"]
    register_all()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        config = compose("config", overrides=overrides, return_hydra_config=True)
    HydraConfig.instance().set_config(config)
    try:
        assert config.logger.group == group
    finally:
        HydraConfig.instance().cfg = None
    assert sweep_name() is None


def test_a_mistake_from_another_process_is_told_in_this_one_and_makes_its_exit_code():
    code = (
        "import pickle, sys, hybhanas.hydra_app.main, hybhanas.hydra_app.application\n"
        f"pickle.loads({pickle.dumps(Mistake('seed=-1 is not accepted'))!r})\n"
        "hybhanas.hydra_app.application.run = lambda: None\n"  # a sweep whose jobs ran elsewhere
        "hybhanas.hydra_app.main.main()"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert outcome.stderr == "error: seed=-1 is not accepted\n"
    assert outcome.returncode == 2
