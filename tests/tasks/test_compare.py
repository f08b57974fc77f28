"""task=compare: runs in one table under one reference point, and their fronts in one picture."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys

import pandas as pd
import pytest
from omegaconf import OmegaConf
from rich.console import Console

from hybhanas.errors import ConfigError
from hybhanas.reporting import plots
from hybhanas.tasks import compare as task
from hybhanas.tasks.compare import compare
from hybhanas.tasks.differences import differences
from hybhanas.tasks.report import report
from tests.helpers import ROOT, TINY
from tests.helpers.pages import Page


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """A finished sweep over two backends and two reference points: a, b, c and deep/d; beside it,
    what it said.
    """
    folder = tmp_path_factory.mktemp("sweep")
    outcome = subprocess.run(
        [
            sys.executable, str(ROOT / "run.py"), "-m", *TINY, "logger.mode=disabled",
            "backend=ibm_brisbane,ibm_torino", "search.reference_point.error=0.5,1.0",
            f"hydra.sweep.dir={folder}",
        ],
        cwd=folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    folder.with_suffix(".txt").write_text(outcome.stdout)
    (folder / "deep").mkdir()
    for path, name in zip(sorted(folder.glob("backend*")), ("a", "b", "c", "deep/d"), strict=True):
        path.rename(folder / name)
    return folder


@pytest.fixture
def copied(sweep, tmp_path):
    shutil.copytree(sweep, tmp_path / "sweep")
    return tmp_path / "sweep"


def test_a_sweep_ends_with_the_table_that_compare_makes_of_it_and_a_page(sweep, tmp_path, composed):
    rows = compare(composed("task=compare", f"run={sweep}"), tmp_path / "out")
    said, _, page = sweep.with_suffix(".txt").read_text().rpartition("to read: ")
    assert page.strip() == "comparison.html"
    assert len(Page(sweep / page.strip()).content["runs"]) == 4
    table = said.rpartition("the runs")[2].splitlines()[2:6]
    found = [(line.split()[0], line.split()[2]) for line in table]
    assert found == [
        (f"backend={row.settings['backend']}", f"{row.hypervolume:.4f}") for row in rows
    ]


def test_a_row_a_run_tells_what_sets_it_apart_and_what_it_found(sweep, tmp_path, composed, capsys):
    rows = compare(composed("task=compare", f"run={sweep}"), tmp_path / "out")
    assert [row.folder for row in rows] == ["a", "b", "c", "deep/d"]
    assert [list(row.settings.values()) for row in rows] == [
        ["ibm_brisbane", 0.5], ["ibm_brisbane", 1.0], ["ibm_torino", 0.5], ["ibm_torino", 1.0],
    ]  # fmt: skip
    assert set(rows[0].settings) == {"backend", "search.reference_point.error"}
    for row in rows:
        table = pd.read_csv(sweep / row.folder / "evaluations.csv")
        assert row.finished
        assert row.best_accuracy == table.validation_accuracy.max()
        assert row.cheapest_s == table.total_s.min()
        assert (row.evaluations, row.infeasible, row.failed) == (len(table), 0, 0)
        assert row.evaluations_s == pytest.approx(table.seconds.sum(), abs=0.01)
        assert row.wall_s == json.loads((sweep / row.folder / "run.json").read_text())["wall_s"]
    saved = json.loads((tmp_path / "out" / "compare.json").read_text())
    assert [run["folder"] for run in saved["runs"]] == ["a", "b", "c", "deep/d"]
    assert list(pd.read_csv(tmp_path / "out" / "compare.csv").folder) == ["a", "b", "c", "deep/d"]
    assert (tmp_path / "out" / "compare.png").read_bytes().startswith(b"\x89PNG")
    printed = capsys.readouterr().out
    assert "backend=ibm_brisbane search.reference_point.error=0.5" in printed
    assert f"next: python3 run.py task=select run={sweep}/" in printed
    assert "error 0 to 1, log10_total_s 0 to 12, parameters 0 to 30000" in printed


def test_hypervolumes_are_under_one_point_that_no_runs_own_point_exceeds(sweep, tmp_path, composed):
    rows = compare(composed("task=compare", f"run={sweep}"), tmp_path / "out")
    (saved,) = json.loads((tmp_path / "out" / "compare.json").read_text())["sets"]
    assert saved["reference_point"] == {"error": 1.0, "log10_total_s": 12.0, "parameters": 30000.0}
    own = [json.loads((sweep / row.folder / "run.json").read_text()) for row in rows]
    assert rows[1].hypervolume == rows[0].hypervolume == own[1]["hypervolume"]
    assert rows[0].hypervolume != own[0]["hypervolume"]  # it counted errors up to 0.5 alone


def test_a_box_of_the_command_line_replaces_that_of_the_runs(
    sweep, tmp_path, composed, monkeypatch, capsys
):
    named = {"search.reference_point.error": 0.5, "search.ideal_point.log10_total_s": 4}
    monkeypatch.setattr(task, "named_settings", lambda: {*named})
    corners = [f"{'+' * ('ideal' in name)}{name}={value}" for name, value in named.items()]
    compare(composed("task=compare", f"run={sweep}", *corners), tmp_path / "out")
    box = "error 0 to 0.5, log10_total_s 4 to 12, parameters 0 to 30000"
    assert box in capsys.readouterr().out
    saved = json.loads((tmp_path / "out" / "compare.json").read_text())
    assert saved["sets"][0]["ideal_point"] == {
        "error": 0.0,
        "log10_total_s": 4.0,
        "parameters": 0.0,
    }
    for row in saved["runs"]:
        evaluations = pd.read_csv(sweep / row["folder"] / "evaluations.csv")
        best = max(  # of a single network: what it has of each side of the box
            (1 - 2 * (1 - e.validation_accuracy))
            * min((12 - math.log10(e.total_s)) / 8, 1)
            * (1 - e.parameters / 30_000)
            for e in evaluations.itertuples()
        )
        assert best <= row["hypervolume"] < best + 0.2


def test_a_run_that_is_not_finished_is_shown_with_what_it_has(copied, tmp_path, composed, capsys):
    (copied / "a" / "run.json").unlink()
    next((copied / "a" / "records").iterdir()).unlink()
    (copied / "b" / "run.json").unlink()
    shutil.rmtree(copied / "b" / "records")
    summary = json.loads((copied / "c" / "run.json").read_text())
    summary["evaluations"] -= 1  # since then it was prolonged, and killed
    (copied / "c" / "run.json").write_text(json.dumps(summary))
    rows = compare(composed("task=compare", f"run={copied}"), tmp_path / "out")
    assert [row.finished for row in rows] == [False, False, False, True]
    assert [row.evaluations for row in rows] == [3, 0, 4, 4]
    assert (rows[1].hypervolume, rows[1].best_accuracy, rows[1].cheapest_s) == (0.0, None, None)
    said = capsys.readouterr().out
    assert said.count("unfinished") == 3
    assert f"4 runs; tables and picture in {tmp_path}/out" in said
    assert f"next: python3 run.py task=select run={copied}/deep/d" in said


def test_where_no_run_has_finished_no_next_command_is_named(copied, tmp_path, composed, capsys):
    for end in copied.rglob("run.json"):
        end.unlink()
    for records in copied.rglob("records"):
        shutil.rmtree(records)
    compare(composed("task=compare", f"run={copied}"), tmp_path / "out")
    said = capsys.readouterr().out
    assert f"4 runs; tables in {tmp_path}/out" in said
    assert "next:" not in said


def test_runs_that_differ_in_nothing_are_told_apart_by_their_folders(
    copied, tmp_path, composed, capsys
):
    shutil.copytree(copied / "a", copied / "again")
    for other in ("b", "c", "deep"):
        shutil.rmtree(copied / other)
    rows = compare(composed("task=compare", f"run={copied}"), tmp_path / "out")
    assert [row.settings for row in rows] == [{}, {}]
    printed = capsys.readouterr().out
    assert " a " in printed
    assert " again " in printed
    assert "same settings and seed as another run, so not compared: again\n" in printed


def test_no_run_is_recommended_above_those_of_another_data_set(copied, tmp_path, composed, capsys):
    for records in copied.rglob("records"):
        shutil.rmtree(records)  # no front, so no picture, which takes seconds
    config = copied / "a" / "config.yaml"
    config.write_text(config.read_text().replace("name: circles", "name: moons"))
    compare(composed("task=compare", f"run={copied}"), tmp_path / "out")
    said = capsys.readouterr().out
    assert "; runs of different data sets do not compare" in said
    assert said.count("hypervolume of ") == 1  # the box of the set that is more than one run
    rows = json.loads((tmp_path / "out" / "compare.json").read_text())["runs"]
    assert [row["set"] for row in rows] == [0, 1, 1, 1]
    assert "next:" not in said


def test_the_picture_has_a_panel_for_each_total_time_with_its_own_axis(
    copied, tmp_path, composed, monkeypatch
):
    subprocess.run(
        [
            sys.executable, str(ROOT / "run.py"), *TINY, "logger.mode=disabled",
            "cost_model=effective_time", f"hydra.run.dir={copied / 'e'}",
        ],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    shutil.rmtree(copied / "b" / "records")  # no front, so in no panel
    drawn, save = [], plots.save
    monkeypatch.setattr(
        plots, "save", lambda figure, path: (drawn.append(figure), save(figure, path))
    )
    compare(composed("task=compare", f"run={copied}"), tmp_path / "out")
    panels = {axes.get_title(): axes for axes in drawn[0].axes}
    assert [*panels] == ["circles, cost_model=qpu_time", "circles, cost_model=effective_time"]
    assert [axes.get_xlabel() for axes in panels.values()] == [
        "QPU time of training, with classical time",
        "effective execution time of training, with classical time",
    ]
    fronts = [len(axes.collections) for axes in panels.values()]
    assert fronts == [3, 1]  # a, c, deep/d and e
    (dots,) = panels["circles, cost_model=effective_time"].collections
    front = pd.read_csv(copied / "e" / "pareto.csv")
    assert max(dots.get_offsets()[:, 0]) == pytest.approx(front.total_s.max(), rel=1e-4)


@pytest.mark.parametrize(
    ("group", "setting", "values"),
    [("cost_model", "shots", (1000, 250)), ("dataset", "test_fraction", (0.2, 0.25))],
)
def test_panels_that_a_single_setting_tells_apart_have_titles_that_name_it(
    copied, tmp_path, composed, monkeypatch, group, setting, values
):
    for name, value in zip(("a", "b"), values, strict=True):
        config = OmegaConf.load(copied / name / "config.yaml")
        config[group][setting] = value
        OmegaConf.save(config, copied / name / "config.yaml")
    for name in ("c", "deep"):
        shutil.rmtree(copied / name)
    drawn = []
    monkeypatch.setattr(plots, "save", lambda figure, path: drawn.append(figure))
    compare(composed("task=compare", f"run={copied}"), tmp_path / "out")
    titles = [axes.get_title() for axes in drawn[0].axes]
    assert titles == [f"circles, {group}.{setting}={value}" for value in values]


def test_one_run_alone_is_compared_under_its_folders_name(sweep, tmp_path, composed):
    (row,) = compare(composed("task=compare", f"run={sweep / 'a'}"), tmp_path / "out")
    assert row.folder == "a"


def test_runs_of_other_objectives_have_a_box_of_their_own(copied, tmp_path, composed, capsys):
    path = copied / "b" / "settings.json"
    settings = json.loads(path.read_text())
    settings["objectives"]["names"] = ["error", "parameters"]  # without the time
    path.write_text(json.dumps(settings))
    compare(composed("task=compare", f"run={copied}"), tmp_path / "out")
    saved = json.loads((tmp_path / "out" / "compare.json").read_text())
    assert [row["set"] for row in saved["runs"]] == [0, 1, 0, 0]
    assert [*saved["sets"][1]["reference_point"]] == ["error", "parameters"]
    assert "; runs of different objectives do not compare" in capsys.readouterr().out


def test_the_page_has_the_hypervolumes_of_the_table(copied, tmp_path, composed):
    config = copied / "a" / "config.yaml"
    config.write_text(config.read_text().replace("name: circles", "name: moons"))
    rows = compare(composed("task=compare", f"run={copied}"), tmp_path / "out")
    report(composed("task=report", f"run={copied}"), tmp_path / "out")
    content = Page(copied / "comparison.html").content
    assert [run["set"] for run in content["runs"]] == [row.set for row in rows] == [0, 1, 1, 1]
    volumes = [run["hypervolume"] for run in content["runs"]]
    assert volumes == [None, *(row.hypervolume for row in rows[1:])]


def test_a_run_that_cannot_be_read_is_said_and_left_out(copied, tmp_path, composed, caplog):
    (copied / "a" / "config.yaml").write_text("[1, 2")
    rows = compare(composed("task=compare", f"run={copied}"), tmp_path / "out")
    assert [row.folder for row in rows] == ["b", "c", "deep/d"]
    assert f"left out: run={copied / 'a'} is not accepted" in caplog.text


@pytest.mark.parametrize("given", ["null", "empty", "missing"])
def test_a_folder_without_a_search_is_one_line(given, tmp_path, composed):
    (tmp_path / "empty").mkdir()
    setting = "null" if given == "null" else str(tmp_path / given)
    with pytest.raises(ConfigError, match=f"run=.*{given} is not accepted"):
        compare(composed("task=compare", f"run={setting}"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_setting_that_follows_from_another_is_not_a_difference_of_its_own():
    def config(backend, power_w, shots, group):
        return OmegaConf.create(
            {
                "backend": {"name": backend, "power_w": power_w},
                "calibration": {"snapshot": backend.upper()},
                "cost_model": {"shots": shots},
                "logger": {"group": group},
            }
        )

    shown = differences([config("x", 1, 10, "p"), config("y", 2, 10, "q"), config("y", 2, 20, "q")])
    assert shown == [
        {"backend": "x", "cost_model.shots": 10},
        {"backend": "y", "cost_model.shots": 10},
        {"backend": "y", "cost_model.shots": 20},
    ]
    same_name = differences([config("x", 1, 10, "p"), config("x", 2, 10, "p")])
    assert same_name == [{"backend.power_w": 1}, {"backend.power_w": 2}]


def test_a_run_without_its_front_is_unfinished_in_the_table_and_on_the_page(
    copied, tmp_path, composed
):
    (copied / "a" / "pareto.json").unlink()
    rows = compare(composed("task=compare", f"run={copied}"), tmp_path / "out")
    assert [row.finished for row in rows] == [False, True, True, True]
    content = Page(report(composed("task=report", f"run={copied}"), tmp_path / "out")).content
    assert [run["finished"] for run in content["runs"]] == [False, True, True, True]


def test_on_a_narrow_terminal_each_run_is_named_whole(
    sweep, tmp_path, composed, capsys, monkeypatch
):
    monkeypatch.setattr(task, "terminal", lambda: Console(width=60))
    compare(composed("task=compare", f"run={sweep / 'a'}"), tmp_path / "out")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["run", "a"] in lines
