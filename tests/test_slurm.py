"""On a real SLURM, that of scripts/local_slurm.sh: sweeps, requeued jobs, and the script itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from tests.helpers import ROOT, TINY
from tests.helpers.cluster import new_folder, script

pytestmark = pytest.mark.slurm
LAUNCHER = ("hydra/launcher=slurm", "hydra.launcher.timeout_min=10", "logger.mode=disabled")


def start(*arguments: str, slurm: dict[str, str], cwd: Path) -> subprocess.Popen[str]:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), *arguments],
        cwd=cwd, env=os.environ | slurm | {"PYTHONPATH": path},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def run(*arguments: str, slurm: dict[str, str], cwd: Path, code: int = 0) -> tuple[str, str]:
    """What a command says; it must end with that code."""
    process = start(*arguments, slurm=slurm, cwd=cwd)
    output, errors = process.communicate(timeout=300)
    assert process.returncode == code, output + errors
    return output, errors


def ask(*command: str, slurm: dict[str, str]) -> str:
    """What a command of SLURM answers."""
    return subprocess.run(
        command, env=os.environ | slurm, capture_output=True, text=True, check=True
    ).stdout.strip()


def wait_until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


def records(folder: Path) -> dict[str, int]:
    """When each evaluation and each final training below a folder was recorded (ns)."""
    found = (*folder.rglob("records/*.json"), *folder.rglob("final/*.json"))
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in found}


def processes_of(conf: Path) -> list[str]:
    """The names of all processes that have a SLURM_CONF in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            variables = (process / "environ").read_bytes().split(b"\0")
            if f"SLURM_CONF={conf}".encode() in variables:
                found.append((process / "comm").read_text().strip())
        except OSError:
            continue  # it ended meanwhile
    return sorted(found)


def test_a_cluster_comes_up_says_how_it_is_and_leaves_nothing_behind():
    folder = new_folder("slurm-script")
    conf = folder / "slurm.conf"
    environment = os.environ | {"SLURM_CONF": str(conf)}
    assert script("status", folder).returncode == 3
    try:
        outcome = script("up", folder)
        assert outcome.returncode == 0, outcome.stderr
        assert outcome.stdout == f"export SLURM_CONF={conf}\n"
        daemons = ["munged", "slurmctld", "slurmd", "slurmscriptd"]  # the last by the second
        assert processes_of(conf) == daemons

        outcome = script("status", folder)
        assert outcome.returncode == 0
        assert re.search(r"main\* +up +infinite +1 +idle", outcome.stdout)
        outcome = script("up", folder)
        assert (outcome.returncode, outcome.stdout) == (0, f"export SLURM_CONF={conf}\n")
        assert "it is up already" in outcome.stderr
        assert processes_of(conf) == daemons

        for _ in range(3):  # of which one waits at least, where there are two cores
            command = ["sbatch", "--output=/dev/null", "--wrap=srun sleep 1000"]
            subprocess.run(command, env=environment, check=True, capture_output=True)
        wait_until(lambda: "sleep" in processes_of(conf))
        shell = subprocess.Popen(["sleep", "1001"], env=environment)  # a user's own, in no job
        outcome = script("down", folder)
        assert outcome.returncode == 0, outcome.stderr
        assert not folder.exists()
        assert processes_of(conf) == ["sleep"]
        shell.kill()
        shell.wait()
    finally:
        script("down", folder)
    assert script("status", folder).returncode == 3
    assert "it is not up" in script("down", folder).stderr


