"""task=search, for real but small: the files that a run leaves."""

from __future__ import annotations

import json

import pytest
import torch
from PIL import Image

from hybhanas.architecture import Architecture
from hybhanas.errors import CandidateError
from hybhanas.models.hqnn import HQNN
from hybhanas.models.logits import predicted
from hybhanas.nas.evaluator import Evaluator
from hybhanas.tasks.search import prepare, search
from tests.helpers import QUIET, rows


def test_a_run_leaves_every_file_that_it_promises(smoke):
    names = {path.name for path in smoke.iterdir()}
    assert names == {
        "pareto.json", "pareto.csv", "baselines.json", "selection.json",
        "evaluations.csv", "report.html",
        "front.png", "front.pdf", "front.svg", "anatomy.png", "anatomy.pdf", "anatomy.svg",
        "checkpoints",
        "config.yaml", "run.json", "records", "final", "settings.json", "wandb", "tracked",
        "ended.json",
    }  # fmt: skip
    for picture in ("front.png", "anatomy.png"):
        with Image.open(smoke / picture) as image:
            width, height = image.size
        assert width > 600
        assert height > 200


def test_the_front_in_csv_and_json_agree_and_none_of_it_is_dominated(smoke):
    front = json.loads((smoke / "pareto.json").read_text())
    assert [m["architecture"] for m in front] == [
        row["architecture"] for row in rows(smoke / "pareto.csv")
    ]
    evaluated = [row for row in rows(smoke / "evaluations.csv") if row["status"] == "evaluated"]
    for member in front:
        for row in evaluated:
            better = [
                float(row["validation_accuracy"]) - member["validation_accuracy"],
                member["log10_total_s"] - float(row["log10_total_s"]),
                member["parameters"] - int(row["parameters"]),
            ]
            assert not (min(better) >= 0 and max(better) > 0)
        assert member["cost"]["time"]["total_s"] == member["total_s"]


def test_evaluations_have_the_promised_columns_and_a_row_an_architecture(smoke):
    table = rows(smoke / "evaluations.csv")
    assert {
        "architecture", "status", "validation_accuracy", "total_s", "parameters", "seed", "seconds"
    } <= set(table[0])  # fmt: skip
    assert len({row["architecture"] for row in table}) == len(table) == 8
    assert len(list((smoke / "records").glob("*.json"))) == 8


def test_a_checkpoint_loads_without_executing_anything_and_gives_the_recorded_accuracy(
    smoke, composed
):
    evaluator = prepare(composed("experiment=smoke"), smoke).evaluator
    for member in json.loads((smoke / "pareto.json").read_text()):
        saved = torch.load(smoke / member["checkpoint"], weights_only=True)
        architecture = Architecture.from_dict(saved["architecture"])
        model = HQNN(architecture, saved["features"], saved["classes"], "torchquantum")
        model.load_state_dict(saved["state_dict"])
        ((features, classes),) = evaluator.data.test_dataloader()
        accuracy = (predicted(model(features)) == classes).float().mean().item()
        assert accuracy == pytest.approx(member["test_accuracy"])


def test_provenance_names_versions_calibration_seed_and_time(smoke):
    run = json.loads((smoke / "run.json").read_text())
    assert run["calibration"]["name"] == "ibm_brisbane"
    assert run["calibration"]["date"].startswith("2025-02-26")
    assert len(run["calibration"]["repairs"]) == 2
    assert {"hybhanas", "torch", "qiskit"} <= set(run["versions"])
    assert run["seed"] == 1
    assert run["wall_s"] >= run["search_s"] > 0


def test_a_member_whose_training_to_the_end_diverges_is_said_and_the_others_are_kept(
    tmp_path, composed, monkeypatch, caplog
):
    networks, ended = Evaluator.train_networks, []

    def diverging(self, architectures, epochs, test=False, until=None, states=()):
        outcomes = networks(self, architectures, epochs, test, until, states)
        if test and self.simulator == "fused":  # not the classical twins
            ended.extend(architecture.hash for architecture in architectures)
            if len(ended) == len(architectures):  # the first group
                outcomes[0] = CandidateError("training diverged")
        return outcomes

    monkeypatch.setattr(Evaluator, "train_networks", diverging)
    members = search(composed("experiment=smoke", QUIET), tmp_path / "run")
    front = json.loads((tmp_path / "run" / "pareto.json").read_text())
    (lost,) = [m for m in front if m["test_accuracy"] is None]
    assert len(ended) == len(members) > 1
    assert lost["architecture"] == ended[0]
    assert lost["checkpoint"] is None
    assert "training diverged; it has no model" in caplog.text
