"""task=verify: members of a front under the noise of their machine."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest

from hybhanas.errors import ConfigError
from hybhanas.tasks.report import report
from hybhanas.tasks.verify import verify
from tests.helpers import QUIET, ROOT
from tests.helpers.pages import Page


def test_a_member_is_run_with_noise_its_result_is_kept_and_the_page_of_the_search_shows_it(
    smoke, composed, tmp_path, capsys
):
    run = shutil.copytree(smoke, tmp_path / "run", ignore=shutil.ignore_patterns("wandb"))
    settings = (
        "task=verify",
        f"run={run}",
        "member=best",
        "verify.samples=6",
        "verify.shots=500",
        QUIET,
    )
    (found,) = verify(composed(*settings, "verify.piece=4"), tmp_path / "out")
    kept = json.loads((tmp_path / "out" / "verify.json").read_text())
    (member,) = kept["members"]
    assert member["samples"] == found.samples == 6
    assert member["shots"] == 500
    assert member["verdict"] == found.verdict
    assert all(0 < predicted <= 1 for predicted in found.predicted)
    assert len(list((tmp_path / "out" / "pieces").glob("*.json"))) == 2
    printed = capsys.readouterr().out
    assert "3,000" in printed  # executions: 6 samples x 500 shots
    again = verify(composed(*settings, "verify.piece=4"), tmp_path / "out")
    assert again == [found]

    page = Page(report(composed("task=report", f"run={run}"), tmp_path / "nothing"))
    shown = page.content["members"][member["rank"] - 1]["verified"]
    others = [m for m in page.content["members"] if m["rank"] != member["rank"]]
    assert shown["noisy"]["accuracy"] == found.noisy.accuracy
    assert shown["noisy"]["interval"] == [found.noisy.low, found.noisy.high]
    assert (shown["on"], shown["backend"], shown["samples"]) == ("aer", kept["backend"], 6)
    assert shown["verdict"] == found.verdict
    assert [one["verified"] for one in others] == [None] * len(others)


def test_a_dry_run_prints_what_it_takes_and_writes_nothing(smoke, composed, tmp_path, capsys):
    settings = ("task=verify", f"run={smoke}", "member=1", "verify.dry_run=true")
    assert verify(composed(*settings), tmp_path / "out") == []
    assert "QPU time" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


def test_a_dry_run_for_a_machine_offers_the_same_command_with_the_limit_that_it_needs(
    smoke, tmp_path
):
    given = ("task=verify", f"run={smoke}", "member=1", "verify.samples=3", "verify.on=machine")
    outcome = subprocess.run(
        [sys.executable, ROOT / "run.py", *given, "verify.dry_run=true"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    last = outcome.stdout.splitlines()[-1]
    start, _, limit_s = last.rpartition("=")
    assert start == f"next: python3 run.py {' '.join(given)} verify.limit_s"
    assert 1 <= int(limit_s) < 30


def test_each_piece_is_a_job_with_its_own_overhead(smoke, composed, tmp_path):
    def needed(piece: int) -> float:
        settings = ("verify.on=machine", "verify.samples=8", f"verify.piece={piece}")
        with pytest.raises(ConfigError) as error:
            verify(composed("task=verify", f"run={smoke}", "member=1", *settings), tmp_path)
        return float(re.search(r"takes ([0-9.e+]+) s", str(error.value))[1])

    overhead_s = 0.975  # of a job, see hybhanas/cost/generations.py
    assert needed(2) - needed(8) == pytest.approx(3 * overhead_s, abs=0.15)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (["verify.on=simulator"], "^verify.on=simulator is unknown; accepted: aer, machine"),
        (["verify.samples=0"], "^verify.samples=0 is not accepted: at least 1"),
        (
            ["verify.on=machine"],
            "^verify.limit_s=null is not accepted with verify.on=machine: this takes .* s of QPU",
        ),
        (["verify.on=machine", "verify.limit_s=0.1"], "^verify.limit_s=0.1 is not accepted"),
    ],
)
def test_a_mistake_is_one_line_and_writes_nothing(smoke, composed, tmp_path, settings, line):
    with pytest.raises(ConfigError, match=line):
        verify(composed("task=verify", f"run={smoke}", "member=1", *settings), tmp_path / "out")
    assert not (tmp_path / "out").exists()
