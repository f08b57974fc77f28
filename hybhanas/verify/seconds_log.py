"""The log of predicted and seen seconds of jobs on machines, and what it says of further jobs."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from hybhanas.cost.bands import Band
from hybhanas.cost.job import JobCost
from hybhanas.stored import MAX_BYTES, checked, read_bytes

NAME = "machine_seconds.jsonl"
"""Of the file, a JSON object a line."""

COVERED = 0.9
LEAST = 19
"""Rows of one machine from which on they say more than archived jobs of others: of fewer, not even
the smallest and the largest have COVERED of all between them.
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What running a network on a machine took, all of its jobs together."""

    backend: str
    generation: str  # of the constants that it was predicted with
    predicted_s: float
    seen_s: float
    executions: int
    jobs: int

    def __post_init__(self) -> None:
        if not (self.predicted_s > 0 and self.seen_s > 0):
            raise ValueError(f"its seconds are {self.predicted_s:g} and {self.seen_s:g}")


def append(file: Path, seen: Seen) -> None:
    """Adds a row; the file and its folder are made if they are missing.

    Raises:
        OSError: it cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as lines:
        lines.write(json.dumps(asdict(seen)) + "\n")


def read(file: Path) -> list[Seen]:
    """The rows of a log; none where there is no file. Rows that cannot be read, as the last of a
    process that was killed, are counted in a warning and left out.
    """
    try:
        lines = read_bytes(file, MAX_BYTES).decode(errors="replace").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        log.warning("%s is left out: %s", file, error)
        return []
    rows, damaged = [], 0
    for line in lines:
        try:
            rows.append(Seen(**checked(Seen, json.loads(line))))
        except (ValueError, RecursionError):
            damaged += 1
    if damaged:
        log.warning("%s: %d of %d rows are left out: damaged", file, damaged, len(lines))
    return rows


def band_of(rows: Sequence[Seen], backend: str, generation: str) -> Band | None:
    """The factors on predicted seconds between which 90 % of further jobs of a machine lie, if they
    are like those of the log; None where it has fewer than LEAST of them.

    Of n ratios in order the k-th and the (n + 1 - k)-th have (n + 1 - 2 k) / (n + 1) of all between
    them, whatever their distribution; k is the largest with at least COVERED.

    Example:
        >>> one = {"backend": "a", "generation": "b", "executions": 1, "jobs": 1}
        >>> rows = [Seen(**one, predicted_s=10.0, seen_s=10.0 + i) for i in range(39)]
        >>> band_of(rows, "a", "b")  # the second and the last but one of 39
        Band(low=1.1, high=4.7)
    """
    ratios = sorted(
        row.seen_s / row.predicted_s
        for row in rows
        if (row.backend, row.generation) == (backend, generation)
    )
    if len(ratios) < LEAST:
        return None
    k = math.floor((1 - COVERED) / 2 * (len(ratios) + 1) + 1e-9)
    return Band(ratios[k - 1], ratios[-k])


def sharpened(job: JobCost, rows: Sequence[Seen]) -> JobCost:
    """A job with the interval that a log gives of its machine; as it is if it has too few."""
    origin = job.provenance
    band = band_of(rows, origin.backend, origin.generation)
    if band is None:
        return job
    return replace(job, qpu_low_s=job.qpu_s * band.low, qpu_high_s=job.qpu_s * band.high)
