"""Damaged records, a full disk, a folder that cannot be written to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.nursery import SEARCH

pytestmark = pytest.mark.faults


@pytest.fixture
def disk(tmp_path) -> Iterator[Path]:
    """A file system of 200 KiB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("mounting takes root")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "hybhanas-test", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip(f"mounting is not permitted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)


def errors(child) -> list[str]:
    return [line for line in child.errors.splitlines() if not line.startswith("the calibration is")]


@pytest.mark.parametrize("damage", ["truncated", "emptied", "another architecture's"])
@pytest.mark.parametrize("kind", ["records", "final"])
def test_a_damaged_record_is_set_aside_said_and_made_again(nursery, whole, tmp_path, damage, kind):
    folder = tmp_path / "run"
    shutil.copytree(whole, folder)
    (folder / "pareto.json").unlink()
    path, other = sorted((folder / kind).glob("*.json"))[:2]
    content = {
        "truncated": path.read_bytes()[:40],
        "emptied": b"",
        "another architecture's": other.read_bytes(),
    }[damage]
    path.write_bytes(content)
    child = nursery.run(*SEARCH, f"hydra.run.dir={folder}")
    assert child.returncode == 0
    (said,) = [line for line in errors(child) if "is damaged" in line]
    assert said.startswith(f"record {path.name} is damaged (")
    assert (folder / kind / "damaged" / path.name).read_bytes() == content
    ours, theirs = (json.loads((f / kind / path.name).read_text()) for f in (folder, whole))
    assert ours | {"seconds": 0} == theirs | {"seconds": 0}
    assert (folder / "pareto.json").read_bytes() == (whole / "pareto.json").read_bytes()


@pytest.mark.parametrize("room", range(8, 200, 24))
def test_a_full_disk_is_one_line_and_the_search_goes_on_once_there_is_room(
    nursery, whole, disk, room
):
    folder = disk / "run"
    (disk / "ballast").write_bytes(bytes(1024 * (200 - room)))
    child = nursery.run(*SEARCH, f"hydra.run.dir={folder}")
    assert child.returncode == 2, child.errors
    (line,) = errors(child)
    assert line.startswith(f"error: {folder}")
    assert line.endswith(": No space left on device")
    assert not list(disk.rglob("*.part"))
    for path in disk.rglob("*.json"):
        json.loads(path.read_text())
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("records/*.json")}

    remount(disk, "size=20m")
    again = nursery.run(*SEARCH, f"hydra.run.dir={folder}")
    assert again.returncode == 0, again.errors
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert (folder / "pareto.json").read_bytes() == (whole / "pareto.json").read_bytes()


def test_a_folder_that_is_read_only_is_one_line_and_the_search_goes_on_once_it_is_not(
    nursery, whole, disk
):
    remount(disk, "size=20m")
    folder = disk / "run"
    folder.mkdir()
    remount(disk, "ro")
    child = nursery.run(*SEARCH, f"hydra.run.dir={folder}")
    assert child.returncode == 2
    (line,) = errors(child)
    assert line == f"error: {folder}/.lock: Read-only file system"
    assert not list(folder.iterdir())
    remount(disk, "rw")
    assert nursery.run(*SEARCH, f"hydra.run.dir={folder}").returncode == 0
    assert (folder / "pareto.json").read_bytes() == (whole / "pareto.json").read_bytes()
