"""What the report page is made of, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hybhanas.architecture import Architecture
from hybhanas.nas.evaluation import FAILED, INFEASIBLE
from hybhanas.nas.front import FrontMember
from hybhanas.nas.importance import Importance
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.seeds import SeedScores
from hybhanas.nas.selection import select
from hybhanas.reporting.front_report import FrontReport
from hybhanas.reporting.page.circuit_drawing import drawing, transpiled_drawing
from hybhanas.reporting.page.commands import commands_of_run
from hybhanas.reporting.page.content import RunReport
from hybhanas.reporting.page.coupling_map import coupling_map, positions
from tests.helpers.synthetic import (
    make_calibration,
    make_evaluation,
    make_report,
    physical_circuit,
)

TWO = Objectives(("error", "log10_total_s"), {"error": 1.0, "log10_total_s": 4.0}, {})


def made(evaluations, members=(), **changes) -> dict:
    front = FrontReport(members, select(members, TWO), [])
    parts = {
        "folder": "outputs/mine", "data_name": "data", "search_name": "random",
        "evaluations": evaluations, "front": front, "objectives": TWO, "summary": {}, "config": "",
        "calibration": None, "verdicts": {},
    }  # fmt: skip
    return RunReport(**(parts | changes)).content()


def test_an_architecture_is_drawn_gate_by_gate_with_the_sources_of_its_angles():
    found = drawing(Architecture(qubits=3, rotations="ry", entangler="crx", entanglement="ring"))
    assert found["gates"][:4] == [
        ["ry", "x0", [0], 0, False], ["ry", "x1", [1], 0, False], ["ry", "x2", [2], 0, False],
        ["ry", "w0", [0], 1, False],
    ]  # fmt: skip
    assert [gate[2:] for gate in found["gates"][6:]] == [
        [[0, 1], 2, True], [[1, 2], 3, True], [[2, 0], 4, True],
    ]  # fmt: skip
    assert (found["columns"], found["observables"]) == (5, ["Z0", "Z1", "Z2"])


def test_a_transpiled_circuit_is_drawn_on_the_qubits_that_it_uses():
    steps = [
        ("rz", (9,)), ("rz", (4,), (-math.pi / 2,)), ("barrier", (4, 9)), ("sx", (4,)),
        ("cz", (9, 4)), ("rz", (9,), (0.07,)), ("delay", (9,), (2e-7,)), ("measure", (9,)),
    ]  # fmt: skip
    found = transpiled_drawing(physical_circuit(steps))
    assert (found["qubits"], found["measured"]) == ([4, 9], [1])
    assert found["gates"] == [
        ["rz", "θ", [1], 0, False], ["rz", "-π/2", [0], 0, False], ["sx", "", [0], 1, False],
        ["cz", "", [1, 0], 2, True], ["rz", "0.07", [1], 3, False],
        ["delay", "200 ns", [1], 4, False],
    ]  # fmt: skip
    assert (found["all_gates"], found["columns"]) == (6, 5)


def test_the_more_members_there_are_the_fewer_gates_are_drawn_of_each():
    rates = [i / 1000 for i in range(1, 121)]
    different = [Architecture(qubits=2, learning_rate=rate) for rate in rates]
    evaluations = [make_evaluation(one.hash, 0.5, 100.0, architecture=one) for one in different]
    members = [FrontMember(e, 0.5, 0.5, "a.pt", 100, 100) for e in evaluations]
    long = physical_circuit([("sx", (0,))] * 700)
    content = made(
        evaluations, members, transpiled={e.architecture.hash: long for e in evaluations}
    )
    drawn = [one["transpiled"] for one in content["members"]]
    assert {len(one["gates"]) for one in drawn} == {60_000 // 120}
    assert {one["all_gates"] for one in drawn} == {700}


def test_a_grid_of_couplings_is_drawn_as_a_grid():
    grid = [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)]
    places = positions([*range(6)], grid)
    along = [np.linalg.norm(places[a] - places[b]) for a, b in ((0, 1), (1, 2), (3, 4))]
    assert along == pytest.approx([along[0]] * 3, rel=0.15)
    assert np.ptp(places[:, 0]) > np.ptp(places[:, 1])  # the longer side lies across


def test_the_better_direction_of_a_coupling_is_shown_and_a_machine_of_one_qubit_has_none():
    found = coupling_map(make_calibration(3, [(0, 1), (1, 2)], cz_error=0.02))
    assert found["couplings"] == [[0, 1, 0.02], [1, 2, 0.02]]
    assert found["gates"] == ["cz"]
    assert coupling_map(make_calibration(1, [])) is None


def test_what_was_not_trained_has_a_cost_and_no_accuracy_and_its_reason_is_counted():
    content = made(
        [
            make_evaluation("a", 0.9, 100.0),
            make_evaluation("b", None, 10.0, status=INFEASIBLE, reason="too long"),
            make_evaluation("c", None, 20.0, status=INFEASIBLE, reason="too long"),
            make_evaluation("d", None, status=FAILED, reason="no layout", cost=None),
        ]
    )
    values = content["evaluations"]["values"]
    assert values["accuracy"] == [0.9, None, None, None]
    assert values["qpu_s"] == [100.0, 10.0, 20.0, None]
    assert values["roc_auc"] == [None] * 4
    assert content["reasons"] == [
        {"status": INFEASIBLE, "reason": "too long", "count": 2},
        {"status": FAILED, "reason": "no layout", "count": 1},
    ]


def test_architectures_that_violate_the_same_constraint_are_counted_together():
    values = ("0.9", "8.5e-05", "0.25")
    reasons = [f"p_survival={value}, at least 0.97" for value in values] + ["qubits=9, at most 8"]
    evaluations = [
        make_evaluation(f"{i}", None, 10.0, status=INFEASIBLE, reason=reason)
        for i, reason in enumerate(reasons)
    ]
    assert made(evaluations)["reasons"] == [
        {"status": INFEASIBLE, "reason": "p_survival=8.5e-05 to 0.9, at least 0.97", "count": 3},
        {"status": INFEASIBLE, "reason": "qubits=9, at most 8", "count": 1},
    ]


def test_hypervolume_and_best_accuracy_are_those_after_each_evaluation():
    progress = made([make_evaluation("a", 0.5, 100.0), make_evaluation("b", 0.75, 100.0)])[
        "progress"
    ]
    assert progress["evaluations"] == [1, 2]
    assert progress["best_accuracy"] == [0.5, 0.75]
    # of 1 x 4: half of it up to the error of 0.5, and half of it from 2 to 4
    assert progress["hypervolume"] == pytest.approx([0.25, 0.375])
    assert progress["within"] == {}, "no budget tells these two apart"


def test_the_best_accuracy_within_a_budget_is_of_the_networks_that_keep_it():
    hour_s, day_s = 3600.0, 86_400.0
    evaluations = [
        make_evaluation("a", 0.9, 2 * day_s), make_evaluation("b", 0.5, hour_s / 2),
        make_evaluation("c", 0.8, day_s / 2), make_evaluation("d", 0.6, hour_s / 2),
    ]  # fmt: skip
    within = made(evaluations)["progress"]["within"]
    assert within == {
        "1 h": [None, 0.5, 0.5, 0.6],
        "1 day": [None, 0.5, 0.8, 0.8],
        "$10,000": [None, 0.5, 0.5, 0.6],  # half an hour is $2,880, half a day $69,120
    }


@pytest.mark.parametrize(("number", "points"), [(2, 200), (5, 20)])
def test_a_long_search_is_shown_by_fewer_points_where_its_hypervolume_is_estimated(number, points):
    worst = {"log10_total_s": 4.0, "parameters": 1e3, "classical_parameters": 1e3}
    names = ("error", "log10_total_s", "parameters", "p_survival", "classical_parameters")[:number]
    objectives = Objectives(names, worst, {})
    evaluations = [make_evaluation(f"{i:03}", i / 400, 100.0) for i in range(400)]
    progress = made(evaluations, objectives=objectives)["progress"]
    assert len(progress["evaluations"]) == len(progress["hypervolume"]) == points
    assert progress["evaluations"][-1] == 400
    assert progress["best_accuracy"][-1] == 399 / 400


def test_a_time_that_no_double_holds_is_null():
    endless = make_evaluation("a", cost=make_report(math.inf, 400.0))
    assert made([endless])["evaluations"]["values"]["qpu_s"] == [None]


def test_a_member_has_intervals_a_circuit_and_commands():
    evaluation = make_evaluation("a", 0.8, 100.0)
    member = FrontMember(evaluation, 0.9, 0.85, "checkpoints/a.pt", 100, 100, losses=(1.0, 0.5))
    content = made([evaluation], [member])
    (shown,) = content["members"]
    assert shown["final"]["interval"] == pytest.approx((0.8256, 0.9448), abs=1e-4)
    assert shown["losses"] == [1.0, 0.5]
    assert shown["commands"]["train"] == "python3 run.py task=train run=outputs/mine member=1"
    assert content["evaluations"]["values"]["accuracy"] == [0.9]
    assert content["evaluations"]["values"]["search_accuracy"] == [0.8]
    assert [one["word"] for one in content["selection"]] == ["best", "knee", "smallest", "cheapest"]


def test_the_importance_of_genes_is_told_by_quantity_or_why_there_is_none():
    assert made([], importance="too few")["importance"] == {"reason": "too few", "quantities": []}
    found = [Importance("error", 40, {"qubits": 0.75, "depth": 0.125}, {"qubits": 1.0})]
    (shown,) = made([], importance=found)["importance"]["quantities"]
    assert shown == {
        "label": "validation error", "evaluations": 40, "genes": {"qubits": 0.75, "depth": 0.125},
    }  # fmt: skip


def test_a_member_of_several_seeds_has_the_accuracy_of_each_and_their_deviation():
    evaluation = make_evaluation("a", 0.8, 100.0)
    seeds = [SeedScores(1, 0.88, 0.8), SeedScores(2, None, None), SeedScores(3, 0.92, 0.9)]
    member = FrontMember(evaluation, 0.9, 0.85, "a.pt", 100, 100, seeds=seeds)
    (shown,) = made([evaluation], [member])["members"]
    assert shown["final"]["seeds"] == [0.88, 0.92]
    assert shown["final"]["deviation"] == pytest.approx(0.04 / math.sqrt(2))
    assert shown["test"]["seeds"] == [0.8, 0.9]


def test_a_command_is_quoted_for_a_shell_and_absent_where_none_is_recorded():
    made_by = commands_of_run("my runs", ["dataset=iris"])
    assert made_by["search"] == "python3 run.py dataset=iris 'hydra.run.dir=\"my runs\"'"
    assert commands_of_run("runs", None)["search"] is None
    assert commands_of_run("runs", "dataset=iris; rm")["search"] is None
