"""A W&B server that falls silent: the search ends with its results, in bounded time, and nothing of
W&B stays; also where it is killed while it waits.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.helpers import ROOT, wandb_file
from tests.helpers.nursery import SEARCH

pytestmark = pytest.mark.faults
KILLS = 4
LONG = ("trainer.epochs=100", "trainer.final_epochs=200")
"""W&B has started before the search ends."""


@pytest.fixture
def silent_after() -> Iterator[tuple[Path, dict[str, str]]]:
    """A file that makes a server fall silent once it is there, and the environment to reach it."""
    with tempfile.TemporaryDirectory() as folder:
        silent = Path(folder) / "silent"
        server = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "helpers" / "wandb_server.py"), str(silent)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert server.stdout is not None
        address = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        environment = {k: v for k, v in os.environ.items() if k != "WANDB_MODE"}
        yield silent, environment | {"WANDB_BASE_URL": address, "WANDB_API_KEY": "a" * 40}
        server.kill()
        server.communicate()


def start(folder: Path, environment: dict[str, str], *overrides: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "run.py", *SEARCH, "logger.mode=online", *overrides,
         f"hydra.run.dir={folder}"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def wait_for(condition: Callable[[], object], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def services(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The processes of W&B that a search has started."""
    children = psutil.Process(process.pid).children(recursive=True)
    return [child for child in children if child.name().startswith("wandb")]


def test_a_server_that_falls_silent_holds_no_finished_search(silent_after, tmp_path):
    silent, environment = silent_after
    temporary = tempfile.mkdtemp()
    folder = tmp_path / "run"
    process = start(
        folder, environment | {"TMPDIR": temporary}, "logger.finish_timeout_s=3", *LONG
    )  # fmt: skip
    wait_for((folder / "wandb" / "service.json").exists, process)
    silent.touch()
    wait_for((folder / "run.json").exists, process)
    left = services(process)
    finished = time.monotonic()
    output, errors = process.communicate(timeout=120)
    assert time.monotonic() - finished < 60
    assert process.returncode == 0, errors
    assert "architectures in" in output
    (said,) = [line for line in errors.splitlines() if line.startswith("W&B: ")]
    assert " within logger.finish_timeout_s=3;" in said or "continues without it" in said
    _, alive = psutil.wait_procs(left, timeout=10)
    assert not alive
    assert not [*Path(temporary).glob("*wandb*")]
    assert not (folder / ".lock").exists()


@pytest.mark.parametrize("moment", range(KILLS))
def test_a_kill_during_the_farewell_to_wandb_loses_nothing(
    silent_after, nursery, tmp_path, tell, moment
):
    silent, environment = silent_after
    folder = tmp_path / "run"
    process = start(folder, environment, "logger.finish_timeout_s=60", *LONG)
    wait_for((folder / "wandb" / "service.json").exists, process)
    silent.touch()
    wait_for((folder / "run.json").exists, process)
    time.sleep(0.4 * moment)
    left = services(process)
    with process:  # does not wait for the end of its output, which W&B's service holds open
        process.kill()
    front = (folder / "pareto.json").read_bytes()
    kept = {
        p: p.stat().st_mtime_ns
        for kind in ("records", "final")
        for p in folder.glob(f"{kind}/*.json")
    }
    again = nursery.run(*SEARCH, *LONG, "logger.mode=offline", f"hydra.run.dir={folder}")
    assert again.returncode == 0, again.errors
    assert (folder / "pareto.json").read_bytes() == front
    assert {p: p.stat().st_mtime_ns for p in kept if p.exists()} == kept
    _, alive = psutil.wait_procs(left, timeout=30)
    assert not alive
    tell(f"killed {0.4 * moment:.1f} s into the farewell to W&B: nothing lost")


