"""What a search prints: a row per generation."""

from __future__ import annotations

import io
import time
from dataclasses import replace

import pytest
from rich.console import Console
from rich.table import Table

from hybhanas.nas.budget import Budget
from hybhanas.nas.loop import Generation, Progress
from hybhanas.reporting.terminal import SearchView, fitted, print_line

GENERATION = Generation(
    number=1, new=5, known=3, stopped=2, infeasible=1, failed=0, epochs=40, front_size=4,
    hypervolume=0.51234, best_accuracy=0.975, cheapest_s=150.0,
)  # fmt: skip


def test_the_limit_that_ended_a_search_is_told():
    console = Console(file=io.StringIO(), width=140)
    with SearchView(console, 6, halving=False) as view:
        view.generation(GENERATION)
        view.ended("search.budget.epochs=240")
    assert console.file.getvalue().splitlines()[-1] == "ended by search.budget.epochs=240"


@pytest.mark.parametrize("halving", [False, True])
def test_a_generation_is_a_row_and_stopped_networks_have_a_column_with_halving(halving):
    console = Console(file=io.StringIO(), width=140)
    with SearchView(console, 6, halving) as view:
        view.progress(Progress(generation=1, done=1, total=8, new=1, evaluation=None))
        view.generation(GENERATION)
    names, row = console.file.getvalue().splitlines()
    assert names.split("  ")[:3] == ["generation", "new", "known"]
    assert ("stopped" in names) == halving
    stopped = ["2"] if halving else []
    assert row.split() == [
        "1/6", "5", "3", *stopped, "1", "0", "4", "0.5123", "97.5", "%", "2.5", "min",
    ]  # fmt: skip


def test_a_terminal_shows_the_candidates_of_the_generation_in_progress():
    console = Console(file=io.StringIO(), width=140, force_terminal=True)
    with SearchView(console, 6, halving=False) as view:
        view._started -= 60  # so long ago
        view.progress(Progress(generation=2, done=3, total=8, new=0, evaluation=None))
        known = shown_after(console)
        view.progress(Progress(generation=2, done=4, total=8, new=1, evaluation=None))
        evaluated = shown_after(console)
    assert "generation 2/6: 3/8 candidates" in known
    assert "ETA" not in known  # answers from the records tell no time
    assert "generation 2/6: 4/8 candidates, ETA " in evaluated


def test_an_eta_that_has_run_out_is_left_out():
    console = Console(file=io.StringIO(), width=140, force_terminal=True)
    with SearchView(console, 6, halving=False) as view:
        view.progress(Progress(generation=2, done=4, total=8, new=1, evaluation=None))
        assert "ETA" not in shown_after(console)  # less than half a second


def test_where_nothing_was_evaluated_no_best_is_claimed():
    console = Console(file=io.StringIO(), width=140)
    with SearchView(console, 6, halving=False) as view:
        view.generation(replace(GENERATION, best_accuracy=None, cheapest_s=None))
    assert console.file.getvalue().split()[-2:] == ["-", "-"]


def shown_after(console: Console) -> str:
    """What a terminal shows next."""
    seen = len(console.file.getvalue())
    while "candidates" not in console.file.getvalue()[seen:]:
        time.sleep(0.02)
    return console.file.getvalue()[seen:]


@pytest.mark.parametrize(
    ("budget", "eta_s"),
    [
        (Budget(), 100.0),  # 40 of 48 are left, and 8 took 20 s
        (Budget(evaluations=20), 40.0),  # three generations of eight, of which 16 are left
        (Budget(seconds=50.0), 30.0),
        (Budget(seconds=500.0), 100.0),
        (Budget(seconds=10.0), 0.0),
    ],
)
def test_the_remaining_time_is_that_until_the_budget_is_spent(budget, eta_s, monkeypatch):
    now_s = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now_s[0])
    view = SearchView(Console(file=io.StringIO()), 6, halving=False, budget=budget)
    now_s[0] += 20.0
    progress = Progress(generation=1, done=8, total=8, new=8, evaluation=None)
    view.progress(progress)
    assert view._eta(progress) == pytest.approx(eta_s)


def test_the_remaining_time_falls_while_a_candidate_trains_but_not_below_that_of_the_others(
    monkeypatch,
):
    now_s = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now_s[0])
    view = SearchView(Console(file=io.StringIO()), 1, halving=False)
    now_s[0] += 10.0
    progress = Progress(generation=1, done=2, total=5, new=2, evaluation=None)  # 5 s each
    view.progress(progress)
    left_s = []
    for later_s in (0.0, 4.0, 100.0):
        now_s[0] = 1010.0 + later_s
        left_s.append(view._eta(progress))
    assert left_s == [15.0, 11.0, 10.0]


def test_a_table_that_is_wider_than_the_terminal_has_a_line_for_each_cell():
    def lines(width: int, spare: int = 0) -> list[str]:
        table = Table(box=None)
        for name in ("network", "QPU time"):
            table.add_column(name, justify="right")
        table.add_row("2q x1 ry ry cx/ring z > linear", "1.5 h")
        console = Console(file=io.StringIO(), width=width)
        console.print(fitted(table, console, spare))
        return [" ".join(line.split()) for line in console.file.getvalue().splitlines()]

    as_it_is = ["network QPU time", "2q x1 ry ry cx/ring z > linear 1.5 h"]
    assert lines(80) == as_it_is
    assert lines(42, spare=20) == as_it_is
    assert lines(30) == ["network 2q x1 ry ry", "cx/ring z > linear", "QPU time 1.5 h", ""]


def test_a_line_breaks_between_words_on_a_narrow_terminal_alone_and_a_path_is_whole():
    line, path = "tables and pictures beside it", "outputs/search/" + 20 * "a"
    narrow = Console(file=io.StringIO(), width=20, force_terminal=True)
    print_line(narrow, line)
    print_line(narrow, f"to read: {path}")
    assert narrow.file.getvalue().splitlines() == [
        "tables and pictures", "beside it", "to read:", path
    ]  # fmt: skip
    file = Console(file=io.StringIO(), width=20)
    print_line(file, line)
    assert file.file.getvalue() == f"{line}\n"
