"""The command line: light before a task runs, one line and exit code 2 for every mistake."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.helpers import ROOT, TINY
from tests.helpers.nursery import SEARCH


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "HYDRA_FULL_ERROR"}
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *arguments],
        cwd=cwd, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


OWN = f"dataset=csv dataset.path={ROOT / 'tests' / 'data' / 'files' / 'penguins.csv'}"

MISTAKES = {
    "circuit=x.qasm": "key=circuit is unknown; accepted: backend, cache,",
    "+samples=7": "key=samples is unknown; accepted: backend",
    "task=compare circuit=x.qasm": "key=circuit is unknown",
    "search=random search.candidates=4": "key=search.candidates is unknown",
    "search=random search.rungs=[3]": "key=search.rungs is unknown",
    "search=nsga2 search.keep=0.5": "key=search.keep is unknown",
    "executor=serial executor.memory=4GiB": "is unknown: executor as it is chosen has no settings",
    "plugins=null": "plugins=null is not accepted: it must have a value",
    "search=nsga2 search.algorithm=nsga4": "search.algorithm=nsga4 is unknown (did you mean",
    "+dataset.path=x.csv": "key=dataset.path is unknown",
    f"{OWN} dataset.target=specie": "(did you mean species?); accepted",
    f"{OWN} dataset.target=year": "missing or infinite in rows 4, 272",
    f"dataset=idx dataset.folder={ROOT}/docs": "picture files, which are not read",
    "dataset=csv dataset.path=x.csv": "dataset.path=x.csv is not accepted: there is no such file",
    "dataset._target_=nomod.X": "dataset._target_=nomod.X is not accepted: ",
    "backend=null": "backend=null is not accepted: backend is one of google_willow, ",
    "backend=[ibm_fez,ibm_torino]": "[ibm_fez,ibm_torino] is not accepted: backend is one of",
    "~task": "~task is not accepted: task is one of compare, contribution, cost, ",
    "-m executor=null,serial": "executor=null,serial is not accepted: executor is one of auto,",
    "backend=ibm_brisban": "backend=ibm_brisban is unknown (did you mean ibm_brisbane?); accepted:",
    "dataset=digit": "dataset=digit is unknown (did you mean digits?); accepted: bars_and_stripes",
    "experiment=smok": "experiment=smok is unknown (did you mean smoke?); accepted: mnist,",
    "search=nsga": "search=nsga is unknown (did you mean nsga3?); accepted: age_moea2,",
    "search.candidates=1": "search.candidates=1 is not accepted: at least 2",
    "search=exhaustive": "search.generations=20 is not accepted: search_space has 2,903,040",
    "search.popultion=8": "key=search.popultion is unknown (did you mean search.population?)",
    "+search.mutation=0.5": "key=search.mutation is unknown",
    "search.constraints.p_survival=0.5": "+search.constraints.p_survival=VALUE adds it",
    "+search.constraints.p_survial=0.5": "search.constraints=p_survial is unknown (did you",
    "sed=3": "key=sed is unknown (did you mean seed?)",
    "search.population=many": "search.population=many is not accepted: a whole",
    "search.population=1": "search.population=1 is not accepted: at least 2",
    "search.generations=0": "search.generations=0 is not accepted: at least 2",
    "search_space.encoding=[ry,rw]": "search_space.encoding=rw is unknown",
    "search_space.qubits=[200]": "search_space.qubits=[200] is not accepted: backend ibm_brisbane",
    "backend=snapshot": "backend.snapshot has no value: backend.snapshot=VALUE gives it",
    "simulator.name=fast": "simulator.name=fast is unknown; accepted: fused, torchquantum",
    "calibration.policy=ignore": "calibration.policy=ignore is unknown",
    "trainer.learning_rate=5": "trainer.learning_rate=5.0 is not accepted",
    "logger.mode=cloud": "logger.mode=cloud is unknown",
    "seed=-1": "seed=-1 is not accepted: at least 0",
    "search.seed=-1": "search.seed=-1 is not accepted: at least 0",
    "cost_model.job_overhead_s=nan": "cost_model.job_overhead_s=nan is not accepted",
    "trainer.accelerator=cuda": "trainer.accelerator=cuda is not accepted: torch sees no GPU",
    "search.objectives=[error,acuracy]": "search.objectives=acuracy is unknown",
}


if torch.cuda.is_available():
    del MISTAKES["trainer.accelerator=cuda"]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_exit_code_two_and_nothing_written(mistake, tmp_path, nursery):
    outcome = nursery.run(*mistake.split(), before=f"import os; os.chdir({str(tmp_path)!r})")
    lines = outcome.errors.strip().splitlines()
    assert len(lines) == 1, outcome.errors
    assert lines[0].startswith("error: ")
    assert MISTAKES[mistake] in lines[0]
    assert outcome.returncode == 2
    assert list(tmp_path.rglob("*")) == []


def test_the_other_jobs_of_a_sweep_run_and_the_exit_code_says_that_one_did_not(tmp_path):
    outcome = run(
        "-m", *TINY, "logger.mode=disabled", "search.population=1,2", "hydra.sweep.dir=sweep",
        cwd=tmp_path,
    )  # fmt: skip
    assert outcome.returncode == 2
    assert "error: search.population=1 is not accepted" in outcome.stderr
    assert outcome.stderr.count("error: ") == 1
    (folder,) = (path for path in (tmp_path / "sweep").iterdir() if path.is_dir())
    assert "search.population-2" in folder.name
    assert (folder / "pareto.json").is_file()


def test_an_empty_folder_of_the_users_stays_and_one_that_hydra_made_goes(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    run("search.population=1", "hydra.run.dir=mine", cwd=tmp_path)
    run("search.population=1", "hydra.run.dir=new/deep", cwd=mine)
    assert list(tmp_path.rglob("*")) == [mine]


def test_a_file_where_the_run_folder_should_be_is_said(tmp_path):
    (tmp_path / "taken").write_text("")
    outcome = run("experiment=smoke", "hydra.run.dir=taken", cwd=tmp_path)
    assert (outcome.returncode, outcome.stderr.count("\n")) == (2, 1)
    assert "taken: File exists" in outcome.stderr


def test_help_names_every_group():
    text = run("--help", cwd=ROOT).stdout
    for group in (ROOT / "conf").iterdir():
        if group.is_dir() and group.name != "hydra":  # Hydra's own: its launchers
            assert f"{group.name}:" in text


def test_composing_imports_nothing_heavy():
    code = (
        "import sys; from hybhanas.hydra_app.compose import composed; composed(); "
        "print({'torch', 'qiskit', 'wandb', 'pymoo', 'sklearn', 'dask'} & set(sys.modules))"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert outcome.stdout.strip() == "set()"


def test_a_complete_folder_is_answered_without_torch(whole):
    before = (whole / "pareto.json").read_bytes()
    code = (
        "import sys; from hybhanas.hydra_app.main import main; main(); "
        "print({'torch', 'pytorch_lightning', 'torchquantum', 'wandb', 'dask', 'optuna'} "
        "& set(sys.modules))"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", code, *SEARCH, f"hydra.run.dir={whole}"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert outcome.stdout.splitlines()[-1] == "set()"
    assert (whole / "pareto.json").read_bytes() == before


def test_an_interrupt_that_comes_in_a_finalizer_is_not_lost():
    code = """
