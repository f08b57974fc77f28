"""What a search says when it is stopped."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from hybhanas.nas.objectives import Objectives
from hybhanas.nas.run_folder import RunFolder
from hybhanas.tasks import interrupted
from hybhanas.tasks.interrupted import front_so_far, resumable
from tests.helpers.synthetic import make_evaluation

TWO = Objectives(("error", "log10_total_s"), {"error": 1.0, "log10_total_s": 9.0}, {})


def test_the_front_so_far_is_shown_most_accurate_first():
    found = [make_evaluation("a", 0.5, 10.0), make_evaluation("b", 0.75, 1000.0),
             make_evaluation("c", 0.7, 2000.0)]  # fmt: skip
    first, *members = front_so_far(found, TWO)
    assert first == "on the front so far, of 3 evaluated: 2"
    assert [line.split(",")[0].strip() for line in members] == ["75.0 %", "50.0 %"]
    assert "QPU time" in members[0]


def test_of_a_large_front_the_five_most_accurate_are_shown():
    found = [make_evaluation(f"{i}", 0.5 + i / 20, 10.0**i) for i in range(1, 8)]
    first, *members = front_so_far(found, TWO)
    assert first == "on the front so far, of 7 evaluated: 7, the 5 most accurate"
    assert len(members) == 5


def test_a_search_that_is_stopped_shows_its_front_and_the_command_that_resumes_it(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(interrupted, "overrides", lambda: ["dataset=iris"])
    console = Console(file=io.StringIO(), width=80)
    with (
        pytest.raises(KeyboardInterrupt),
        resumable(console, RunFolder(tmp_path / "mine"), TWO, lambda: True) as found,
    ):
        found.append(make_evaluation("a", 0.5, 10.0))
        raise KeyboardInterrupt
    lines = console.file.getvalue().splitlines()
    assert lines[0] == "on the front so far, of 1 evaluated: 1"
    assert lines[-2].startswith("to resume: python3 run.py dataset=iris hydra.run.dir=")
    assert lines[-2].endswith("mine")
    assert lines[-1].startswith("to read: ")
    assert lines[-1].endswith("mine/report.html")


def test_a_search_whose_terminal_is_gone_is_stopped_all_the_same(tmp_path):
    gone = io.StringIO()
    gone.close()
    with (
        pytest.raises(KeyboardInterrupt),
        resumable(Console(file=gone), RunFolder(tmp_path), TWO),
    ):
        raise KeyboardInterrupt
