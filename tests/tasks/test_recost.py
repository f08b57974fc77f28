"""task=recost: a finished run under another cost; nothing is trained."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from hybhanas.errors import ConfigError
from hybhanas.tasks.cost import cost
from hybhanas.tasks.finished import read_run
from hybhanas.tasks.recost import recost
from hybhanas.tasks.search import search
from tests.helpers import ROOT, TINY


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    """A small finished search on ibm_torino under qpu_time."""
    folder = tmp_path_factory.mktemp("run")
    command = (*TINY, "search.population=6", "backend=ibm_torino", "cost_model=qpu_time")
    subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *command, f"hydra.run.dir={folder}"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder


def command(folder, *overrides, cwd):
    outcome = subprocess.run(
        [
            sys.executable, str(ROOT / "run.py"), "task=recost", f"run={folder}",
            f"hydra.run.dir={cwd / 'again'}", *overrides,
        ],
        cwd=cwd, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads((cwd / "again" / "recost.json").read_text()), outcome.stdout


def test_the_same_settings_give_the_same_costs_and_the_same_front(run_folder, tmp_path):
    summary, _ = command(run_folder, cwd=tmp_path)
    assert summary["old_calibration"] == summary["new_calibration"] == "ibm_torino"
    assert summary["kendall_tau"] == pytest.approx(1)
    assert summary["median_ratio"] == pytest.approx(1)
    front = pd.read_csv(run_folder / "pareto.csv")["architecture"]
    assert set(summary["stayed"]) == set(front)
    assert summary["left"] == summary["joined"] == []


def test_a_single_value_changes_the_runs_own_settings(run_folder, tmp_path):
    summary, _ = command(run_folder, "cost_model.job_overhead_s=2000", cwd=tmp_path)
    table = pd.read_csv(tmp_path / "again" / "recost.csv")
    good = table[table.status == "evaluated"]
    assert summary["new_calibration"] == "ibm_torino"  # not the default backend
    assert (good.new_log10_total_s > good.old_log10_total_s).all()
    # still qpu_time: with the circuits' time alone 2000 s a job would weigh a thousand times more
    assert summary["median_ratio"] < 100


def test_another_backend_moves_costs_and_nothing_is_trained(run_folder, tmp_path):
    before = {p.name: p.read_bytes() for p in run_folder.rglob("*.json")}
    summary, printed = command(run_folder, "backend=ibm_brisbane", cwd=tmp_path)
    assert summary["new_calibration"] == "ibm_brisbane"
    assert summary["median_ratio"] > 1
    assert -1 <= summary["kendall_tau"] <= 1
    assert "Kendall tau" in printed
    assert (tmp_path / "again" / "recost.png").read_bytes().startswith(b"\x89PNG")
    assert {p.name: p.read_bytes() for p in run_folder.rglob("*.json")} == before


def test_an_architecture_of_the_run_is_costed_by_the_start_of_its_hash(
    run_folder, tmp_path, composed
):
    known = next(e for e in read_run(str(run_folder)).evaluations if e.cost)
    report = cost(
        composed(
            "task=cost", f"run={run_folder}", f"architecture='{known.architecture.hash[:10]}'",
            "backend=ibm_torino", "cost_model=qpu_time",
        ),
        tmp_path,
    )  # fmt: skip
    assert report.time.total_s == pytest.approx(known.cost.time.total_s)
    with pytest.raises(ConfigError, match="architectures of run=.* have such a hash"):
        cost(composed("task=cost", f"run={run_folder}", "architecture='zz'"), tmp_path)


@pytest.mark.parametrize("damage", ["settings.json", "config.yaml", "records"])
def test_what_is_no_finished_search_is_one_line(run_folder, tmp_path, composed, damage):
    folder = tmp_path / "copy"
    shutil.copytree(run_folder, folder)
    if damage == "records":
        shutil.rmtree(folder / damage)
    else:
        (folder / damage).write_text("[1, 2")
    with pytest.raises(ConfigError, match="run=.* is not accepted"):
        recost(composed("task=recost", f"run={folder}"), tmp_path / "out")
    with pytest.raises(ConfigError, match="run=null is not accepted"):
        recost(composed("task=recost"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_machine_on_which_nothing_fits_is_said(run_folder, tmp_path, composed):
    overrides = ("backend=snapshot", "backend.snapshot=armonk")
    with pytest.raises(ConfigError, match="armonk: nothing of it can be costed: .*1 usable"):
        recost(composed("task=recost", f"run={run_folder}", *overrides), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_another_calibration_alone_is_of_the_runs_own_machine(run_folder, tmp_path):
    summary, _ = command(
        run_folder, "calibration=snapshot", "calibration.policy=median", cwd=tmp_path
    )
    assert summary["new_calibration"] == "ibm_torino"  # not the default backend


def test_settings_of_another_version_are_said(run_folder, tmp_path):
    folder = tmp_path / "old"
    shutil.copytree(run_folder, folder)
    text = (folder / "config.yaml").read_text()
    assert "circuit_overhead_s" in text
    (folder / "config.yaml").write_text(text.replace("circuit_overhead_s", "overhead_of_old_s"))
    outcome = subprocess.run(
        [
            sys.executable, str(ROOT / "run.py"), "task=recost", f"run={folder}",
            f"hydra.run.dir={tmp_path / 'again'}",
        ],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode == 2
    assert "has settings of another version of hybhanas" in outcome.stderr
    assert outcome.stderr.count("\n") == 1


def test_a_measured_device_is_that_of_the_run(tmp_path):
    command_line = [sys.executable, str(ROOT / "run.py"), *TINY, "device=host"]
    subprocess.run(
        [*command_line, f"hydra.run.dir={tmp_path / 'run'}"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    summary, _ = command(tmp_path / "run", cwd=tmp_path)
    assert summary["median_ratio"] == pytest.approx(1, abs=1e-12)


def test_what_breaks_a_constraint_is_costed_but_not_trained(tmp_path, composed):
    overrides = (
        *TINY,
        "search.population=8",
        "cost_model=effective_time",
        "+search.constraints.log10_total_s=0.9",
    )
    search(composed(*overrides), tmp_path / "run")
    table = pd.read_csv(tmp_path / "run" / "evaluations.csv")
    refused = table[table.status == "infeasible"]
    assert 0 < len(refused) < len(table)
    assert (refused.log10_total_s > 0.9).all()
    assert refused.validation_accuracy.isna().all()
    assert refused.reason.str.contains("log10_total_s=.*, at most 0.9").all()
    # on another machine they have that machine's cost, still untrained
    again, _ = command(tmp_path / "run", "backend=ibm_fez", cwd=tmp_path)
    elsewhere = pd.read_csv(tmp_path / "again" / "recost.csv")
    infeasible = elsewhere[elsewhere.status == "infeasible"]
    assert len(infeasible) == len(refused)
    assert (infeasible.new_log10_total_s != infeasible.old_log10_total_s).all()
    assert again["new_calibration"] == "ibm_fez"
    trained = table[table.status == "evaluated"]
    assert (trained.log10_total_s <= 0.9).all()
