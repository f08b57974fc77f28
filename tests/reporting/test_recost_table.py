"""A search costed again: a row per evaluation, and the front's members by what became of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from hybhanas.nas.evaluation import FAILED
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.recost import compare
from hybhanas.reporting.recost_table import front_changes_table, recost_rows
from tests.helpers.synthetic import make_evaluation, make_report

TWO = Objectives(("error", "total_s"), {"error": 1.0, "total_s": 1e6}, {})


def costed(evaluation, total_s, log10_total_s):
    return replace(evaluation, cost=make_report(total_s, log10_total_s))


@pytest.fixture
def before_and_after():
    """On the front, a stays, b leaves and c joins; d can no longer be costed."""
    old = [
        make_evaluation("a", 0.9, 1000.0),
        make_evaluation("b", 0.8, 100.0),
        make_evaluation("c", 0.7, 1000.0),
        make_evaluation("d", 0.1, 1000.0),
    ]
    new = [
        old[0],
        costed(old[1], 10000.0, 4.0),  # a is better and cheaper now
        costed(old[2], 10.0, 1.0),
        replace(old[3], cost=None, status=FAILED, reason="too wide"),
    ]
    return old, new


def test_a_row_has_both_times_and_the_fate_of_a_member_of_the_front(before_and_after):
    old, new = before_and_after
    rows = recost_rows(old, new, compare(old, new, TWO))
    assert [(r["old_log10_total_s"], r["new_log10_total_s"], r["front"]) for r in rows] == [
        (3.0, 3.0, "stayed"), (2.0, 4.0, "left"), (3.0, 1.0, "joined"), (3.0, None, ""),
    ]  # fmt: skip
    assert [(r["status"], r["reason"]) for r in rows[2:]] == [
        ("evaluated", ""), ("failed", "too wide"),
    ]  # fmt: skip


def test_the_table_shows_the_old_time_of_those_that_left(before_and_after):
    old, new = before_and_after
    console = Console(width=120)
    with console.capture() as printed:
        console.print(front_changes_table(compare(old, new, TWO)))
    words = [line.split() for line in printed.get().splitlines()]
    shown = {line[0]: line[line.index(">") + 2 :] for line in words[2:]}
    assert shown == {
        "stayed": ["90.0", "16.7", "min", "1.67", "min", "30"],
        "left": ["80.0", "1.67", "min", "before", "10", "s", "30"],
        "joined": ["70.0", "10", "s", "1", "s", "30"],
    }