def test_a_cluster_is_not_started_in_a_folder_of_something_else(tmp_path):
    (tmp_path / "mine").write_text("")
    for verb, code in (("up", 1), ("down", 0)):
        outcome = script(verb, tmp_path)
        assert (outcome.returncode, outcome.stderr.count("\n")) == (code, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_sweep_is_a_job_a_search_and_a_repeat_of_it_evaluates_nothing_again(slurm, tmp_path):
    folder = tmp_path / "my_sweep"
    command = ("-m", "experiment=smoke", *LAUNCHER, f"hydra.sweep.dir={folder}")
    run(*command, "backend=ibm_brisbane,ibm_torino", "dataset=iris,wine", slurm=slurm, cwd=tmp_path)
    configs = [OmegaConf.load(path) for path in sorted(folder.glob("*/config.yaml"))]
    machines, data = ("ibm_brisbane", "ibm_torino"), ("iris", "wine")
    assert [(c.backend.name, c.dataset.name) for c in configs] == [
        (machine, name) for machine in machines for name in data
    ]
    assert {c.logger.group for c in configs} == {"my_sweep"}
    assert len([*folder.glob("*/pareto.json")]) == 4
    jobs = {path.name for path in (folder / ".submitit").glob("[0-9]*_*")}
    assert len(jobs) == 4, "each search is a job of its own"

    output, _ = run("task=compare", f"run={folder}", slurm=slurm, cwd=tmp_path)
    for machine in machines:
        for name in data:
            assert output.count(f"backend={machine} dataset={name}") == 1
    assert "4 runs; tables and picture in " in output
    assert output.rstrip().endswith("; runs of different data sets do not compare")

    before = records(folder)
    run(  # in another order, so that the place in the sweep decides on nothing
        *command, "dataset=wine,iris", "backend=ibm_torino,ibm_brisbane", slurm=slurm, cwd=tmp_path
    )
    assert records(folder) == before
    assert len({path.name for path in (folder / ".submitit").glob("[0-9]*_*")}) == 8
    assert len([*folder.glob("*/config.yaml")]) == 4


def test_a_mistake_in_one_job_is_told_where_the_sweep_was_started_and_the_others_run(
    slurm, tmp_path
):
    folder = tmp_path / "sweep"
    _, errors = run(
        "-m", *TINY, *LAUNCHER, "search.population=1,2", f"hydra.sweep.dir={folder}",
        slurm=slurm, cwd=tmp_path, code=2,
    )  # fmt: skip
    assert errors.count("error: search.population=1 is not accepted: at least 2\n") == 1
    (finished,) = folder.glob("*/pareto.json")
    assert "search.population-2" in finished.parent.name


def test_a_job_that_is_requeued_or_out_of_time_resumes_to_the_same_front(slurm, tmp_path):
    search = (
        "dataset=iris", "search_space=small", "search.population=6", "search.generations=4",
        "trainer.epochs=750", "trainer.final_epochs=30", "logger.mode=disabled",
    )  # fmt: skip
    run(*search, f"hydra.run.dir={tmp_path / 'whole'}", slurm=slurm, cwd=tmp_path)

    folder = tmp_path / "sweep"
    sweep = start(
        "-m", *search, *LAUNCHER[:2], f"hydra.sweep.dir={folder}", slurm=slurm, cwd=tmp_path
    )
    signals = (("scontrol", "requeue"), ("scancel", "--signal=USR2"))  # the last: time is over
    before: dict[str, int] = {}
    for signal in signals:
        known = len(before)
        wait_until(lambda known=known: len(records(folder)) > known)
        job = ask("squeue", "--noheader", "--states=RUNNING", "--format=%A", slurm=slurm)
        ask(*signal, job, slurm=slurm)
        wait_until(lambda: ask("squeue", "--noheader", "--format=%T", slurm=slurm) == "PENDING")
        before = records(folder)
        assert [*folder.glob("*/pareto.json")] == [], "the job was over before it was stopped"
    output, errors = sweep.communicate(timeout=300)
    assert sweep.returncode == 0, output + errors

    assert "Restarts=2" in ask("scontrol", "show", "job", job, slurm=slurm)
    (front,) = folder.glob("*/pareto.json")
    assert front.read_bytes() == (tmp_path / "whole" / "pareto.json").read_bytes()
    assert before.items() <= records(folder).items(), "an evaluation was recorded twice"
    assert len(records(folder)) == len(records(tmp_path / "whole"))
    assert json.loads((front.parent / "run.json").read_text())["evaluations"] == 24


def test_a_search_by_workers_of_slurm_is_the_serial_one_though_one_is_killed(slurm, tmp_path):
    search = (
        "dataset=iris", "search_space=small", "search.population=6", "search.generations=4",
        "trainer.epochs=1500", "trainer.final_epochs=5", "logger.mode=disabled",
    )  # fmt: skip
    run(*search, f"hydra.run.dir={tmp_path / 'whole'}", slurm=slurm, cwd=tmp_path)

    folder = tmp_path / "cut"
    by_workers = (
        "executor=slurm", "executor.workers=2", "executor.memory=2GiB", "executor.interface=lo"
    )  # fmt: skip
    process = start(*search, *by_workers, f"hydra.run.dir={folder}", slurm=slurm, cwd=tmp_path)
    wait_until(lambda: records(folder))
    asked = ("squeue", "--noheader", "--name=dask-worker", "--format=%A")
    first = ask(*asked, slurm=slurm).split()
    assert len(first) == 2
    ask("scancel", "--signal=KILL", first[0], slurm=slurm)  # in mid-generation
    wait_until(lambda: set(ask(*asked, slurm=slurm).split()) - set(first))  # another takes over
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, output + errors

    assert "up to 2 workers by SLURM; dashboard: http" in output
    fronts = [(f / "pareto.json").read_bytes() for f in (folder, tmp_path / "whole")]
    assert fronts[0] == fronts[1]
    assert records(folder).keys() == records(tmp_path / "whole").keys()
    wait_until(lambda: ask(*asked, slurm=slurm) == "")
    assert not [*folder.rglob(".dask*")], "keys of the run's encryption are left"


def test_a_job_that_ends_before_its_worker_connects_is_logged_and_resubmitted(slurm, tmp_path):
    held = ("executor.workers=1", "executor.interface=lo", "executor.directives=[--hold]")
    process = start(
        *TINY, "executor=slurm", *held, "executor.memory=2GiB", "logger.mode=disabled",
        f"hydra.run.dir={tmp_path / 'run'}", slurm=slurm, cwd=tmp_path,
    )  # fmt: skip
    asked = ("squeue", "--noheader", "--states=PENDING", "--name=dask-worker", "--format=%A")
    wait_until(lambda: ask(*asked, slurm=slurm))
    first = ask(*asked, slurm=slurm)
    ask("scancel", first, slurm=slurm)
    wait_until(lambda: ask(*asked, slurm=slurm) not in ("", first))
    ask("scontrol", "release", ask(*asked, slurm=slurm), slurm=slurm)
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, output + errors
    assert output.count("ended before its worker started; resubmitting") == 1
    assert (tmp_path / "run" / "pareto.json").exists()


def test_a_folder_that_no_job_can_name_is_one_line(slurm, tmp_path):
    folder = tmp_path / "two words"
    _, errors = run(
        *TINY, "executor=slurm", f"hydra.run.dir={folder}", slurm=slurm, cwd=tmp_path, code=2
    )
    assert f"error: hydra.run.dir={folder} is not accepted: with executor=slurm" in errors


def test_a_job_that_slurm_does_not_take_is_one_line(slurm, tmp_path):
    _, errors = run(
        *TINY, "executor=slurm", "executor.partition=nope", slurm=slurm, cwd=tmp_path, code=2
    )
    (line,) = [line for line in errors.splitlines() if line.startswith("error: ")]
    assert line.startswith("error: executor=slurm is not accepted: ")
    assert "nope" in line
