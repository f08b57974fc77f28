"""A cost as a table: parts with their shares, and a ranking from the cheapest."""

from __future__ import annotations

import math
from dataclasses import replace

from rich.console import Console

from hybhanas.reporting.cost_table import cost_table, ranking_table
from tests.helpers.synthetic import make_report


def printed(table) -> dict[str, list[str]]:
    """The words of each line after its first two columns' name, by this name."""
    console = Console(width=140)
    with console.capture() as text:
        console.print(table)
    lines = [line.strip().split("  ") for line in text.get().splitlines()]
    return {line[0]: [word.strip() for word in line[1:] if word.strip()] for line in lines}


def test_the_parts_of_a_total_have_their_share_and_those_of_no_time_are_left_out():
    report = make_report(200.0, math.log10(200))
    parts = replace(report.parts, gates_s=150.0, job_s=50.0)
    shown = printed(cost_table(replace(report, parts=parts)))
    assert shown["gates"] == ["2.5 min", "75 %"]
    assert shown["job overhead"] == ["50 s", "25 %"]
    assert "repetition delay" not in shown
    assert "layouts" not in shown


def test_both_times_are_shown_with_the_interval_of_the_time_of_jobs():
    shown = printed(cost_table(make_report(100.0, 2.0)))
    assert shown["QPU time, training"] == [
        "1.67 min", "90 % interval 1.67 min to 3.33 min: job times and P",
    ]  # fmt: skip
    assert shown["effective time"] == [
        "10 s", "gates, routing and noise alone; 90 % interval 5 s to 20 s",
    ]  # fmt: skip
    assert shown["cost, training"] == ["160 USD", "90 % interval 100 USD to 320 USD"]
    assert shown["jobs"] == ["1", "1 circuits; job times of ibm_2025, mode job"]
    assert "billed" not in shown


def test_the_spread_over_layouts_is_a_factor():
    report = make_report(100.0, 2.0)
    several = replace(
        report,
        time=replace(report.time, log10_total_spread=math.log10(1.5)),
        provenance=replace(report.provenance, layouts=5, transpiler_seed=3),
    )
    assert printed(cost_table(several))["layouts"] == [
        "x 1.5", "most expensive / cheapest of 5 layouts; kept seed 3",
    ]  # fmt: skip


def test_a_total_that_a_double_cannot_hold_is_shown_by_its_logarithm():
    shown = printed(cost_table(make_report(math.inf, 400.0)))
    assert shown["total, training"][0] == "over 1e300 s"
    assert shown["total, training"][1].startswith("10^400 s")


def test_a_ranking_begins_with_the_cheapest():
    table = ranking_table([("slow", make_report(1000.0, 3.0)), ("fast", make_report(10.0, 1.0))])
    shown = printed(table)
    assert [*shown][2:] == ["fast", "slow"]
    assert shown["fast"][:3] == ["10 s", "10-20 s", "1 s"]


def test_runs_and_backends_with_brackets_are_printed_as_they_are():
    report = make_report(10.0, 1.0)
    priced = replace(report, provenance=replace(report.provenance, price="of a[/b]/x[old]"))
    assert "of a[/b]/x[old]" in str(printed(cost_table(priced)))
    assert "ansatz=[a,b] x[/y]" in printed(ranking_table([("ansatz=[a,b] x[/y]", report)]))
