"""A table of the user's own becomes a selected model with its card and its exports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

FILES = Path("tests/data/files")
SMOKE = ("experiment=smoke", "logger.mode=disabled")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "rows", "settings"),
    [
        ("penguins", 333, ["dataset.target=species", "dataset.missing=drop"]),
        ("anes96", 300, ["dataset.target=vote", "dataset.drop=[popul]"]),
        ("modechoice", 400, ["dataset.target=choice", "dataset.drop=[individual]"]),
    ],
)
def test_a_table_ends_with_a_model_to_pick_its_card_and_its_exports(
    table, rows, settings, tmp_path, nursery
):
    run, exported = tmp_path / "run", tmp_path / "exported"
    path = f"dataset.path={FILES / table}.csv"
    search = nursery.run(*SMOKE, "dataset=csv", path, *settings, f"hydra.run.dir={run}")
    assert search.returncode == 0, search.errors
    selected = json.loads((run / "selection.json").read_text())
    (best,) = [each for each in selected if each["word"] == "best"]
    assert abs(best["test_samples"] - rows / 5) <= 1

    export = nursery.run("task=export", f"run={run}", "member=best", f"hydra.run.dir={exported}")
    assert export.returncode == 0, export.errors
    (folder,) = exported.iterdir()
    assert {"card.md", "circuit.qasm", "circuit.qpy"} <= {file.name for file in folder.iterdir()}
    card = (folder / "card.md").read_text()
    assert table in card
    assert f"{100 * best['test_accuracy']:.1f} %" in card
