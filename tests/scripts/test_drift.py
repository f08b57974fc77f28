"""A finished run on other snapshots: itself unchanged, what cannot be costed named."""

from __future__ import annotations

import sys

import pytest

from hybhanas.hydra_app.compose import composed
from hybhanas.tasks.finished import read_run
from hybhanas.tasks.search import search
from scripts import drift as script
from scripts import page
from tests.helpers import TINY


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    """A small finished search on ibm_torino, its device measured."""
    folder = tmp_path_factory.mktemp("run")
    overrides = (*TINY, "search.population=6", "backend=ibm_torino", "device=host")
    config = composed(*overrides, f"cache={folder / 'cache'}")
    with pytest.MonkeyPatch.context() as here:
        here.setenv("WANDB_MODE", "offline")
        search(config, folder / "run")
    return folder / "run"


def test_the_runs_own_snapshot_changes_nothing(run_folder):
    run = read_run(str(run_folder))
    row = script.moved(run, "torino")
    assert row.own
    assert row.date.isoformat() == run.evaluations[0].cost.provenance.calibration_date
    assert row.failed == 0
    assert row.outcome.kendall_tau == pytest.approx(1)
    assert row.outcome.median_ratio == pytest.approx(1, rel=1e-12)
    front = run.objectives.front(run.evaluations)
    assert {e.key for e in row.outcome.stayed} == {e.key for e in front}
    assert row.outcome.left == row.outcome.joined == ()


def test_slower_gates_take_longer(run_folder):
    row = script.moved(read_run(str(run_folder)), "brisbane")
    assert not row.own
    assert row.gates == "ecr"
    assert row.outcome.median_ratio > 1  # ECR of 660 ns for CZ of 84 ns


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("kyoto", "has no usable two-qubit gate"),
        ("armonk", "fewer than . usable qubits"),
        ("almaden", "names no readout length"),
    ],
)
def test_a_snapshot_that_cannot_be_used_is_skipped_with_the_reason(run_folder, name, reason):
    with pytest.raises(script.SkippedError, match=reason):
        script.moved(read_run(str(run_folder)), name)


def test_the_page_is_sorted_by_date_and_names_what_was_left_out(
    run_folder, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(page, "DOCS", tmp_path)
    monkeypatch.setattr(page, "PAGE", tmp_path / "validation.md")
    page.PAGE.write_text("<!-- drift -->\n<!-- /drift -->\n")
    given = [str(run_folder), "--snapshots", "torino", "kyoto", "athens", "--page"]
    with pytest.MonkeyPatch.context() as here:
        here.setattr(sys, "argv", ["drift.py", *given])
        script.main()
    text = page.PAGE.read_text()
    assert capsys.readouterr().out.strip() in text
    own = "| torino, the run itself | 2025-02-26 | 1 | 1.000 |"
    assert text.index("| athens | 2021-") < text.index(own)
    assert "| has no usable two-qubit gate | kyoto |" in text
    assert (tmp_path / "pictures" / "drift.png").read_bytes().startswith(b"\x89PNG")


def test_a_folder_that_is_no_run_is_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        script.main([str(tmp_path)])
    assert "is not accepted" in capsys.readouterr().err
