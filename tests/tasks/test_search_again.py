"""task=search in a folder that is not empty: it resumes its own search and refuses any other."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest

from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.evaluator import Evaluator
from hybhanas.tasks.search import search
from tests.helpers import QUIET, TINY, rows, wandb_file


def written(folder: Path) -> dict[Path, int]:
    """When each file was written last; W&B's own process may still be closing its log."""
    files = (p for p in folder.rglob("*") if p.is_file() and "wandb" not in p.parts)
    return {path: path.stat().st_mtime_ns for path in files}


def test_running_again_answers_from_the_records_and_trains_nothing(smoke, composed, monkeypatch):
    before = (smoke / "pareto.json").read_bytes()

    def trained(*args, **kwargs):
        raise AssertionError("something was trained again")

    monkeypatch.setattr(Evaluator, "train_networks", trained)
    search(composed("experiment=smoke", QUIET), smoke)
    assert (smoke / "pareto.json").read_bytes() == before


def test_a_search_that_has_ended_is_answered_without_being_repeated(
    smoke, tmp_path, composed, monkeypatch, capsys
):
    run = shutil.copytree(smoke, tmp_path / "run")
    before, config = written(run), composed("experiment=smoke", QUIET)
    monkeypatch.setattr("hybhanas.tasks.search.run_search", lambda *_, **__: pytest.fail("asked"))
    members = search(config, run)
    assert written(run) == before
    named = [row["architecture"] for row in rows(run / "pareto.csv")]
    assert [member.evaluation.architecture.hash for member in members] == named
    said = capsys.readouterr().out
    assert "8 architectures, found before; to read" in " ".join(said.split())


@pytest.mark.parametrize(
    "lost",
    ["report.html", "front.pdf", "evaluations.csv", "baselines.json", "records/*.json",
     "final/*.json", "checkpoints/*.pt", "ended.json"],
)  # fmt: skip
def test_what_is_lost_of_a_search_that_has_ended_is_made_again(smoke, tmp_path, composed, lost):
    run = shutil.copytree(smoke, tmp_path / "run")
    front = (run / "pareto.json").read_bytes()
    gone = sorted(run.glob(lost))[0]
    gone.unlink()
    search(composed("experiment=smoke", QUIET), run)
    assert gone.exists()
    assert (run / "pareto.json").read_bytes() == front


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"extent": [9], "evaluations": []}', "null"])
def test_where_the_note_of_the_end_is_damaged_the_search_is_repeated(
    smoke, tmp_path, composed, content
):
    run = shutil.copytree(smoke, tmp_path / "run")
    whole = (run / "ended.json").read_bytes()
    (run / "ended.json").write_text(content)
    search(composed("experiment=smoke", QUIET), run)
    assert (run / "ended.json").read_bytes() == whole


def test_a_search_is_tracked_once_and_a_longer_one_replaces_what_was_not_sent(tmp_path, composed):
    def tracked() -> tuple[str, int]:
        (path,) = tmp_path.glob("wandb/offline-run-*")
        return path.name, len(wandb_file.of_search(tmp_path).table("evaluation_table"))

    search(composed(*TINY), tmp_path)
    first = tracked()
    search(composed(*TINY), tmp_path)
    assert tracked() == first
    assert first[1] == 4
    time.sleep(1)  # W&B names the folder of a run by the second
    search(composed(*TINY, "search.generations=3"), tmp_path)
    longer = tracked()
    assert longer[0] != first[0]
    assert longer[1] == 6


@pytest.mark.parametrize(
    ("override", "group"),
    [("seed=2", "seed"), ("backend=ibm_torino", "calibration"),
     ("cost_model.shots=5", "cost_model"),
     ("trainer.epochs=1", "training"), ("search.population=5", "search"),
     ("search.seed=7", "search"),
     ("dataset.batch_size=8", "data"),
     ("search_space.depth=[1]", "search_space")],
)  # fmt: skip
def test_the_folder_of_another_search_is_refused_and_left_alone(smoke, composed, override, group):
    before = written(smoke)
    with pytest.raises(ConfigError, match=f"it holds a search with another {group}"):
        search(composed("experiment=smoke", QUIET, override), smoke)
    assert written(smoke) == before


