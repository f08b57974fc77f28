"""Candidates that cannot be trained for real reasons: the search goes on and says why."""

from __future__ import annotations

import csv

import pytest

from tests.helpers.nursery import SEARCH

pytestmark = pytest.mark.faults

NAN_WEIGHTS = """
import torch
from hybhanas.models.hqnn import HQNN
made = HQNN.__init__
def init(self, architecture, *arguments):
    made(self, architecture, *arguments)
    if architecture.qubits == 4:
        with torch.no_grad():
            self.quantum.module.weights.fill_(float("nan"))
HQNN.__init__ = init
"""

LITTLE_MEMORY = """
import resource
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + 1024**3
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
"""


def evaluations(folder):
    with (folder / "evaluations.csv").open() as file:
        return list(csv.DictReader(file))


def test_networks_whose_weights_are_nan_fail_alone(nursery, tmp_path):
    folder = tmp_path / "run"
    child = nursery.run(*SEARCH, f"hydra.run.dir={folder}", before=NAN_WEIGHTS)
    assert child.returncode == 0, child.errors
    outcome = {"2": set(), "4": set()}
    for row in evaluations(folder):
        outcome[row["qubits"]].add((row["status"], row["reason"]))
    diverged = "CandidateError: training diverged: a logit is not finite"
    assert outcome == {"2": {("evaluated", "")}, "4": {("failed", diverged)}}


def test_networks_that_do_not_fit_into_memory_fail_alone(nursery, tmp_path):
    folder = tmp_path / "run"
    wide = ("search_space.hidden_layers=[1]", "search_space.hidden_width=[16,200000000]")
    child = nursery.run(*SEARCH, *wide, f"hydra.run.dir={folder}", before=LITTLE_MEMORY)
    assert child.returncode == 0, child.errors
    outcome = {"16": set(), "200000000": set()}
    for row in evaluations(folder):
        outcome[row["hidden_width"]].add((row["status"], "allocate" in row["reason"]))
    assert outcome == {"16": {("evaluated", False)}, "200000000": {("failed", True)}}
