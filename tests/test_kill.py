"""Stopping a search by Ctrl-C or SIGTERM, in real processes; tests/faults kills fifty."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.helpers import ROOT
from tests.helpers.nursery import SEARCH

LONG = ("trainer.epochs=40", "trainer.final_epochs=400")
"""Seconds are left when the first record is there: the signal cannot come too late."""


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "run.py", *SEARCH, *LONG, f"hydra.run.dir={folder}"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"}, preexec_fn=_heed_interrupts,
    )  # fmt: skip


def _heed_interrupts() -> None:
    """A parent in the background of a shell ignores Ctrl-C, and its children would inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def records(folder: Path) -> dict[str, int]:
    """When each evaluation was recorded (ns)."""
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("records/*.json")}


@pytest.fixture(scope="module")
def undisturbed(nursery, tmp_path_factory) -> bytes:
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    child = nursery.run(*SEARCH, *LONG, f"hydra.run.dir={folder}")
    assert child.returncode == 0, child.errors
    return (folder / "pareto.json").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stop", "codes"),
    [(signal.SIGINT, {130}), (signal.SIGTERM, {143, -signal.SIGTERM})],
)
def test_a_search_that_is_stopped_says_how_to_go_on_and_does(
    nursery, undisturbed, tmp_path, stop, codes
):
    folder = tmp_path / "run"
    process = start(folder)
    deadline = time.monotonic() + 120
    while not records(folder) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(stop)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in codes, errors
    if process.returncode > 0:
        assert errors.endswith("stopped; the same command on the same folder resumes the run\n")
    assert "Traceback" not in errors
    before = records(folder)
    assert before
    assert not (folder / "pareto.json").exists()

    again = nursery.run(*SEARCH, *LONG, f"hydra.run.dir={folder}")
    assert again.returncode == 0, again.errors
    assert before.items() <= records(folder).items(), "an evaluation was recorded twice"
    assert (folder / "pareto.json").read_bytes() == undisturbed
