"""Lines of progress: live on a terminal, now and then in a file, none of what is quick."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from hybhanas.reporting import steps
from hybhanas.reporting.steps import _State, steps_on


def test_a_line_says_what_is_done_for_how_long_and_when_it_will_end(monkeypatch):
    monkeypatch.setattr(time, "monotonic", lambda: 112.0)
    state = _State("costing", 9, started=100.0)
    assert state.line() == "costing: 0 of 9, 12 s"
    state.set_done(3)
    assert state.line() == "costing: 3 of 9, 12 s, ETA 24 s"
    state.set_done(9)
    assert state.line() == "costing: 9 of 9, 12 s"
    assert _State("transpiling", 1, started=109.0).line() == "transpiling: 3 s"


def test_a_file_has_a_line_now_and_then_while_a_single_step_takes_its_time():
    file = io.StringIO()
    with steps_on(Console(file=file), every_s=0.05)("costing", 2) as done:
        done(1)
        while file.getvalue().count("\n") < 2:
            time.sleep(0.01)
    lines = file.getvalue().splitlines()
    assert all(line.startswith("costing: 1 of 2, 0") for line in lines)
    time.sleep(0.1)
    assert file.getvalue().splitlines() == lines  # none after its end


def test_a_file_has_no_line_of_what_is_quick_and_an_error_goes_through():
    file = io.StringIO()
    with pytest.raises(ZeroDivisionError), steps_on(Console(file=file))("costing", 2):
        raise ZeroDivisionError
    assert file.getvalue() == ""


def test_a_terminal_has_a_line_that_goes(monkeypatch):
    monkeypatch.setattr(steps, "AFTER_S", 0.0)
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=80, color_system=None)
    with steps_on(console)("costing", 2) as done:
        done(1)
        while "1 of 2" not in file.getvalue():
            time.sleep(0.02)
    assert file.getvalue().rstrip("\n").endswith("\x1b[2K")  # the line is cleared
