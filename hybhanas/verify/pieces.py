"""Running many bindings of a circuit in pieces, each kept in a file, so that a run resumes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from qiskit import QuantumCircuit, qasm3

from hybhanas.nas.records import Records


@dataclass(frozen=True, slots=True)
class Piece:
    """What came of some bindings: the counts of each, and the seconds that a machine was busy."""

    counts: list[dict[int, int]]
    seconds: float | None = None


class Sampler(Protocol):
    """What runs circuits: Aer, or a machine."""

    @property
    def circuit(self) -> QuantumCircuit:
        """With its free parameters."""
        ...

    def run(self, values: np.ndarray, shots: int, seed: int, job: Path) -> Piece:
        """Runs a circuit for each row of parameter values.

        Args:
            values: [rows, parameters].
            shots: of each row.
            seed: of what is random in a simulation.
            job: a file in which a submitted job is noted, so that it is not submitted again.
        """
        ...


def run_pieces(  # noqa: PLR0913 - what a piece depends on
    sampler: Sampler,
    values: np.ndarray,
    shots: int,
    size: int,
    seed: int,
    origin: str,
    folder: Path,
    notify: Callable[[int], object],
) -> Iterator[Piece]:
    """Runs all bindings, `size` at once; pieces that a file is there of are not run again.

    Args:
        sampler: runs them.
        values: [rows, parameters].
        shots: of each row.
        size: rows of a piece.
        seed: see `Sampler.run`.
        origin: names the machine, its calibration and what runs the circuits.
        folder: for the files.
        notify: is called with the number of rows that are done.
    """
    records = Records(folder / "pieces")
    circuit = qasm3.dumps(sampler.circuit)
    for start in range(0, len(values), size):
        rows = values[start : start + size]
        text = json.dumps([origin, circuit, rows.tolist(), shots, seed])
        key = hashlib.sha256(text.encode()).hexdigest()[:32]
        piece = records.read(key, _parsed)
        if piece is None:
            piece = sampler.run(rows, shots, seed + start, folder / "jobs" / f"{key}.json")
            counts = [{str(k): n for k, n in one.items()} for one in piece.counts]
            records.write(key, {"key": key, "counts": counts, "seconds": piece.seconds})
        notify(start + len(rows))
        yield piece


def _parsed(data: dict[str, Any]) -> Piece:
    counts = [{int(k): int(n) for k, n in one.items()} for one in data["counts"]]
    return Piece(counts, data["seconds"])
