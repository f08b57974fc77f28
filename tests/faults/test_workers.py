"""Workers that die, and a search with workers that is stopped: nothing is lost or left over."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.helpers import ROOT
from tests.helpers.nursery import SEARCH

LONG = ("trainer.epochs=400", "trainer.final_epochs=10")
"""Seconds are left when the first record is there."""
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="two workers need two cores"),
]


LOCAL = ("executor=local", "executor.workers=2")


def start(folder: Path, *executor: str, **environment: str) -> subprocess.Popen[str]:
    """In a process group of its own, as a shell starts it: Ctrl-C goes to all of the group."""
    return subprocess.Popen(
        [sys.executable, "run.py", *SEARCH, *LONG, *executor, f"hydra.run.dir={folder}"],
        cwd=ROOT, env=os.environ | environment, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def forked(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The process that workers are forked from, which is a search's own child, and the workers."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it has ended since, or is a zombie
            found += [child] if "multiprocessing.forkserver" in " ".join(child.cmdline()) else []
    return found


def workers(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return [child for child in forked(process) if _parent(child) != process.pid]


def _parent(process: psutil.Process) -> int | None:
    with suppress(psutil.NoSuchProcess):
        return process.ppid()
    return None


STOPPED = "stopped; the same command on the same folder resumes the run"


def printed(errors: str) -> list[str]:
    return [line for line in errors.splitlines() if not line.startswith("the calibration is")]


def wait_until(condition: Callable[[], object], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def undisturbed(nursery, tmp_path_factory) -> bytes:
    """The front of the search in one process."""
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    child = nursery.run(*SEARCH, *LONG, f"hydra.run.dir={folder}")
    assert child.returncode == 0, child.errors
    return (folder / "pareto.json").read_bytes()


@pytest.mark.parametrize("killed", [workers, forked], ids=["workers", "their parent as well"])
def test_a_worker_that_is_killed_is_replaced_and_the_front_is_that_of_one_process(
    undisturbed, tmp_path, killed
):
    process = start(tmp_path / "run", *LOCAL)
    wait_until(lambda: list(tmp_path.glob("run/records/*.json")), process)
    for one in killed(process):  # all of them: what they held is lost as well
        one.kill()
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert (tmp_path / "run" / "pareto.json").read_bytes() == undisturbed


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("executor", [LOCAL, ("executor=auto",)], ids=["local", "auto"])
def test_a_search_with_workers_that_is_stopped_leaves_none_and_goes_on(
    undisturbed, tmp_path, nursery, executor, stop
):
    folder, temporary = tmp_path / "run", tempfile.mkdtemp()  # a short path
    process = start(folder, *executor, TMPDIR=temporary)
    wait_until(lambda: list(folder.glob("records/*.json")) and len(workers(process)) >= 2, process)
    left = forked(process)
    assert len(left) >= 3
    if stop == signal.SIGINT:
        os.killpg(process.pid, stop)
    else:
        process.send_signal(stop)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == (130 if stop == signal.SIGINT else -stop), errors
    if stop == signal.SIGINT:
        assert printed(errors) == [STOPPED]
    psutil.wait_procs(left, timeout=30)
    assert not [worker for worker in left if worker.is_running()]
    assert not [*Path(temporary).glob("pymp-*")]
    child = nursery.run(*SEARCH, *LONG, f"hydra.run.dir={folder}")
    assert child.returncode == 0, child.errors
    assert (folder / "pareto.json").read_bytes() == undisturbed


@pytest.mark.parametrize("after_s", [0, 0.5, 2, 5])
def test_ctrl_c_while_workers_start_is_one_line_and_leaves_none(tmp_path, after_s):
    process = start(tmp_path / "run", *LOCAL)
    wait_until(lambda: forked(process), process)
    time.sleep(after_s)
    started = forked(process)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, printed(errors)) == (130, [STOPPED])
    _, left = psutil.wait_procs(started, timeout=5)
    assert not left


def test_a_search_without_any_worker_continues_in_process_and_logs_it_once(undisturbed, tmp_path):
    without = ["unshare", "--net"]  # not even a loopback interface
    if subprocess.run([*without, "true"], capture_output=True, check=False).returncode:
        pytest.skip("a network namespace takes root")
    folder = tmp_path / "run"
    outcome = subprocess.run(
        [*without, sys.executable, "run.py", *SEARCH, *LONG, "executor=auto",
         f"hydra.run.dir={folder}"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"},  # not half a minute
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stderr
    (said,) = printed(outcome.stderr)
    assert re.fullmatch(
        r"executor=auto: workers cannot be started \(.+\); continuing in this process", said
    )
    assert (folder / "pareto.json").read_bytes() == undisturbed
