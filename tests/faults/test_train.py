"""A training to the end that is killed at any moment ends as one that was not."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from hybhanas.models.hqnn import load_model

TRAINING = (
    "task=train", "architecture={qubits: 2}", "dataset=iris", "seeds=3", "trainer.final_epochs=60",
    "trainer.shots=64", "logger.mode=disabled", "trainer.accelerator=cpu",
)  # fmt: skip


def contents(folder: Path) -> list[object]:
    result = json.loads((folder / "result.json").read_text())
    models = [load_model(folder / seed["checkpoint"]) for seed in result["seeds"]]
    weights = [{n: v.tolist() for n, v in model.state_dict().items()} for model in models]
    return [result, weights, (folder / "curves.csv").read_text()]


@pytest.mark.faults
def test_a_training_that_is_killed_again_and_again_ends_bit_for_bit_as_one_that_is_not(
    nursery, tmp_path
):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    child = nursery.run(*TRAINING, f"hydra.run.dir={whole}")
    assert child.returncode == 0, child.errors
    kills = 0
    while not (killed / "result.json").exists() and kills < 10:
        before = (killed / "state.pt").stat().st_mtime_ns if kills else 0
        child = nursery.start(*TRAINING, f"hydra.run.dir={killed}")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            state = killed / "state.pt"
            if (state.exists() and state.stat().st_mtime_ns != before) or (
                killed / "result.json"
            ).exists():
                break
            time.sleep(0.01)
        child.kill()
        child.wait()
        kills += 1
    child = nursery.run(*TRAINING, f"hydra.run.dir={killed}")
    assert child.returncode == 0, child.errors
    assert kills >= 1
    assert contents(killed) == contents(whole)
    assert not list(killed.rglob("*.part"))
