"""task=report of several runs: one page that compares them, which sweeps end with too."""

from __future__ import annotations

import doctest
import json
import re
import shutil

import pytest

from hybhanas.errors import ConfigError
from hybhanas.nas.run_folder import RunFolder
from hybhanas.tasks import found_runs
from hybhanas.tasks.report import report
from tests.helpers.pages import Page


@pytest.fixture
def runs(smoke, tmp_path):
    """A folder of two copies of a finished run, a and b; b is called one on another machine."""
    for name in ("a", "b"):
        kept = shutil.ignore_patterns("wandb", "checkpoints", "*.pdf", "*.svg")
        shutil.copytree(smoke, tmp_path / "runs" / name, ignore=kept)
    config = RunFolder(tmp_path / "runs" / "b").config
    config.write_text(config.read_text().replace("name: ibm_brisbane", "name: ibm_torino"))
    return tmp_path / "runs"


def page(composed, runs, folder) -> Page:
    """What the task writes of `run=runs`."""
    return Page(report(composed("task=report", f"run={runs}"), folder))


def test_a_folder_of_runs_becomes_one_page_in_it_that_links_to_theirs(runs, tmp_path, composed):
    content = page(composed, runs, tmp_path / "nothing").content
    assert (runs / "comparison.html").stat().st_size < 5e6
    assert not (tmp_path / "nothing").exists()
    assert content["settings"] == ["backend"]
    assert [one["settings"] for one in content["runs"]] == [
        {"backend": "ibm_brisbane"}, {"backend": "ibm_torino"},
    ]  # fmt: skip
    assert [one["link"] for one in content["runs"]] == ["a/report.html", "b/report.html"]
    assert content["shared"]["dataset"] == "circles"
    assert content["shared"]["seed"] == "1"
    assert content["command"] == f"python3 run.py task=report run={runs}"
    (compared,) = content["sets"]
    assert compared["lines"][0].startswith("hypervolume: equal, backend=ibm_brisbane with 0.")
    end = json.loads((runs / "a" / "run.json").read_text())
    assert [one["hypervolume"] for one in content["runs"]] == pytest.approx(
        [end["hypervolume"]] * 2
    )
    front = json.loads((runs / "a" / "pareto.json").read_text())
    assert len(content["members"]) == 2 * len(front)
    assert content["evaluations"]["values"]["test_accuracy"] == 2 * [
        member["test_accuracy"] for member in front
    ]


def test_a_list_of_runs_is_compared_in_the_tasks_own_folder(runs, tmp_path, composed):
    content = page(composed, f"[{runs}/a,{runs}/b]", tmp_path / "out").content
    assert (tmp_path / "out" / "comparison.html").exists()
    links = [one["link"] for one in content["runs"]]
    assert links == ["../runs/a/report.html", "../runs/b/report.html"]
    assert content["command"] == f"python3 run.py task=report 'run=[{runs}/a,{runs}/b]'"


def test_what_is_unfinished_damaged_or_of_another_version_is_named(runs, tmp_path, composed):
    for name in ("c", "d", "e"):
        shutil.copytree(runs / "a", runs / name)
    (runs / "b" / "run.json").unlink()
    (runs / "c" / "config.yaml").write_text("[1, 2")
    settings = json.loads((runs / "d" / "settings.json").read_text())
    (runs / "d" / "settings.json").write_text(json.dumps(settings | {"format": 1}))
    shutil.rmtree(runs / "e" / "records")
    content = page(composed, runs, tmp_path).content
    assert [one["finished"] for one in content["runs"]] == [True, False]
    nothing, damaged, other = content["left_out"]
    assert nothing.endswith("e: no architecture was evaluated")
    assert f"run={runs}/c is not accepted" in damaged
    assert "hybhanas 0.2.0 wrote it, in a format that is no longer read" in other


def test_runs_of_other_data_are_compared_apart(runs, tmp_path, composed):
    config = RunFolder(runs / "b").config
    config.write_text(config.read_text().replace("name: circles", "name: moons"))
    content = page(composed, runs, tmp_path).content
    assert content["reasons"] == ["data sets"]
    assert [one["hypervolume"] for one in content["runs"]] == [None, None]
    assert [one["label"] for one in content["sets"]] == [
        "backend=ibm_brisbane dataset=circles", "backend=ibm_torino dataset=moons",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "finished"),
    [
        ("config.yaml", "^seed: 1\n", "seed: x\n", [True, True]),
        ("config.yaml", "name: circles", "name: ???", [True]),
        ("config.yaml", "^dataset:\n", "dataset: [circles]\nunknown:\n", [True]),
        ("config.yaml", "^search:\n", "search: [model]\nunknown:\n", [True]),
        ("records/*", r'"seconds": [0-9.]+', '"seconds": 1e308', [True]),
        ("pareto.json", '"test_accuracy": ', '"test_accuracy": 1e300', [True, False]),
        ("pareto.json", '"test_samples": ', '"test_samples": 1000000000000', [True, False]),
        ("pareto.json", '"test_samples": ', '"test_samples": 0.5, "_": ', [True, False]),
    ],
)
def test_one_damaged_run_keeps_no_other_from_the_page(
    file, old, new, finished, runs, tmp_path, composed
):
    for path in (runs / "b").glob(file):
        path.write_text(re.sub(old, new, path.read_text(), flags=re.MULTILINE))
    content = page(composed, runs, tmp_path).content
    assert [one["finished"] for one in content["runs"]] == finished
    assert len(content["left_out"]) == 2 - len(finished)


def test_a_run_that_is_named_twice_is_one(runs, tmp_path, composed):
    (tmp_path / "link").symlink_to(runs / "a")
    named = f"[{runs}/a,{tmp_path}/link,{runs}/b,{runs}/a]"
    content = page(composed, named, tmp_path / "out").content
    assert [one["settings"]["backend"] for one in content["runs"]] == ["ibm_brisbane", "ibm_torino"]
    assert content["left_out"] == [
        f"{again}: it is the same folder as {runs}/a" for again in (tmp_path / "link", runs / "a")
    ]


def test_a_folder_of_links_to_runs_is_compared_as_one_of_runs(runs, tmp_path, composed):
    links = tmp_path / "links"
    links.mkdir()
    for name in "ab":
        (links / name).symlink_to(runs / name)
    (links / "loop").symlink_to(links / "loop")
    content = page(composed, links, tmp_path / "out").content
    assert [one["link"] for one in content["runs"]] == [
        "../runs/a/report.html",
        "../runs/b/report.html",
    ]


@pytest.mark.parametrize("setting", ["[]", "[missing]", "missing", "{a: 1}", "3"])
def test_a_setting_that_names_no_run_is_one_line(setting, tmp_path, composed):
    with pytest.raises(ConfigError, match="^run=.* is not accepted: [^\n]+$"):
        report(composed("task=report", f"run={setting}"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_runs_whose_folders_have_the_same_name_are_named_by_their_paths(runs, tmp_path, composed):
    for search in ("one", "two"):  # alike in all settings
        shutil.copytree(runs / "a", tmp_path / "nested" / search / "s1")
    shutil.copytree(runs / "a", tmp_path / "nested" / "two" / "s2")
    content = page(composed, tmp_path / "nested", tmp_path / "out").content
    assert [one["name"] for one in content["runs"]] == ["one/s1", "two/s1", "s2"]
    assert doctest.testmod(found_runs).failed == 0
