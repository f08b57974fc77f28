"""Killing a search at random moments changes nothing and loses at most what was in flight."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT

OVERRIDES = (
    "dataset=iris", "search.population=6", "search.generations=4", "trainer.epochs=40",
    "trainer.final_epochs=150", "search_space=small", "logger.mode=disabled",
)  # fmt: skip
KILLS = 3


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "run.py", *OVERRIDES, f"hydra.run.dir={folder}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heed_interrupts,
    )


def _heed_interrupts() -> None:
    """A parent in the background of a shell ignores Ctrl-C, and its children would inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finish(folder: Path) -> str:
    process = start(folder)
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return output


def records(folder: Path) -> dict[str, int]:
    """When each evaluation and each final training was recorded (ns)."""
    found = (*folder.glob("records/*.json"), *folder.glob("final/*.json"))
    return {f"{path.parent.name}/{path.name}": path.stat().st_mtime_ns for path in found}


def wait_for(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while len(records(folder)) < count and time.monotonic() < deadline:
        if process.poll() is not None:
            return
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_search_stopped_at_random_moments_ends_as_if_undisturbed(tmp_path, stop):
    rng = random.Random(f"moments of {stop.name}")
    finish(tmp_path / "whole")
    expected = (tmp_path / "whole" / "pareto.json").read_bytes()
    total = len(records(tmp_path / "whole"))
    searched = len([*tmp_path.glob("whole/records/*.json")])

    folder = tmp_path / "cut"  # records come by groups: a generation of six is still to come
    moments = sorted(rng.sample(range(1, searched - 6), KILLS))
    for moment in moments:
        before = records(folder)
        process = start(folder)
        wait_for(folder, moment, process)
        time.sleep(rng.uniform(0, 0.2))
        process.send_signal(stop)
        process.wait(timeout=60)
        assert process.returncode != 0
        after = records(folder)
        assert before.items() <= after.items(), "an evaluation was recorded twice"
        assert not (folder / "pareto.json").exists()
        process.communicate()
        for path in folder.glob("*/*.json"):
            json.loads(path.read_text())

    before = records(folder)
    output = finish(folder)
    assert (folder / "pareto.json").read_bytes() == expected
    after = records(folder)
    assert before.items() <= after.items(), "an evaluation was recorded twice"
    assert len(after) == total
    assert "front" in output
