"""hybhanas-cost: the same package costs circuits without torch and the rest of the search."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib

import pytest

import hybhanas.tasks
from hybhanas.errors import ConfigError
from hybhanas.tasks.setup import imported
from tests.helpers import ROOT

WITHOUT = """
from importlib.machinery import PathFinder

find_spec = PathFinder.find_spec
BLOCKED = {
    "bokeh", "dask", "dask_jobqueue", "distributed", "hydra_plugins", "matplotlib", "pandas",
    "plotly", "pymoo", "pytorch_lightning", "torch", "torchquantum", "torchvision", "wandb",
}


def installed(name, path=None, target=None):
    return None if name.partition(".")[0] in BLOCKED else find_spec(name, path, target)


PathFinder.find_spec = staticmethod(installed)
"""
COST = ("task=cost", "circuit=docs/ghz5.qasm", "cache=null")


def test_a_dependency_that_is_missing_is_named_with_what_installs_it(monkeypatch):
    monkeypatch.delitem(sys.modules, "hybhanas.tasks.recost", raising=False)
    monkeypatch.delattr(hybhanas.tasks, "recost", raising=False)
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ConfigError, match=r"^pandas is not installed: pip install hybhanas \("):
        imported("task", "hybhanas.tasks.recost.recost")


def test_what_a_module_of_the_users_lacks_is_not_said_to_come_with_hybhanas(tmp_path, monkeypatch):
    package = tmp_path / "own_package"
    package.mkdir()
    (package / "own_task.py").write_text("import no_such_dependency")
    monkeypatch.syspath_prepend(tmp_path)
    reason = r"own_task\.run is not accepted: No module named 'no_such_dependency'$"
    with pytest.raises(ConfigError, match=reason):
        imported("task", "own_package.own_task.run")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Where hybhanas-cost is installed, and what only hybhanas needs cannot be imported."""
    folder = tmp_path_factory.mktemp("site")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder,
         ROOT / "packaging" / "cost"],
        check=True, stderr=subprocess.PIPE,
    )  # fmt: skip
    (folder / "sitecustomize.py").write_text(WITHOUT)
    return folder


def _run(command, path):
    environment = os.environ | {"PYTHONPATH": str(path)}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_a_circuit_costs_the_same_without_the_dependencies_of_the_search(site, tmp_path):
    small = _run([site / "bin" / "hybhanas", *COST, f"hydra.run.dir={tmp_path}/small"], site)
    assert small.returncode == 0, small.stderr
    whole = _run([sys.executable, "run.py", *COST, f"hydra.run.dir={tmp_path}/whole"], ROOT)
    assert whole.returncode == 0, whole.stderr
    first, second = (
        json.loads((tmp_path / name / "cost.json").read_text()) for name in ("small", "whole")
    )
    assert {k: v for k, v in first.items() if k != "overrides"} == {
        k: v for k, v in second.items() if k != "overrides"
    }


@pytest.mark.slow
def test_backends_are_ranked_without_the_dependencies_of_the_search(site, tmp_path):
    backends = "backend=ibm_brisbane,ibm_torino"
    outcome = _run(
        [site / "bin" / "hybhanas", "-m", *COST, backends, f"hydra.sweep.dir={tmp_path}/sweep"],
        site,
    )
    assert outcome.returncode == 0, outcome.stderr
    ranking = outcome.stdout.partition("cheapest first")[2]
    assert "backend=ibm_brisbane" in ranking
    assert "backend=ibm_torino" in ranking


@pytest.mark.slow
def test_its_help_is_shown(site):
    outcome = _run([site / "bin" / "hybhanas", "--help"], site)
    assert outcome.returncode == 0, outcome.stderr
    assert "cost_model" in outcome.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "overrides",
    [
        ["experiment=smoke"],
        ["experiment=smoke", "search=random", "logger.mode=disabled"],
        [*COST, "device=host"],
        ["task=recost", "run=no_such_run"],
    ],
    ids=" ".join,
)
def test_what_needs_more_says_in_one_line_what_to_install(site, tmp_path, overrides):
    folder = tmp_path / "run"
    outcome = _run([site / "bin" / "hybhanas", *overrides, f"hydra.run.dir={folder}"], site)
    assert outcome.returncode == 2, outcome.stderr
    last = outcome.stderr.splitlines()[-1]
    assert last.startswith("error: ")
    assert "is not installed: pip install hybhanas" in last
    assert "Traceback" not in outcome.stderr


@pytest.mark.slow
def test_its_metadata_repeats_that_of_hybhanas(site):
    metadata = next(site.glob("hybhanas_cost-*.dist-info")) / "METADATA"
    lines = metadata.read_text().splitlines()
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"Requires-Python: {whole['requires-python']}" in lines
    required = {line.partition(": ")[2] for line in lines if line.startswith("Requires-Dist")}
    assert "numpy>=2" in required
    assert not any(name.startswith(("torch", "pymoo", "wandb")) for name in required)
    assert (site / "hybhanas" / "conf" / "config.yaml").is_file()
    assert (site / "hybhanas" / "py.typed").is_file()
