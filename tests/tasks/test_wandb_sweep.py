"""A sweep of two backends and two data sets as W&B has it: offline, synced later, and online."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.helpers import TINY, wandb_file
from tests.helpers.wandb_receiver import Received, Receiver

pytestmark = pytest.mark.slow

BACKENDS, DATASETS = ("ibm_brisbane", "ibm_fez"), ("iris", "moons")
SWEEP = ("-m", *TINY, f"backend={','.join(BACKENDS)}", f"dataset={','.join(DATASETS)}")
EVALUATIONS, GENERATIONS = 4, 2
FRONT = {"pareto.json", "pareto.csv", "selection.json", "evaluations.csv", "settings.json"}
LIVE = {
    "evaluations", "generation", "front_size", "hypervolume", "best_accuracy", "cheapest_s",
    "best_accuracy_under_1h", "best_accuracy_under_1d", "best_accuracy_under_30d",
}  # fmt: skip
READERS = (
    ("task=train", "seeds=1", "trainer.final_epochs=1"),
    ("task=select",),
    ("task=verify", "verify.samples=2"),
)


@pytest.fixture(scope="module")
def sweep(nursery, tmp_path_factory) -> Path:
    """The folder of the sweep, tracked offline, with a run for each candidate of it."""
    folder = tmp_path_factory.mktemp("tracked") / "my_sweep"
    child = nursery.run(
        *SWEEP, "logger.mode=offline", "logger.candidates=true", f"hydra.sweep.dir={folder}"
    )
    assert child.returncode == 0, child.errors
    assert "W&B" not in child.errors
    return folder


def searches(folder: Path) -> list[Path]:
    found = sorted(path.parent for path in folder.glob("*/run.json"))
    assert len(found) == len(BACKENDS) * len(DATASETS)
    return found


def online(server: Receiver) -> dict[str, str]:
    return {"WANDB_BASE_URL": server.address, "WANDB_API_KEY": "a" * 40}


def sync(server: Receiver, folders: Iterable[Path]) -> None:
    outcome = subprocess.run(
        [Path(sys.executable).parent / "wandb", "sync", *sorted(folders)],
        env=os.environ | online(server), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def check_search(folder: Path, run: wandb_file.OfflineRun | Received) -> None:
    """What a run of W&B must have of the search of a folder."""
    config = json.loads((folder / "settings.json").read_text())
    summary = json.loads((folder / "run.json").read_text())
    front = json.loads((folder / "pareto.json").read_text())
    history = run.history if isinstance(run.history, list) else [*run.history.values()]
    live = [line for line in history if line.keys() >= LIVE]
    assert [line["evaluations"] for line in live] == list(range(1, EVALUATIONS + 1))
    assert live[-1]["hypervolume"] == pytest.approx(summary["hypervolume"])
    assert live[-1]["front_size"] == summary["front_size"]
    names = " ".join(" ".join(line) for line in history)
    assert names.count("new") >= GENERATIONS
    evaluations, members = run.table("evaluation_table"), run.table("front_table")
    assert len(evaluations) == EVALUATIONS
    assert len(members) == len(front)
    assert {row["hash"] for row in members} == {member["architecture"] for member in front}
    assert {"qubits", "depth", "encoding", "entanglement"} <= evaluations[0].keys()
    assert all(row["architecture"].startswith(f"{row['qubits']}q x") for row in evaluations)
    chart = run.table("front_chart_table")
    assert {"log10_total_s", "validation_accuracy", "architecture"} <= chart[0].keys()
    assert len(chart) == summary["front_size"]
    assert run.config["backend"]["name"] in BACKENDS
    assert run.config["dataset"]["name"] in DATASETS
    assert run.config["backend"]["name"] in folder.name
    assert run.config["dataset"]["name"] in folder.name
    assert run.config["search"]["generations"] == config["generations"]
    assert len(json.dumps({k: v for k, v in run.config.items() if k[0] != "_"})) < 2000


def test_offline_each_search_has_its_metrics_tables_chart_pictures_and_artifacts(sweep):
    under = set()
    for folder in searches(sweep):
        run = wandb_file.of_search(folder)
        check_search(folder, run)
        assert (run.run.run_group, run.run.job_type) == ("my_sweep", "search")
        assert set(run.run.tags) == {run.config["backend"]["name"], run.config["dataset"]["name"],
                                     "model"}  # fmt: skip
        assert "wandb/scatter/v0" in json.dumps(run.config["_wandb.visualize.front_chart"])
        for shown in ("front", "anatomy", "report"):
            assert (run.folder / "files" / run.summary[f"{shown}.path"]).stat().st_size > 1000
        assert {c.path for c in run.artifact("front").manifest.contents} == FRONT
        models = {path.name for path in folder.glob("checkpoints/*.pt")}
        assert {c.path for c in run.artifact("model").manifest.contents} == models
        assert "report.html" in {c.path for c in run.artifact("report").manifest.contents}
        assert run.summary["best_architecture"].endswith(("linear", "mlp 16 relu"))
        under.add((run.config["dataset"]["name"], run.summary["cheapest_s"]))
    assert len(under) == len(BACKENDS) * len(DATASETS)  # the time tells backends apart


def test_offline_each_candidate_is_a_run_with_its_genes_and_what_came_of_it(sweep):
    for folder in searches(sweep):
        search = wandb_file.of_search(folder)
        runs = [wandb_file.read(path) for path in folder.glob("wandb/offline-run-*-*-*")]
        assert len(runs) == EVALUATIONS
        rows = {row["hash"]: row for row in search.table("evaluation_table")}
        for run in runs:
            row = rows[run.run.run_id.rpartition("-")[2]]
            assert (run.run.run_group, run.run.job_type) == ("my_sweep", "candidate")
            assert run.config["search_run"] == search.run.run_id
            assert run.config["qubits"] == row["qubits"]
            assert run.summary["validation_accuracy"] == row["validation_accuracy"]


def test_wandb_sync_uploads_all_of_it(sweep):
    with Receiver() as server:
        folders = [*sweep.glob("*/wandb/offline-run-*")]
        sync(server, folders)
        assert len(server.runs) == len(folders) == 4 * (1 + EVALUATIONS)
        for folder in searches(sweep):
            run_id = (folder / "wandb" / "run_id").read_text().strip()
            run = server.runs[run_id]
            check_search(folder, run)
            assert (run.variables["groupName"], run.variables["jobType"]) == ("my_sweep", "search")
            kinds = {a.kind for a in server.artifacts.values() if a.made_by == [run_id]}
            assert kinds == {"front", "model", "report", "run_table"}
        assert {a.state for a in server.artifacts.values()} == {"COMMITTED"}
        assert server.unknown == []


def test_online_the_same_arrives_and_what_reads_a_search_is_linked_to_it(sweep, nursery, tmp_path):
    copy = tmp_path / "my_sweep"
    shutil.copytree(sweep, copy, symlinks=True, ignore=shutil.ignore_patterns("*.synced"))
    with Receiver() as server:
        again = nursery.run(
            *SWEEP, "logger.mode=online", "logger.candidates=true", f"hydra.sweep.dir={copy}",
            **online(server),
        )  # fmt: skip
        assert again.returncode == 0, again.errors
        assert "W&B" not in again.errors
        assert not [*copy.glob("*/wandb/offline-run-*")]  # wandb sync would send it once more
        for folder in searches(copy):
            run = server.runs[(folder / "wandb" / "run_id").read_text().strip()]
            check_search(folder, run)
            assert run.variables["groupName"] == "my_sweep"
            assert run.exit_code == 0
        assert len(server.runs) == 4 * (1 + EVALUATIONS)
        chosen = searches(copy)[0]
        front = f"front-{(chosen / 'wandb' / 'run_id').read_text().strip()}"
        for task, *of_task in READERS:
            child = nursery.run(
                task, *of_task, f"run={chosen}", "member=best", "logger.mode=online",
                f"hydra.run.dir={tmp_path / task[5:]}", **online(server),
            )  # fmt: skip
            assert child.returncode == 0, child.errors
            assert "W&B" not in child.errors
        (used,) = (a for a in server.artifacts.values() if a.name == front)
        readers = [server.runs[run_id].variables["jobType"] for run_id in used.used_by]
        assert readers == ["train", "select", "verify"]
        assert server.unknown == []


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_a_search_that_is_extended_continues_its_run(sweep, nursery, tmp_path, mode):
    chosen, copy = searches(sweep)[0], tmp_path / "run"
    shutil.copytree(chosen, copy, ignore=shutil.ignore_patterns("wandb", "tracked"))
    overrides = [*TINY, *(part.replace("-", "=", 1) for part in chosen.name.split("+")[:2])]
    overrides += [f"logger.mode={mode}", "logger.candidates=true", f"hydra.run.dir={copy}"]
    with Receiver() as server:
        for longer in ([], ["search.generations=3"]):
            child = nursery.run(*overrides, *longer, **online(server))
            assert child.returncode == 0, child.errors
            if mode == "offline":
                sync(server, copy.glob("wandb/offline-run-*"))
        *of_candidates, run = sorted(server.runs.values(), key=lambda run: run.started)
        assert run.started == 2
        assert [one.started for one in of_candidates] == [1] * 6
        assert {one.variables["jobType"] for one in of_candidates} == {"candidate"}
        counts = [line["evaluations"] for line in run.history.values() if line.keys() >= LIVE]
        assert counts == list(range(1, 7))
