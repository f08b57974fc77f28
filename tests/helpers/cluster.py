"""A SLURM of this machine's own, by scripts/local_slurm.sh."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "local_slurm.sh"


def script(verb: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SCRIPT), verb, str(folder)], capture_output=True, text=True, check=False, timeout=120
    )


def new_folder(name: str) -> Path:
    """Not pytest's own, which user munge cannot reach."""
    return Path(tempfile.gettempdir()) / f"hybhanas-{name}-{os.getpid()}"


@pytest.fixture(scope="session")
def slurm() -> Iterator[dict[str, str]]:
    """A SLURM of this machine's own: what the environment of sbatch, and of its callers, needs."""
    folder = new_folder("slurm")
    outcome = script("up", folder)
    if outcome.returncode != 0:
        pytest.fail(f"these tests need a SLURM, and there is none: {outcome.stderr}", pytrace=False)
    yield {"SLURM_CONF": str(folder / "slurm.conf")}
    outcome = script("down", folder)
    assert outcome.returncode == 0, outcome.stderr
