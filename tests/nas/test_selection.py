"""Which member of a front a word, a budget, a rank or a hash means."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.front import FrontMember, ranked
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.quantities import QUANTITIES
from hybhanas.nas.seeds import SeedScores
from hybhanas.nas.selection import UNITS, choose, select
from tests.helpers.synthetic import make_evaluation, make_report

OBJECTIVES = Objectives(("error", "log10_total_s", "parameters"),
                        {"log10_total_s": 9, "parameters": 1e5}, {})  # fmt: skip


def member(name: int, accuracy: float | None, total_s: float, parameters: int, p: float = 0.5):
    evaluation = make_evaluation(
        key=f"{name}", accuracy=0.5, architecture=Architecture(qubits=name),
        parameters=parameters, cost=make_report(total_s, math.log10(total_s), p),
    )  # fmt: skip
    samples = 100 if accuracy is not None else None
    return FrontMember(evaluation, accuracy, accuracy, "a.pt" if accuracy else None, samples, 50)


FRONT = ranked(
    [
        member(1, 0.60, 3600.0, 10, p=0.9),
        member(2, 0.90, 7200.0, 100, p=0.8),
        member(3, 0.92, 72000.0, 200, p=0.7),
        member(4, 0.93, 720000.0, 1000, p=0.6),
        member(5, None, 60.0, 5),
    ],
    OBJECTIVES,
)


def qubits(word: str) -> int:
    return choose(FRONT, word, OBJECTIVES).member.evaluation.architecture.qubits


def test_ranks_go_by_final_accuracy_and_what_was_not_trained_is_last():
    assert [m.evaluation.architecture.qubits for m in FRONT] == [4, 3, 2, 1, 5]
    assert [choose(FRONT, rank).rank for rank in (1, "4")] == [1, 4]
    assert (qubits("1"), qubits("4")) == (4, 1)


def test_a_member_that_another_beats_after_the_final_training_is_behind_the_front():
    loser = member(6, 0.91, 720000.0, 1000)
    members = ranked([loser, *FRONT], OBJECTIVES)
    assert [m.evaluation.architecture.qubits for m in members] == [4, 3, 2, 1, 6, 5]
    assert [m.on_front for m in members] == [True] * 4 + [False] * 2


def test_best_is_the_highest_accuracy_and_of_equal_ones_the_cheapest():
    assert qubits("best") == 4
    twin = member(6, 0.93, 7.0, 1000)
    assert choose([*FRONT, twin], "best").member is twin


def test_smallest_and_cheapest_are_within_one_standard_error_of_the_best():
    # the best has 93 % of 100 samples: sqrt(0.93 * 0.07 / 100) is 2.55 %, so that 92 % is within
    chosen = choose(FRONT, "smallest")
    assert chosen.member.evaluation.parameters == 200
    assert "2.6 %" in chosen.reason
    # of 10 samples the standard error is 8.1 %, and 90 % is within as well
    few = [replace(m, validation_samples=10) for m in FRONT]
    assert choose(few, "smallest").member.evaluation.parameters == 100
    assert choose(few, "cheapest").member.evaluation.values["total_s"] == 7200.0


def test_the_standard_error_of_a_mean_has_that_of_its_seeds_too():
    # sqrt(0.93 * 0.07 / 100 + 0.03^2 / 3) is 3.08 %, so that 90 % is within
    seeds = [
        SeedScores(seed, accuracy, accuracy) for seed, accuracy in ((1, 0.90), (2, 0.93), (3, 0.96))
    ]
    chosen = choose([replace(FRONT[0], seeds=seeds), *FRONT[1:]], "smallest")
    assert "one standard error (3.1 %)" in chosen.reason
    assert chosen.member.evaluation.parameters == 100


def test_the_knee_is_nearest_to_the_best_of_every_objective():
    # scaled error, time and parameters: 2 qubits have (0.09, 0.13, 0.5), 3 have (0.03, 0.57, 0.65)
    assert qubits("knee") == 2


@pytest.mark.parametrize(
    ("budget", "found"),
    [("under=20h", 3), ("under:1.5h", 1), ("under=90min", 1), ("under=200parameters", 3),
     ("under=0.25noise", 2), ("under=1y", 4)],
)  # fmt: skip
def test_a_budget_gives_the_best_within_it(budget, found):
    assert qubits(budget) == found


def test_a_hash_may_be_cut_to_six_digits():
    full = FRONT[2].evaluation.architecture.hash
    assert qubits(full) == qubits(full[:6]) == 2
    with pytest.raises(ConfigError, match="6 or more digits of a hash"):
        choose(FRONT, full[:5] if not full[:5].isdecimal() else "abcde")


@pytest.mark.parametrize(
    ("word", "message"),
    [("6", "ranks are 1 to 5"), ("0", "ranks are 1 to 5"), ("", "accepted: a rank"),
     ("biggest", "accepted: a rank from 1 to 5"), ("under=10", "a number with one of s, min"),
     ("under=10parsecs", "such as under=10h"), ("under=1.2.3h", "such as under=10h"),
     ("under=1s", "no member is within it; the nearest has QPU time 3.6e"),
     ("under=3parameters", "the nearest has trainable parameters 10")],
)  # fmt: skip
def test_what_means_no_member_is_one_line(word, message):
    with pytest.raises(ConfigError, match=message) as error:
        choose(FRONT, word, OBJECTIVES)
    assert "\n" not in str(error.value)


def test_a_selection_names_four_and_a_front_without_a_model_has_none():
    assert [chosen.word for chosen in select(FRONT, OBJECTIVES)] == [
        "best", "knee", "smallest", "cheapest",
    ]  # fmt: skip
    assert select(FRONT[-1:], OBJECTIVES) == []
    with pytest.raises(ConfigError, match="no member of the front was trained to the end"):
        choose(FRONT[-1:], "best")


def test_every_unit_of_a_budget_is_that_of_a_quantity():
    assert {name for name, _ in UNITS.values()} <= QUANTITIES.keys()
