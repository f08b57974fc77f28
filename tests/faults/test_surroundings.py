"""Streams that are closed, full or broken, users without a home, signals at any time, odd folders:
the documented result, or one line.
"""

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

pytestmark = pytest.mark.faults
STOPPED = "stopped; the same command on the same folder resumes the run"


def start(*arguments: str, **options) -> subprocess.Popen[str]:
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": os.environ} | options
    return subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), *arguments], cwd=ROOT, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL), **options,
    )  # fmt: skip


def said(errors: str) -> list[str]:
    return [line for line in errors.splitlines() if not line.startswith("the calibration is")]


def same_front(folder: Path, whole: Path) -> bool:
    return (folder / "pareto.json").read_bytes() == (whole / "pareto.json").read_bytes()


def test_without_stdout_a_search_comes_to_its_front(whole, tmp_path):
    command = [sys.executable, str(ROOT / "run.py"), *SEARCH, f"hydra.run.dir={tmp_path / 'run'}"]
    outcome = subprocess.run(
        ["bash", "-c", 'exec "$@" >&-', "bash", *command],
        cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert (outcome.returncode, said(outcome.stderr)) == (0, [])
    assert same_front(tmp_path / "run", whole)


@pytest.mark.parametrize("sweep", [False, True])
def test_a_full_stdout_is_one_line(whole, tmp_path, sweep):
    folder = f"hydra.{'sweep' if sweep else 'run'}.dir={tmp_path / 'run'}"
    with open("/dev/full", "w") as full:
        process = start(*(["-m"] if sweep else []), *SEARCH, folder, stdout=full)
        _, errors = process.communicate(timeout=300)
    assert process.returncode == 2
    assert len(said(errors)) == 1, errors
    assert "what the run prints cannot be written: No space left on device" in said(errors)[0]


def test_where_stderr_is_full_as_well_the_exit_code_reports_a_mistake():
    with open("/dev/full", "w") as full:
        process = start(*SEARCH, "seed=many", stdout=full, stderr=full)
        assert process.wait(timeout=300) == 2


def test_a_pipe_that_nobody_reads_from_is_one_line_and_the_search_resumes(nursery, whole, tmp_path):
    process = start(*SEARCH, f"hydra.run.dir={tmp_path / 'run'}")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    _, errors = process.communicate(timeout=300)
    assert (process.returncode, len(said(errors))) == (2, 1), errors
    assert "what the run prints cannot be written: Broken pipe" in said(errors)[0]
    assert nursery.run(*SEARCH, f"hydra.run.dir={tmp_path / 'run'}").returncode == 0
    assert same_front(tmp_path / "run", whole)


def test_a_user_without_a_home_is_one_line_that_says_what_to_set(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("becoming another user takes root")
    environment = {k: v for k, v in os.environ.items() if k not in ("HOME", "HYBHANAS_CACHE")}
    tmp_path.chmod(0o777)
    try:
        subprocess.run(
            [sys.executable, "-c", "import hybhanas"],
            cwd=ROOT, user=12345, env=environment, capture_output=True, check=True,
        )  # fmt: skip
    except (PermissionError, subprocess.CalledProcessError):
        pytest.skip("this checkout cannot be read by another user")
    process = start(*SEARCH, f"hydra.run.dir={tmp_path / 'run'}", user=12345, env=environment)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 2
    (line,) = said(errors)
    assert line.startswith("error: cache=~/.cache/hybhanas is not accepted: there is no such home")


@pytest.mark.parametrize("module", ["yaml", "omegaconf", "hydra.main"])
def test_ctrl_c_while_it_imports_is_one_line(tmp_path, module):
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", "run.py", *SEARCH, f"hydra.run.dir={tmp_path}/run"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if line.rpartition("|")[2].strip() == module:
            break
    process.send_signal(signal.SIGINT)
    errors = [line for line in process.stderr if not line.startswith("import time:")]
    process.stderr.close()
    assert (process.wait(timeout=60), said("".join(errors))) == (130, [STOPPED])


STOPS = "os.kill(os.getpid(), signal.{stop}); time.sleep(5)"
LOSES_A_STOP = {
    "excepts everything": f"""
try:
    {STOPS}
except:
    pass
""",
    "another error": f"""
try:
    {STOPS}
except:
    raise ImportError("lacks a part of its own")
""",
    "__set_name__": f"""
class Member:
    def __set_name__(self, owner, name):
        {STOPS}

class Members:
    member = Member()
""",
}


@pytest.mark.parametrize(("stop", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
@pytest.mark.parametrize("loses", LOSES_A_STOP)
def test_a_module_that_loses_a_signal_while_it_is_imported_keeps_no_search_from_ending(
    nursery, tmp_path, loses, stop, code
):
    source = "import os, signal, time\n" + LOSES_A_STOP[loses].format(stop=stop)
    (tmp_path / "loses.py").write_text(source)
    before = f"import sys; sys.path.append({str(tmp_path)!r})"
    folder = f"hydra.run.dir={tmp_path / 'run'}"
    child = nursery.run(*SEARCH, "plugins=[loses]", folder, before=before)
    assert (child.returncode, said(child.errors)) == (code, [STOPPED])


@pytest.mark.parametrize(
    ("stop", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["TERM", "HUP"]
)
def test_a_search_that_is_told_to_end_clears_up_and_resumes(nursery, whole, tmp_path, stop, code):
    folder, temporary = tmp_path / "run", tmp_path / "tmp"
    temporary.mkdir()
    before = signal.signal(stop, signal.SIG_DFL)  # nohup has it ignored, by children as well
    process = start(
        *SEARCH, "logger.mode=offline", f"hydra.run.dir={folder}",
        env=os.environ | {"TMPDIR": str(temporary)},
    )  # fmt: skip
    signal.signal(stop, before)
    deadline = time.monotonic() + 120
    while not [*folder.glob("records/*.json")]:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(stop)
    _, errors = process.communicate(timeout=90)
    assert (process.returncode, said(errors)) == (code, [STOPPED])
    assert not (folder / ".lock").exists()
    assert not [*temporary.glob("*wandb*")]
    assert nursery.run(*SEARCH, f"hydra.run.dir={folder}").returncode == 0
    assert same_front(folder, whole)


@pytest.mark.parametrize("name", ["back\\slash", "a" * 200, "Ω 🙂 'x' $HOME"])
def test_folders_of_any_name(nursery, whole, tmp_path, name):
    quoted = name.replace("\\", "\\\\").replace("'", "\\'").replace("$", "\\$")
    child = nursery.run(*SEARCH, f"hydra.run.dir='{tmp_path}/{quoted}'")
    assert child.returncode == 0, child.errors
    assert any(same_front(folder, whole) for folder in tmp_path.iterdir())


def test_a_name_that_is_too_long_is_one_line(nursery, tmp_path):
    child = nursery.run(*SEARCH, f"hydra.run.dir={tmp_path / ('a' * 256)}")
    assert child.returncode == 2
    assert len(said(child.errors)) == 1
    assert child.errors.strip().endswith("File name too long")


READ_ONLY = 'mount -t tmpfs -o ro tmpfs /dev/shm && exec "$@"'


def refused_without(without: list[str], tmp_path: Path) -> str:
    """The one line of a search with workers in a namespace that lacks something."""
    if subprocess.run([*without, "true"], capture_output=True, check=False).returncode:
        pytest.skip("a namespace takes root")
    outcome = subprocess.run(
        [*without, sys.executable, "run.py", *SEARCH, "executor=local",
         f"hydra.run.dir={tmp_path / 'run'}"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert outcome.returncode == 2
    assert not [*tmp_path.glob("run/records/*.json")]
    (line,) = said(outcome.stderr)
    return line


def test_workers_without_shared_memory_are_said_in_one_line(tmp_path):
    line = refused_without(["unshare", "--mount", "bash", "-c", READ_ONLY, "bash"], tmp_path)
    assert line.startswith("error: executor: workers need semaphores")


def test_workers_without_loopback_are_said_and_no_candidate_is_blamed(tmp_path):
    line = refused_without(["unshare", "--net"], tmp_path)
    assert line.startswith("error: executor: workers need")
    assert "the loopback interface" in line


def test_workers_without_proc_are_said_in_one_line(tmp_path):
    script = 'mount -t tmpfs tmpfs /proc && exec "$@"'
    line = refused_without(["unshare", "--mount", "bash", "-c", script, "bash"], tmp_path)
    assert line.startswith("error: executor: workers need /proc")
