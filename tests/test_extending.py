"""The recipes of docs/extending.md: their files as printed do what they say."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers import ROOT, TINY

PAGE = (ROOT / "docs" / "extending.md").read_text()
RECIPES = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S))
FILE = re.compile(r"^`([^`\n]+)`:\n\n```\w+\n(.*?)^```", re.M | re.S)
COMMANDS = re.compile(r"^```bash\n(.*?)^```", re.M | re.S)
CIRCUITS = {  # a recipe of the circuit: a word that all its architectures have
    "An encoding": ("encoding", "dense"),
    "A rotation set": ("rotations", "sx_rz"),
    "An entangling gate": ("entangler", "zz_xx"),
    "A gate": ("entangler", "cp"),
    "An entanglement pattern": ("entanglement", "ladder"),
}


def follow(title: str, folder: Path, site: Path | None = None) -> str:
    """Writes the files of a recipe into a folder, runs its commands there; what they printed.

    A search is the smallest one, in the subfolder `run`.
    """
    for name, content in FILE.findall(RECIPES[title]):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    ((commands),) = COMMANDS.findall(RECIPES[title])
    printed = ""
    for command in commands.strip().splitlines():
        program, *arguments = shlex.split(command)
        if program == "pip":
            program = f"{sys.executable} -m pip"
            arguments += ["--no-deps", "--no-build-isolation", "-q", f"--target={site}"]
        else:
            program = f"{sys.executable} {ROOT / 'run.py'}"
            arguments += ["logger.mode=disabled", "hydra.run.dir=run"]
            if "experiment=smoke" in arguments:
                arguments += TINY[1:]
        outcome = subprocess.run(
            [*program.split(), *arguments],
            cwd=folder,
            env=os.environ | ({} if site is None else {"PYTHONPATH": f"{site}:{ROOT}"}),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert outcome.returncode == 0, (
            f"{command}\n{outcome.stdout[-2000:]}{outcome.stderr[-3000:]}"
        )
        printed += outcome.stdout
    return printed


def evaluations(folder: Path) -> list[dict[str, str]]:
    with (folder / "run" / "evaluations.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert {row["status"] for row in rows} == {"evaluated"}
    return rows


@pytest.mark.parametrize(
    "title",
    [*CIRCUITS][:1] + [pytest.param(title, marks=pytest.mark.slow) for title in [*CIRCUITS][1:]],
)
def test_a_word_of_a_circuit_is_searched(title, tmp_path):
    follow(title, tmp_path)
    choice, word = CIRCUITS[title]
    assert {row[choice] for row in evaluations(tmp_path)} == {word}


def test_a_task_is_run_on_the_configuration(tmp_path):
    assert "64 genomes, 64 architectures" in follow("A task", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "name", "qubits"),
    [("A backend", "my_ions", 12), ("A calibration source", "my_chip", 4)],
)
def test_a_circuit_is_costed_on_a_backend(title, name, qubits, tmp_path):
    assert f"on {name}, calibration of 2026-01-01" in follow(title, tmp_path)
    assert json.loads((tmp_path / "run" / "cost.json").read_text())


@pytest.mark.slow
def test_a_data_set_is_learned(tmp_path):
    assert "moons on ibm_brisbane" in follow("A data set", tmp_path)
    evaluations(tmp_path)


@pytest.mark.slow
def test_a_quantity_is_an_objective_and_a_constraint(tmp_path):
    follow("An objective or a constraint", tmp_path)
    with (tmp_path / "run" / "evaluations.csv").open() as file:
        reasons = {row["status"]: row["reason"] for row in csv.DictReader(file)}
    assert reasons.keys() == {"evaluated", "infeasible"}
    assert re.fullmatch(r"gates_per_qubit=[\d.]+, at most 1\.5", reasons["infeasible"])
    settings = json.loads((tmp_path / "run" / "settings.json").read_text())
    assert settings["search"]["objectives"] == ["error", "gates_per_qubit"]


@pytest.mark.slow
def test_a_strategy_searches_under_its_name(tmp_path):
    assert "local_search over 64 genomes" in follow("A strategy", tmp_path)
    evaluations(tmp_path)
    settings = json.loads((tmp_path / "run" / "settings.json").read_text())
    assert settings["search"]["genes"] == 2


@pytest.mark.slow
def test_an_executor_computes(tmp_path):
    assert "a pool of 2 processes" in follow("An executor", tmp_path)
    evaluations(tmp_path)


@pytest.mark.slow
def test_a_simulator_trains(tmp_path):
    follow("A simulator", tmp_path)
    evaluations(tmp_path)
    assert "name: damped" in (tmp_path / "run" / "config.yaml").read_text()


@pytest.mark.slow
def test_an_installed_package_is_found_by_its_entry_point(tmp_path):
    follow("A package of plug-ins", tmp_path, site=tmp_path / "site")
    assert {row["entanglement"] for row in evaluations(tmp_path)} == {"brickwork"}


def test_every_recipe_is_followed_and_every_link_leads_somewhere():
    tests = Path(__file__).read_text()
    assert [title for title in RECIPES if f'"{title}"' not in tests] == []
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
