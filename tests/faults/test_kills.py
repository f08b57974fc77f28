"""SIGKILL at random moments of a search, and in each of its phases: it resumes to the same end."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.helpers import ROOT
from tests.helpers.nursery import SEARCH, Nursery

pytestmark = pytest.mark.faults
LANES = 2
WAYS: dict[str, tuple[int, tuple[str, ...]]] = {
    "in one process": (36, ()),
    "with rungs": (12, ("search=halving", "search.rungs=[1,2]", "trainer.final_seeds=2")),
    "with workers": (2, ("executor=local", "executor.workers=2")),
}
"""Of searching: how many of the fifty kills hit it, and its settings. The search with rungs trains
its front with two seeds.
"""

LEFT_BY_ALL = r"torchinductor_|dask-scratch-space$|.*lock$"
"""What PyTorch and Dask leave in the temporary folder after any search: folders and empty files."""

NOTE_TRAININGS = """
import os, tempfile
tempfile.tempdir = None  # that of this child
from hybhanas.nas.evaluator import Evaluator
networks = Evaluator.train_networks
def noted(self, architectures, epochs, *rest, **named):
    begun = f"seed-{self.seed}-until-{named.get('until') or epochs}"
    line = " ".join([begun, *(a.hash for a in architectures)]) + "\\n"
    with open(os.environ["NOTES"], "a") as file:
        file.write(line)
    return networks(self, architectures, epochs, *rest, **named)
Evaluator.train_networks = noted
"""
"""Writes a line for every group that a training begins with."""


def records(folder: Path) -> dict[str, int]:
    """When each evaluation and each final training was recorded (ns)."""
    found = (*folder.glob("records/*.json"), *folder.glob("final/*.json"))
    return {f"{path.parent.name}/{path.name}": path.stat().st_mtime_ns for path in found}


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def start(nursery: Nursery, folder: Path, notes: str, way: Sequence[str] = ()):
    return nursery.start(
        *SEARCH, *way, f"hydra.run.dir={folder}",
        HYBHANAS_CACHE=str(folder.with_suffix(".cache")),  # its writes are killed too
        before=NOTE_TRAININGS, NOTES=str(folder.with_suffix(notes)), TMPDIR=temporary(folder),
    )  # fmt: skip


def temporary(folder: Path) -> str:
    """A search's own, with a path that is short enough for a socket in it."""
    path = Path(tempfile.gettempdir()) / f"{folder.name}-{os.getpid()}.tmp"
    path.mkdir(exist_ok=True)
    return str(path)


def left_in(folder: str) -> set[str]:
    """The names of what only a search that was killed leaves in its temporary folder."""
    names = {path.name for path in Path(folder).rglob("*")}
    return {name for name in names if not re.match(LEFT_BY_ALL, name)}


def trained(folder: Path, notes: str) -> list[str]:
    path = folder.with_suffix(notes)
    return path.read_text().splitlines() if path.exists() else []


def wait_for_first_file(folder: Path) -> None:
    deadline = time.monotonic() + 120
    while not (folder / ".lock").exists():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def time_to_the_end(nursery: Nursery, folder: Path, way: Sequence[str]) -> float:
    """Seconds from the first file of an undisturbed search to its end."""
    child = start(nursery, folder, ".first", way)
    wait_for_first_file(folder)
    began = time.monotonic()
    assert child.wait() == 0, child.errors
    return time.monotonic() - began


