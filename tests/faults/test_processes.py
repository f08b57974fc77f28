"""Two searches in one folder, a clock set back, W&B dying: what happens between processes."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests.helpers.nursery import SEARCH

pytestmark = pytest.mark.faults


def wait_for(condition, timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def same_front(folder: Path, whole: Path) -> bool:
    return (folder / "pareto.json").read_bytes() == (whole / "pareto.json").read_bytes()


def test_a_second_search_in_the_same_folder_refuses_and_names_the_first(nursery, whole, tmp_path):
    folder = tmp_path / "run"
    first = nursery.start(*SEARCH, f"hydra.run.dir={folder}")
    wait_for((folder / "settings.json").exists)
    first.kill(signal.SIGSTOP)  # alive, for as long as the second one takes
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}
    second = nursery.run(*SEARCH, f"hydra.run.dir={folder}")
    assert second.returncode == 2
    (line,) = [line for line in second.errors.splitlines() if line.startswith("error:")]
    assert re.search(
        rf"hydra.run.dir={folder} is not accepted: a search is running there, process {first.pid} "
        r"on \S+ since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00; accepted: another folder",
        line,
    )
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()} == before
    first.kill(signal.SIGCONT)
    assert first.wait() == 0
    assert same_front(folder, whole)
    assert not (folder / ".lock").exists()


def test_the_lock_of_a_killed_search_holds_nobody_off(nursery, whole, tmp_path):
    folder = tmp_path / "run"
    first = nursery.start(*SEARCH, f"hydra.run.dir={folder}")
    wait_for((folder / ".lock").exists)
    first.kill(signal.SIGSTOP)
    first.kill(signal.SIGKILL)
    first.wait()
    assert (folder / ".lock").exists()
    assert nursery.run(*SEARCH, f"hydra.run.dir={folder}").returncode == 0
    assert same_front(folder, whole)


BACK = """
import os, time
year = 365.25 * 86400
real = time.time
time.time = lambda: real() - year
time.time_ns = lambda: int(time.time() * 1e9)
"""


def test_a_clock_that_was_set_back_changes_nothing(nursery, whole, tmp_path):
    folder = tmp_path / "run"
    first = nursery.start(*SEARCH, f"hydra.run.dir={folder}")
    wait_for(lambda: len(list(folder.glob("records/*.json"))) >= 4)
    first.kill()
    first.wait()
    future = time.time() + 365 * 86400
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (future, future))
    kept = {path: path.read_bytes() for path in folder.glob("records/*.json")}
    again = nursery.run(*SEARCH, f"hydra.run.dir={folder}", before=BACK)
    assert again.returncode == 0, again.errors
    assert {path: path.read_bytes() for path in kept} == kept
    assert same_front(folder, whole)


def test_a_search_whose_wandb_dies_reaches_the_same_front_and_logs_it_once(
    nursery, whole, tmp_path
):
    folder = tmp_path / "run"
    child = nursery.start(*SEARCH, "logger.mode=offline", f"hydra.run.dir={folder}")
    wait_for(lambda: _wandb_services(child.pid))
    (service,) = _wandb_services(child.pid)
    os.kill(service, signal.SIGKILL)
    assert child.wait() == 0, child.errors
    (said,) = [line for line in child.errors.splitlines() if "W&B" in line]
    assert said.endswith("this run continues without it")
    assert "Traceback" not in child.errors
    assert same_front(folder, whole)
    assert json.loads((folder / "run.json").read_text())["evaluations"] == 16


def _wandb_services(parent: int) -> list[int]:
    return [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if f"--pid\0{parent}\0" in _text(path)
    ]


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended
        return ""
