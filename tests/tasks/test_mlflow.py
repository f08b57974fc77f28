"""Searches as MLflow's own client reads them back from a store."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from hybhanas.errors import ConfigError
from hybhanas.reporting.service import About
from hybhanas.reporting.tracking import Tracker
from tests.helpers import TINY

SWEEP = (*TINY, "logger=mlflow", "logger.tags=[mine]", "logger.notes=why", "executor=serial")
BACKENDS = ("ibm_brisbane", "ibm_fez")
FRONT = {"pareto.json", "pareto.csv", "selection.json", "evaluations.csv", "settings.json"}


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('store') / 'mlflow.db'}"


@pytest.fixture(scope="module")
def sweep(nursery, tmp_path_factory, store) -> Path:
    """The folder of a search for each of two backends, tracked in the store."""
    folder = tmp_path_factory.mktemp("tracked") / "my_sweep"
    child = nursery.run(
        "-m", *SWEEP, f"backend={','.join(BACKENDS)}", f"hydra.sweep.dir={folder}",
        MLFLOW_TRACKING_URI=store,
    )  # fmt: skip
    assert child.returncode == 0, child.errors
    assert "MLflow" not in child.errors
    return folder


def client(store: str) -> Any:
    from mlflow import MlflowClient

    return MlflowClient(store)


def runs(store: str) -> dict[str, Any]:
    """The runs of the experiment by the name of the folder."""
    known = client(store)
    experiment = known.get_experiment_by_name("hybhanas").experiment_id
    found = known.search_runs([experiment])
    by_name = {run.info.run_name: run for run in found}
    assert len(by_name) == len(found)
    return by_name


def steps(store: str, run: Any, metric: str) -> list[int]:
    """The steps at which a metric was logged."""
    return sorted({one.step for one in client(store).get_metric_history(run.info.run_id, metric)})


def files(store: str, run: Any, kind: str) -> set[str]:
    """The names of the files of a kind."""
    found = client(store).list_artifacts(run.info.run_id, kind)
    return {Path(one.path).name for one in found}


@pytest.mark.slow
def test_each_search_of_a_sweep_is_a_run_with_its_metrics_parameters_and_files(sweep, store):
    found = runs(store)
    assert found.keys() == {path.parent.name for path in sweep.glob("*/run.json")}
    assert {run.data.params["backend.name"] for run in found.values()} == set(BACKENDS)
    for name, run in found.items():
        summary = json.loads((sweep / name / "run.json").read_text())
        assert steps(store, run, "hypervolume") == [1, 2, 3, 4]
        assert run.data.metrics["hypervolume"] == pytest.approx(summary["hypervolume"])
        assert run.data.metrics["front_size"] == summary["front_size"]
        assert run.data.params["search.population"] == "2"
        assert run.data.params["search.objectives"] == "error, log10_total_s, parameters"
        tags = run.data.tags
        assert (tags["group"], tags["mine"]) == ("my_sweep", "true")
        assert tags["mlflow.note.content"] == "why"
        assert tags["knee_architecture"].endswith(("linear", "mlp 16 relu"))
        assert run.info.status == "FINISHED"
        files = {
            kind: {
                Path(one.path).name for one in client(store).list_artifacts(run.info.run_id, kind)
            }
            for kind in ("front", "model", "report")
        }
        assert files["front"] == FRONT
        assert files["model"] == {path.name for path in sweep.glob(f"{name}/checkpoints/*.pt")}
        assert files["report"] == {"report.html", "front.png", "anatomy.png"}
    shares = {run.data.metrics["cheapest_s"] for run in found.values()}
    assert len(shares) == len(BACKENDS)  # the time tells backends apart


@pytest.mark.slow
def test_a_search_that_is_extended_continues_its_run(sweep, store, nursery):
    name, before = next(iter(runs(store).items()))
    overrides = (*SWEEP, f"backend={before.data.params['backend.name']}")
    for _ in range(2):
        child = nursery.run(
            *overrides, "search.generations=3", f"hydra.run.dir={sweep / name}",
            MLFLOW_TRACKING_URI=store,
        )  # fmt: skip
        assert child.returncode == 0, child.errors
        after = runs(store)[name]
        assert after.info.run_id == before.info.run_id
        assert steps(store, after, "hypervolume") == [1, 2, 3, 4, 5, 6]
        assert after.data.tags["search.generations"] == "3"
        assert after.info.status == "FINISHED"
    ends = client(store).get_metric_history(before.info.run_id, "wall_s")
    assert len(ends) == 2  # what is complete is not told again


@pytest.mark.slow
def test_a_server_that_is_gone_is_one_line_without_its_password(nursery, tmp_path):
    child = nursery.run(
        *SWEEP, f"hydra.run.dir={tmp_path}", MLFLOW_TRACKING_URI="http://me:secret@127.0.0.1:1"
    )
    assert child.returncode == 0, child.errors
    (line,) = [line for line in child.errors.splitlines() if "calibration" not in line]
    assert line.startswith("MLflow: MlflowException: API request to http")
    assert line.endswith("; this run continues without it")
    assert "secret" not in line
    assert (tmp_path / "pareto.json").exists()
    assert not (tmp_path / "tracked").exists()  # the same command tracks it


def test_without_an_address_the_store_is_in_outputs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    about = About(name="name", job_type="search", config={"backend": {"name": "ibm_fez"}})
    with Tracker(service="mlflow", mode="online").run(tmp_path / "run", about) as run:
        run.tell(lambda one: one.client.log_text(one.id, "a,b", "evaluations.csv"))
    assert run.finished
    (found,) = runs(f"sqlite:///{tmp_path / 'outputs' / 'mlflow.db'}").values()
    assert found.data.params == {"backend.name": "ibm_fez"}
    assert [*tmp_path.glob("outputs/mlflow/*/artifacts/evaluations.csv")]
    assert not (tmp_path / "mlruns").exists()


def test_without_mlflow_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(ConfigError, match=r"^logger=mlflow is not accepted: mlflow is not inst"):
        Tracker(service="mlflow")
    assert Tracker(service="mlflow", mode="disabled").by_mlflow


def test_a_service_that_is_unknown_and_candidates_of_mlflow_are_refused():
    with pytest.raises(ConfigError, match=r"logger.service=mlfow is unknown .did you mean mlflow"):
        Tracker(service="mlfow")
    with pytest.raises(ConfigError, match=r"logger.candidates=true is not accepted: logger=mlflow"):
        Tracker(service="mlflow", candidates=True)
