"""A search as a study of Optuna's, also in its real dashboard."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from hybhanas.errors import ConfigError
from hybhanas.tasks.export import export
from tests.helpers import rows


@pytest.fixture
def study(smoke, composed, tmp_path) -> Path:
    (path,) = export(composed("task=export", f"run={smoke}", "format=[optuna]"), tmp_path)
    return path


def test_each_architecture_is_a_trial_with_its_genes_and_objectives(study, smoke):
    import optuna

    loaded = optuna.load_study(study_name=smoke.name, storage=f"sqlite:///{study}")
    table = rows(smoke / "evaluations.csv")
    assert [trial.user_attrs["hash"] for trial in loaded.trials] == [
        row["architecture"] for row in table
    ]
    for trial, row in zip(loaded.trials, table, strict=True):
        assert trial.state.name == "COMPLETE"
        error, time_log10, parameters = trial.values
        assert error == pytest.approx(1 - float(row["validation_accuracy"]))
        assert time_log10 == float(row["log10_total_s"])
        assert parameters == float(row["parameters"])
        assert {gene: str(value) for gene, value in trial.params.items() if value is not None} == {
            gene: row[gene] for gene in trial.params if row[gene]
        }
        assert trial.user_attrs["architecture"].startswith(f"{row['qubits']}q x{row['depth']} ")
    assert loaded.user_attrs == {
        "backend": "ibm_brisbane", "dataset": "circles", "search": "model", "seed": 1,
    }  # fmt: skip
    front = {member["architecture"] for member in json.loads((smoke / "pareto.json").read_text())}
    assert {trial.user_attrs["hash"] for trial in loaded.best_trials} == front


def test_a_gene_that_never_varies_is_an_attribute_and_not_a_parameter(study, smoke):
    import optuna

    (trial, *_) = optuna.load_study(study_name=None, storage=f"sqlite:///{study}").trials
    for gene in ("qubits", "encoding", "activation", "reuploading"):
        values = {row[gene] for row in rows(smoke / "evaluations.csv")}
        assert (gene in trial.params) == (len(values) > 1)
    assert trial.user_attrs["activation"] == "relu"


def test_without_optuna_one_line_says_what_to_install(smoke, composed, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ConfigError, match=r"^format=optuna is not accepted: optuna is not inst"):
        export(composed("task=export", f"run={smoke}", "format=[card,optuna]"), tmp_path)
    assert [*tmp_path.iterdir()] == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_optunas_dashboard_shows_it_and_weighs_its_genes(study, smoke):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).parent / "optuna-dashboard", "--port", str(port)]
    with subprocess.Popen([*command, f"sqlite:///{study}"], stderr=subprocess.PIPE) as dashboard:
        try:
            (known,) = answer(port, "studies")["study_summaries"]
            assert known["study_name"] == smoke.name
            shown = answer(port, f"studies/{known['study_id']}")
            assert shown["objective_names"] == ["error", "log10_total_s", "parameters"]
            assert len(shown["trials"]) == len(rows(smoke / "evaluations.csv"))
            weights = answer(port, f"studies/{known['study_id']}/param_importances")
            (of_error, *_) = weights["param_importances"]
            assert "qubits" in {one["name"] for one in of_error}
        finally:
            dashboard.terminate()


def answer(port: int, path: str) -> dict:
    """What the dashboard answers, once it listens."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/{path}") as response:
                return json.load(response)
        except urllib.error.URLError:
            assert time.monotonic() < deadline
            time.sleep(0.2)
