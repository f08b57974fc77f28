"""The report page of a search that runs: what it says, and when it is written."""

from __future__ import annotations

import time

import pytest
from omegaconf import OmegaConf

from hybhanas.nas.loop import Generation
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.run_folder import RunFolder
from hybhanas.tasks.live_page import SHARE, LivePage
from tests.helpers.pages import Page
from tests.helpers.synthetic import make_calibration, make_evaluation

TWO = Objectives(("error", "log10_total_s"), {"error": 1.0, "log10_total_s": 9.0}, {})
THIRD = Generation(3, 2, 0, 0, 0, 0, 6, 2, 0.5, 0.75, 10.0)


def live_page(folder, took_s: float) -> LivePage:
    return LivePage(
        files=RunFolder(folder),
        objectives=TWO,
        config=OmegaConf.create({"dataset": {"name": "iris"}, "search": {"name": "nsga2"}}),
        calibration=make_calibration(2, [(0, 1)]),
        generations=10,
        provenance={"seed": 1, "calibration": {"name": "synthetic"}},
        took_s=took_s,
    )


@pytest.fixture
def found():
    return [make_evaluation("a", 0.5, 10.0), make_evaluation("b", 0.75, 1000.0),
            make_evaluation("c", 0.7, 2000.0)]  # fmt: skip


def test_the_page_shows_the_front_so_far_and_how_far_the_search_is(tmp_path, found):
    assert live_page(tmp_path, took_s=0.0).generation(THIRD, found)
    content = Page(tmp_path / "report.html").content
    assert content["live"]["generation"] == 3
    assert content["live"]["generations"] == 10
    assert content["title"] == "iris on synthetic"
    assert sorted(member["evaluation"] for member in content["members"]) == [0, 1]
    assert content["progress"]["best_accuracy"][-1] == 0.75


def test_no_page_is_written_before_200_times_what_one_takes_has_gone(tmp_path, found):
    assert SHARE == 1 / 200
    page = live_page(tmp_path, took_s=10.0)
    assert not page.generation(THIRD, found)
    assert list(tmp_path.iterdir()) == []


def test_what_a_page_took_delays_the_next(tmp_path, found):
    page = live_page(tmp_path, took_s=0.0)
    started_s = time.monotonic()
    assert page.generation(THIRD, found)
    assert 0 < page.took_s <= time.monotonic() - started_s
    assert not page.generation(THIRD, found)


def test_a_page_that_cannot_be_written_is_said_and_ends_no_search(tmp_path, found, caplog):
    (tmp_path / "file").touch()
    page = live_page(tmp_path / "file" / "run", took_s=0.0)
    assert not page.generation(THIRD, found)
    assert "no page of generation 3" in caplog.text


def test_a_search_that_is_stopped_leaves_a_page_of_its_last_generation(tmp_path, found):
    page = live_page(tmp_path, took_s=10.0)
    assert not page.stopped()  # no generation is complete
    assert not page.generation(THIRD, found)
    assert page.stopped()
    live = Page(tmp_path / "report.html").content["live"]
    assert (live["generation"], live["stopped"]) == (3, True)


def test_the_page_of_a_search_that_has_finished_is_not_replaced_when_the_rest_is_stopped(
    tmp_path, found
):
    page = live_page(tmp_path, took_s=10.0)
    page.generation(THIRD, found)
    page.end()
    assert not page.stopped()
    assert list(tmp_path.iterdir()) == []