TRACKED = """
import logging, sys
from pathlib import Path
from hybhanas.reporting import wandb_runs
from hybhanas.reporting.service import About
from hybhanas.reporting.tracking import Tracker
logging.basicConfig(format="%(message)s")
wandb_runs.START_TIMEOUT_S, finish_timeout_s, folder = *map(float, sys.argv[1:3]), Path(sys.argv[3])
about = About(name="name", job_type="search", config={}, repeats=True)
with Tracker(mode="online", finish_timeout_s=finish_timeout_s).run(folder, about) as run:
    run.log({"front_size": 3}, step=1)
print(run.finished, run.online)
"""
OFFLINE = r"W&B: .*; this run is offline, and wandb sync uploads it later"
NOT_STARTED = (
    r"W&B: it did not start within logger.finish_timeout_s=0.5; nothing was tracked; run the same "
    "command again to track it"
)


@pytest.mark.parametrize(
    ("start_s", "finish_s", "line", "finished"),
    [(0.5, 60, OFFLINE, True), (60, 0.5, NOT_STARTED, False)],
)
def test_a_server_that_never_answers_is_one_line_after_that_of_the_key(
    silent_after, tmp_path, start_s, finish_s, line, finished
):
    silent, environment = silent_after
    silent.touch()
    started = time.monotonic()
    outcome = subprocess.run(
        [sys.executable, "-c", TRACKED, str(start_s), str(finish_s), str(tmp_path)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert time.monotonic() - started < 30
    *login, said = outcome.stderr.splitlines()
    assert len(login) == 1 or (not login and not finished)  # given up before W&B read the key
    for one in login:
        assert re.match(r"wandb: \[wandb.login\(\)\] Loaded credentials", one), one
    assert re.fullmatch(line, said), said
    assert outcome.stdout == f"{finished} False\n"
    if finished:
        assert wandb_file.of_search(tmp_path).history[0]["front_size"] == 3


FAREWELL = """
import logging, sys, time
from pathlib import Path
from hybhanas.reporting.service import About
from hybhanas.reporting.tracking import Tracker
logging.basicConfig(format="%(message)s")
mode, folder, silent = sys.argv[1], Path(sys.argv[4]), Path(sys.argv[5])
finish_timeout_s, pause_s = map(float, sys.argv[2:4])
about = About(name="name", job_type="search", config={}, repeats=True)
with Tracker(mode=mode, finish_timeout_s=finish_timeout_s).run(folder, about) as run:
    run.log({"front_size": 3}, step=1)
    while not (folder / "wandb" / "service.json").exists():
        time.sleep(0.02)
    silent.touch()
    time.sleep(pause_s)
print(run.finished, time.time())
"""


def test_a_service_that_is_stopped_is_one_line(silent_after, tmp_path):
    silent, environment = silent_after
    process = subprocess.Popen(
        [sys.executable, "-c", FAREWELL, "offline", "1", "2", str(tmp_path), str(silent)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for(silent.exists, process)
    for service in services(process):
        service.suspend()
    output, errors = process.communicate(timeout=60)
    assert output.startswith("False")
    assert errors.splitlines() == [
        "W&B: it did not finish within logger.finish_timeout_s=1; wandb sync uploads later what it "
        "has written"
    ]


def test_a_farewell_to_wandb_is_not_cut_off_by_the_next_search_in_the_folder(
    silent_after, tmp_path
):
    silent, environment = silent_after
    silent.unlink(missing_ok=True)
    command = [sys.executable, "-c", FAREWELL]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    first = subprocess.Popen(
        [*command, "online", "6", "0", str(tmp_path), str(silent)],
        cwd=ROOT,
        env=environment,
        **pipes,
    )
    wait_for(silent.exists, first)
    second = subprocess.Popen(
        [*command, "offline", "60", "0", str(tmp_path), str(silent)],
        cwd=ROOT,
        env=environment,
        **pipes,
    )
    (output, errors), (later, no_errors) = first.communicate(), second.communicate()
    assert "W&B: it did not finish within logger.finish_timeout_s=6; wandb sync" in errors
    assert output.startswith("False")
    assert later.startswith("True")
    assert "W&B" not in no_errors
    assert float(later.split()[1]) > float(output.split()[1])
    assert wandb_file.of_search(tmp_path).history[0]["front_size"] == 3