def wait_for_records(folder: Path, kind: str, count: int) -> None:
    deadline = time.monotonic() + 120
    while len([*folder.glob(f"{kind}/*.json")]) < count:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def killed_once(
    nursery: Nursery,
    folder: Path,
    wait: Callable[[Path], None],
    whole: Path,
    way: Sequence[str] = (),
) -> tuple[str, int]:
    """Kills a search, resumes it, and checks all that is left.

    Args:
        nursery: of the searches.
        folder: of the search.
        wait: returns when it is to be killed.
        whole: the folder of the same search, undisturbed.
        way: further settings of both.

    Returns:
        Where the kill hit, and how many networks were trained twice.
    """
    child = start(nursery, folder, ".first", way)
    wait(folder)
    child.kill()
    code = child.wait()
    kept = records(folder)
    for name in kept:
        json.loads((folder / name).read_text())
    searched = sum(name.startswith("records/") for name in kept)
    where = (
        "after the end" if code == 0
        else "during the search" if searched < 16
        else "during the final training or the report"
    )  # fmt: skip

    again = start(nursery, folder, ".second", way)
    assert again.wait() == 0, again.errors
    assert (folder / "pareto.json").read_bytes() == (whole / "pareto.json").read_bytes()
    assert kept.items() <= records(folder).items(), "a record was written twice"
    assert files(folder) == files(whole), "something is missing, damaged or left over"
    deadline = time.monotonic() + 60  # what forks workers removes its folder once it has imported
    while left := left_in(temporary(folder)):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
    shutil.rmtree(temporary(folder))
    before, after = trained(folder, ".first"), trained(folder, ".second")
    repeated = set(before) & set(after)
    assert repeated <= set(before[-1:]), "more than the training in flight was repeated"
    shutil.rmtree(folder)
    return where, max((len(group.split()) - 1 for group in repeated), default=0)


def after(moment_s: float) -> Callable[[Path], None]:
    """Waits for a number of seconds from the first file on."""

    def wait(folder: Path) -> None:
        wait_for_first_file(folder)
        time.sleep(moment_s)

    return wait


@pytest.mark.parametrize(
    ("kind", "count", "phase"),
    [
        ("records", 5, "during the search"),  # of sixteen
        ("final", 1, "during the final training or the report"),
    ],
)
def test_a_kill_in_either_phase_leaves_the_undisturbed_front(
    nursery, whole, tmp_path, kind, count, phase
):
    def wait(folder: Path) -> None:
        wait_for_records(folder, kind, count)

    assert killed_once(nursery, tmp_path / "run", wait, whole)[0] == phase


def test_fifty_kills_at_random_moments_leave_fifty_undisturbed_fronts(
    nursery, whole, tmp_path, tell
):
    rng = random.Random("fifty moments")
    with ThreadPoolExecutor(LANES) as lanes:
        for number, (words, (kills, way)) in enumerate(WAYS.items()):
            undisturbed = [tmp_path / f"timed-{number}-{lane}" for lane in range(LANES)]
            duration_s = min(
                lanes.map(lambda f, w=way: time_to_the_end(nursery, f, w), undisturbed)
            )
            moments_s = [rng.uniform(0, duration_s) for _ in range(kills)]

            def kill(i: int, n=number, w=way, moments_s=moments_s, like=undisturbed[0]):
                folder = tmp_path / f"run-{n}-{i}"
                return killed_once(nursery, folder, after(moments_s[i]), like, w)

            outcomes = list(lanes.map(kill, range(kills)))
            if words != "with rungs":  # with them, fewer networks are trained in full
                same = (undisturbed[0] / "pareto.json", whole / "pareto.json")
                assert same[0].read_bytes() == same[1].read_bytes()
            where = Counter(place for place, _ in outcomes)
            places = ", ".join(f"{count} {place}" for place, count in sorted(where.items()))
            most = max(count for _, count in outcomes)
            twice = "" if words == "with workers" else f"; at most {most} networks trained twice"
            tell(
                f"{kills} kills within {duration_s:.1f} s of a search {words}: {places}; "
                f"{kills} fronts as undisturbed{twice}; 0 records damaged"
            )
    assert sum(kills for kills, _ in WAYS.values()) == 50


def test_a_fork_of_the_nursery_gives_what_a_fresh_process_gives(whole, tmp_path):
    environment = os.environ | {"HYBHANAS_CACHE": str(tmp_path / "cache")}
    subprocess.run(
        [sys.executable, "run.py", *SEARCH, f"hydra.run.dir={tmp_path / 'run'}"],
        cwd=ROOT, env=environment, check=True, capture_output=True,
    )  # fmt: skip
    assert (tmp_path / "run" / "pareto.json").read_bytes() == (whole / "pareto.json").read_bytes()