def test_a_folder_with_something_else_in_it_is_refused(tmp_path, composed):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(ConfigError, match="is not empty and holds no search"):
        search(composed("experiment=smoke", QUIET), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("content", ["{}", "// a comment", "[]", '{"a": 1}'])
def test_a_settings_file_of_something_else_is_refused(tmp_path, composed, content):
    (tmp_path / "settings.json").write_text(content)
    with pytest.raises(ConfigError, match="hydra.run.dir=.* is not accepted"):
        search(composed(*TINY, QUIET, "device=host"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


def test_what_a_kill_in_the_first_write_left_behind_is_no_hindrance(tmp_path, composed):
    (tmp_path / ".settings.json.abc.part").write_text("{")
    search(composed(*TINY, QUIET), tmp_path)
    assert not list(tmp_path.rglob(".*.part"))


def test_a_shorter_search_does_not_replace_a_longer_one(smoke, tmp_path, composed):
    longer = shutil.copytree(smoke, tmp_path / "run")
    settings = json.loads((longer / "settings.json").read_text()) | {"generations": 3}
    (longer / "settings.json").write_text(json.dumps(settings))
    with pytest.raises(ConfigError, match="search.generations=2 is not accepted.*holds a search"):
        search(composed("experiment=smoke", QUIET), longer)
    assert json.loads((longer / "settings.json").read_text()) == settings


def test_a_measured_device_stays_what_it_was_when_the_run_goes_on(tmp_path, composed):
    overrides = (*TINY, QUIET, "device=host")
    search(composed(*overrides), tmp_path / "run")
    first = (tmp_path / "run" / "pareto.json").read_bytes()
    search(composed(*overrides), tmp_path / "run")
    assert (tmp_path / "run" / "pareto.json").read_bytes() == first


def test_a_search_by_halving_counts_what_it_stopped_early_and_resumes_where_it_was_interrupted(
    tmp_path, composed, capsys
):
    overrides = [
        QUIET, "experiment=smoke", "search=halving", "search.population=5", "search.generations=2",
        "trainer.epochs=3", "search.rungs=[1]", "search.keep=0.4",
    ]  # fmt: skip
    search(composed(*overrides), tmp_path / "run")
    printed = capsys.readouterr().out
    assert "known  stopped  infeasible" in printed
    evaluations = rows(tmp_path / "run" / "evaluations.csv")
    # of each five, two (40 %) are trained for three epochs, the others for one
    assert sorted(e["epochs"] for e in evaluations) == ["1"] * 6 + ["3"] * 4
    assert {e["status"] for e in evaluations if e["epochs"] == "1"} == {"stopped"}
    assert json.loads((tmp_path / "run" / "run.json").read_text())["epochs"] == 6 * 1 + 4 * 3
    before = (tmp_path / "run" / "pareto.json").read_bytes()

    (tmp_path / "run" / "pareto.json").unlink()
    promoted = {e["architecture"] for e in evaluations if e["epochs"] == "3"}
    for record in (tmp_path / "run" / "records").glob("*.json"):
        if Evaluation.from_dict(json.loads(record.read_text())).architecture.hash in promoted:
            record.unlink()
    search(composed(*overrides), tmp_path / "run")
    assert (tmp_path / "run" / "pareto.json").read_bytes() == before


def test_two_runs_with_one_seed_agree_and_another_seed_differs(tmp_path, composed, smoke):
    fronts = [(smoke / "pareto.json").read_bytes()]
    for seed in (1, 2):
        search(composed("experiment=smoke", QUIET, f"seed={seed}"), tmp_path / str(seed))
        fronts.append((tmp_path / str(seed) / "pareto.json").read_bytes())
    assert fronts[0] == fronts[1] != fronts[2]
