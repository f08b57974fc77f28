"""What a person is shown of a front: intervals, what dominates it, and what to take."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from statistics import mean

import pytest
from rich.console import Console

from hybhanas.architecture import Architecture
from hybhanas.evidence.baselines import LOGISTIC, MAJORITY
from hybhanas.intervals import interval_of
from hybhanas.nas.classical import Baseline, Twin
from hybhanas.nas.front import FrontMember, ranked
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.seeds import SeedScores
from hybhanas.nas.selection import select
from hybhanas.reporting.front_report import (
    FrontReport,
    kendall_tau,
    percent_above_interval,
    selection_rows,
)
from tests.helpers.synthetic import make_evaluation, make_report

OBJECTIVES = Objectives(("error", "log10_total_s", "parameters"),
                        {"log10_total_s": 9, "parameters": 1e5}, {})  # fmt: skip
BASELINES = [Baseline(MAJORITY, 0.5, 0.5, 0), Baseline(LOGISTIC, 0.9, 0.88, 50, "C=1")]


def member(number: int, searched: float, final: float | None, parameters: int) -> FrontMember:
    total_s = 100.0 * number
    evaluation = make_evaluation(
        key=f"{number}", accuracy=searched, architecture=Architecture(qubits=number),
        parameters=parameters, cost=make_report(total_s, math.log10(total_s)),
    )  # fmt: skip
    return FrontMember(evaluation, final, final, "a.pt" if final else None, 100, 100)


def report(*members: FrontMember) -> FrontReport:
    in_order = ranked(members, OBJECTIVES, BASELINES)
    return FrontReport(in_order, select(in_order, OBJECTIVES), BASELINES)


def printed(table: object) -> list[str]:
    console = Console(file=io.StringIO(), width=160)
    console.print(table)
    return console.file.getvalue().splitlines()


def test_the_interval_is_wilsons():
    # of 90 of 100, by the formula: (0.9 + 0.0192) / 1.0384 -+ 0.0596
    low, high = interval_of(0.9, 100)
    assert (low, high) == pytest.approx((0.8256, 0.9448), abs=1e-4)
    assert interval_of(1.0, 30)[1] == 1.0
    assert interval_of(0.9, None) is interval_of(None, 100) is None
    assert percent_above_interval(0.9, 100) == "90.0\n82.6-94.5"


def test_what_is_worse_than_the_majority_or_dominated_by_logistic_regression_is_off_the_front():
    shown = report(member(1, 0.4, 0.45, 10), member(2, 0.7, 0.85, 60), member(3, 0.8, 0.86, 20))
    assert [m.behind for m in shown.members] == ["", LOGISTIC, MAJORITY]
    majority, regression = shown.comparison()
    assert majority.startswith("majority class (0 parameters, no QPU time, 50.0 %")
    assert "dominates 1 of 3 members, which are kept off the front" in regression
    assert [rank for rank, _ in shown.rows()] == [1]
    assert {one.rank for one in shown.selected} == {1}
    assert shown.last_lines()[-1] == "2 more members in pareto.csv"


def test_where_the_contribution_is_an_objective_no_model_without_a_circuit_dominates_one():
    objectives = Objectives(("error", "contribution", "parameters"), {"parameters": 1e5}, {})
    regression = Baseline(LOGISTIC, 0.9, 0.9, 50)
    better, equal = (
        replace(m, evaluation=replace(m.evaluation, contribution=above_its_twin))
        for m, above_its_twin in ((member(1, 0.7, 0.8, 60), 0.1), (member(2, 0.7, 0.8, 60), 0.0))
    )
    assert not regression.dominates(better.final, objectives)
    assert regression.dominates(equal.final, objectives)


def with_twin(one: FrontMember, accuracy: float, parameters: int) -> FrontMember:
    bottleneck = 1 if parameters < 50 else 0
    twin = Twin("classical twin", accuracy, accuracy, parameters, bottleneck=bottleneck)
    return replace(one, twin=twin)


def test_the_first_lines_name_the_members_that_their_classical_twins_dominate():
    shown = report(
        with_twin(member(1, 0.9, 0.97, 30), 0.97, 30),  # as accurate, of as many parameters
        with_twin(member(2, 0.9, 0.98, 40), 0.99, 44),  # more accurate, of 4 parameters more
        with_twin(member(3, 0.9, 0.99, 60), 0.98, 50),  # less accurate
    )
    assert [m.behind_twin for m in shown.members] == [False, False, True]
    assert {m.behind for m in shown.members} == {""}  # said of a member of the front, which it is
    (line,) = [line for line in shown.first_lines() if line.startswith("classical twins")]
    assert (
        "dominate 1 of 3 on the front (#3); those of 1 more (#2) are at least as accurate" in line
    )
    assert line.endswith(
        "with up to 4 parameters more; twins narrower than the circuit: 2, down to 1 unit"
    )
    assert shown.last_lines()[0].endswith("of the best; its classical twin 98.0 %")


def test_the_contribution_to_a_front_is_that_of_the_final_training():
    objectives = Objectives(("error", "contribution"), {}, {})
    searched = member(1, 0.7, 0.8, 60)
    searched = replace(searched, evaluation=replace(searched.evaluation, contribution=0.1))
    (shown,) = ranked([with_twin(searched, 0.85, 60)], objectives)
    assert shown.final.contribution == pytest.approx(-0.05)
    assert shown.behind_twin


def test_a_front_that_is_dominated_as_a_whole_is_shown_and_said_so():
    shown = report(member(1, 0.7, 0.8, 60), member(2, 0.7, 0.85, 70))
    assert "that leaves none: what follows is shown for comparison" in shown.first_lines()
    assert len(shown.rows()) == 2


def test_a_figure_stands_above_its_interval_and_baselines_stand_below():
    table = printed(report(member(1, 0.9, 0.95, 30)).table())
    figures, intervals = (line.split() for line in table[3:5])
    assert figures[-9:] == ["90.0", "95.0", "95.0", "1.67", "min", "10", "s", "0.500", "30"]
    assert intervals[-4:] == ["88.8-97.8", "88.8-97.8", "1.7-3.3", "min"]  # 100 s and 200 s
    assert " ".join(table[-2].split()) == "logistic regression C=1 90.0 88.0 - - - 50"
    assert table[-1].split() == ["82.6-94.5", "80.2-93.0"]


def test_the_table_of_a_front_has_at_most_100_columns():
    usual = Architecture(qubits=10, depth=2, entangler="crz", entanglement="pairwise")
    one = member(1, 0.9, 0.95, 43991)
    one = replace(one, evaluation=replace(one.evaluation, architecture=usual))
    table = printed(report(one).table())
    assert max(len(line.rstrip()) for line in table) <= 100


@pytest.mark.parametrize("width", [80, 60])
def test_a_narrow_terminal_shows_whole_figures_and_names_below_the_table(width):
    usual = Architecture(qubits=10, depth=2, entangler="crz", entanglement="pairwise")
    one = member(1, 0.9, 0.95, 43991)
    one = replace(one, evaluation=replace(one.evaluation, architecture=usual))
    shown = report(one)
    console = Console(file=io.StringIO(), width=width)
    console.print(shown.table(width))
    text = console.file.getvalue()
    assert "…" not in text
    assert "43991" in text
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
    assert len(text.splitlines()) == 3 + 2 * (1 + len(BASELINES))
    assert shown.names(width) == [f"#1 {usual}", f"a {MAJORITY}", f"b {LOGISTIC} C=1"]


def seeded(number: int, *accuracies: float) -> FrontMember:
    one = member(number, 0.9, mean(accuracies), 100 // number)
    seeds = [SeedScores(seed, accuracy, accuracy) for seed, accuracy in enumerate(accuracies, 1)]
    return replace(one, seeds=seeds)


def test_with_seeds_the_deviation_stands_below_and_who_is_not_distinguishable_is_said():
    shown = report(
        seeded(3, 0.96, 0.97, 0.98),
        # 0.01 below, where Welch's interval is +-2.78 sqrt(2 / 3) 0.01 = +-0.023; then 0.04 below
        seeded(2, 0.95, 0.96, 0.97),
        seeded(1, 0.92, 0.93, 0.94),
    )
    assert [m.is_distinguishable for m in shown.members] == [None, False, True]
    assert "3 seeds of the initial weights" in shown.first_lines()[-1]
    assert "not distinguishable from the best, #1: #2 of 3 on the front" in shown.first_lines()[-1]
    lines = printed(shown.table())
    assert lines[1].split() == ["final", "%", "test", "%"]
    assert lines[4].split()[-8:-6] == ["97.0", "97.0"]
    assert lines[6].split()[-2:] == ["+-1.0", "+-1.0"]
    assert max(len(line.rstrip()) for line in lines) <= 100
    assert "highest accuracy, 97.0 %, the mean of 3 seeds" in shown.last_lines()[0]


def test_a_wide_terminal_names_nothing_below_the_table():
    assert report(member(1, 0.9, 0.95, 30)).names(100) == []


def test_a_member_whose_final_training_failed_says_so():
    rows = printed(report(member(1, 0.9, 0.95, 30), member(2, 0.95, None, 5)).table())
    assert len([row for row in rows if "failed" in row]) == 0
    alone = FrontReport([member(2, 0.95, None, 5)], [], [])
    assert "failed" in printed(alone.table())[3]


def test_at_most_twelve_members_are_shown_by_rank_and_the_selected_are_among_them():
    many = [member(i, 0.9 + i / 1000, 0.91 + i / 1000, 20 + i) for i in range(1, 21)]
    shown = report(*many)
    ranks = [rank for rank, _ in shown.rows()]
    assert len(ranks) == 12
    assert ranks == sorted(ranks)
    assert {one.rank for one in shown.selected} <= {*ranks}
    assert shown.last_lines()[-1] == "8 more members in pareto.csv"


def test_kendalls_tau_tells_how_far_the_search_ranked_as_the_final_training():
    # of three pairs two are in the same order, one is not: (2 - 1) / 3
    members = [member(1, 0.5, 0.6, 1), member(2, 0.6, 0.8, 1), member(3, 0.7, 0.7, 1)]
    assert kendall_tau(members) == pytest.approx(1 / 3)
    assert kendall_tau(members[:2]) is None


def test_a_selection_in_json_has_the_reason_and_the_intervals():
    (best, *_) = selection_rows(report(member(1, 0.9, 0.95, 30)).selected)
    assert (best["word"], best["rank"], best["reason"]) == ("best", 1, "highest accuracy, 95.0 %")
    assert best["test_interval"] == pytest.approx((0.888, 0.978), abs=1e-3)
