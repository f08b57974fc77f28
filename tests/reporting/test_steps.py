"""Lines of progress: live on a terminal, now and then in a file, none of what is quick."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
import time

import pytest
from rich.console import Console

from hybhanas.reporting import steps
from hybhanas.reporting.steps import _State, steps_on


def test_a_line_says_what_is_done_for_how_long_and_when_it_will_end(monkeypatch):
    now = at(monkeypatch, 112.0)
    state = _State("costing", 9, started=100.0)
    assert state.line() == "costing: 0 of 9, 12 s"
    state.set_done(3)
    assert state.line() == "costing: 3 of 9, 12 s, ETA 24 s"
    now(115.4)  # the fourth runs
    assert state.line() == "costing: 3 of 9, 15 s, ETA 21 s"
    now(137.0)  # it takes longer than all were to take
    assert state.line() == "costing: 3 of 9, 37 s, ETA 20 s"
    state.set_done(8)
    now(150.0)  # so does the last
    assert state.line() == "costing: 8 of 9, 50 s"
    now(137.0)
    state.set_done(9)
    assert state.line() == "costing: 9 of 9, 37 s"
    assert _State("transpiling", 1, started=134.0).line() == "transpiling: 3 s"


def test_a_terminal_has_no_line_in_the_first_second(monkeypatch):
    now = at(monkeypatch, 100.9)
    state = _State("costing", 2, started=100.0)
    assert state.shown().plain == ""
    now(101.1)
    assert state.shown().plain == "costing: 0 of 2, 1 s"


def at(monkeypatch, moment_s: float):
    """Sets the clock and returns what sets it again."""

    def now(moment_s: float) -> None:
        monkeypatch.setattr(time, "monotonic", lambda: moment_s)

    now(moment_s)
    return now


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


def test_a_closed_stderr_ends_the_lines_and_not_the_results():
    code = """if True:
        import time
        from rich.console import Console
        from hybhanas.reporting.steps import steps_on
        with steps_on(Console(stderr=True), every_s=0.01)("costing", 3):
            time.sleep(0.1)
        print("the results")
    """
    reading, writing = os.pipe()
    os.close(reading)
    try:
        outcome = subprocess.run(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=writing, text=True
        )
    finally:
        os.close(writing)
    assert outcome.stdout == "the results\n"


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_warning_is_above_the_live_line_or_in_the_file_that_stderr_is(monkeypatch, is_terminal):
    stderr, file = io.StringIO(), io.StringIO()
    monkeypatch.setattr(stderr, "isatty", lambda: is_terminal, raising=False)
    monkeypatch.setattr(sys, "stderr", stderr)
    handler = logging.StreamHandler()  # as logging.basicConfig() and Hydra make it
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    console = Console(file=file, force_terminal=True, width=80, color_system=None)
    with steps_on(console)("costing", 2):
        logging.getLogger("of a library").warning("careful")
    assert (stderr.getvalue(), "careful\n" in file.getvalue()) == (
        ("", True) if is_terminal else ("careful\n", False)
    )
    logging.getLogger("of a library").warning("afterwards")
    assert stderr.getvalue().endswith("afterwards\n")


def test_a_terminal_has_a_line_that_goes(monkeypatch):
    monkeypatch.setattr(steps, "AFTER_S", 0.0)
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=80, color_system=None)
    with steps_on(console)("costing", 2) as done:
        done(1)
        while "1 of 2" not in file.getvalue():
            time.sleep(0.02)
    assert file.getvalue().rstrip("\n").endswith("\x1b[2K")  # the line is cleared