import os, signal, time
from hybhanas.hydra_app import application, main

class Garbage:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000): pass

def work():
    Garbage()
    time.sleep(60)

signal.signal(signal.SIGINT, signal.default_int_handler)
application.run = work
main.main()
"""
    outcome = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert outcome.returncode == 130
    assert outcome.stderr == "stopped; the same command on the same folder resumes the run\n"


def test_a_python_without_packages_leaves_the_work_to_the_environment_of_make_run(tmp_path):
    shutil.copy(ROOT / "run.py", tmp_path)

    environment = os.environ | {"PYTHONPATH": str(ROOT)}

    def cost_help():
        return subprocess.run(
            [sys.executable, "-S", "run.py", "cost", "--help"],  # -S: without site-packages
            cwd=tmp_path, capture_output=True, text=True, env=environment,
        )  # fmt: skip

    alone = cost_help()
    said = "error: hydra is not installed; make run installs it in .venv"
    assert (alone.returncode, alone.stderr) == (1, f"{said}\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(os.path.realpath(sys.executable))
    without = cost_help()  # an environment that was copied in part, which has no packages either
    assert without.returncode == 1
    assert without.stderr == f"{said}; delete {tmp_path / '.venv'} first\n"
    shutil.rmtree(tmp_path / ".venv")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    assert cost_help().stdout.startswith("usage: hybhanas cost")
