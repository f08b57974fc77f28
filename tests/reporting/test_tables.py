"""The files of a run: what a row has of a network that was evaluated, and of one that failed."""

from __future__ import annotations

import csv
import json

from hybhanas.architecture import Architecture
from hybhanas.nas.evaluation import FAILED
from hybhanas.nas.front import FrontMember
from hybhanas.nas.run_folder import RunFolder
from hybhanas.reporting.tables import evaluation_rows, write_front
from tests.helpers.synthetic import make_evaluation, make_report


def test_a_row_has_the_choices_the_cost_and_the_operations_of_an_evaluation():
    (row,) = evaluation_rows([make_evaluation(total_s=100.0, seconds=1.23456)])
    assert (row["qubits"], row["depth"]) == (2, Architecture(qubits=2).depth)
    assert (row["total_s"], row["log10_total_s"], row["circuit_s"]) == (100.0, 2.0, 1e-6)
    assert (row["flops"], row["classical_flops"], row["simulation_flops"]) == (12, 8, 4)
    assert row["seconds"] == 1.235


def test_what_a_failed_evaluation_lacks_is_empty_and_its_reason_is_there():
    (row,) = evaluation_rows(
        [make_evaluation(accuracy=None, status=FAILED, cost=None, proxies=None, reason="too wide")]
    )
    assert (row["status"], row["reason"]) == ("failed", "too wide")
    assert (row["total_s"], row["p_survival"], row["flops"]) == (None, None, None)


def test_a_time_that_a_double_cannot_hold_is_empty_and_its_logarithm_is_there():
    (row,) = evaluation_rows([make_evaluation(cost=make_report(float("inf"), 400.0))])
    assert (row["total_s"], row["log10_total_s"]) == (None, 400.0)


def test_the_front_is_a_flat_table_and_json_with_every_term_of_the_cost(tmp_path):
    member = FrontMember(make_evaluation(total_s=100.0), 0.95, 0.94, "checkpoints/a.pt")
    folder = RunFolder(tmp_path)
    write_front(folder, [member])
    with folder.front_csv.open() as file:
        (flat,) = csv.DictReader(file)
    (full,) = json.loads(folder.front_json.read_text())
    assert (flat["test_accuracy"], full["test_accuracy"]) == ("0.94", 0.94)
    assert full["cost"]["time"]["total_s"] == 100.0
    assert full["proxies"]["flops"] == 12
