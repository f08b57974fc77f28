"""Running many bindings of a circuit in pieces, each kept in a file, so that a run resumes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from qiskit import QuantumCircuit, qasm3

from hybhanas.nas.records import Records
from hybhanas.steps import Steps


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
    what: str,
    steps: Steps,
) -> list[Piece]:
    """Runs all bindings, `size` at once; pieces that a file is there of are not run again.

    Args:
        sampler: runs them.
        values: [rows, parameters].
        shots: of each row.
        size: rows of a piece.
        seed: see `Sampler.run`.
        origin: names the machine, its calibration and what runs the circuits.
        folder: for the files.
        what: is done here, in words for `steps`.
        steps: shows how many rows were run of those that have no file yet.
    """
    records = Records(folder / "pieces")
    circuit = qasm3.dumps(sampler.circuit)
    batches = {start: values[start : start + size] for start in range(0, len(values), size)}
    keys, pieces = {}, {}
    for start, rows in batches.items():
        text = json.dumps([origin, circuit, rows.tolist(), shots, seed])
        keys[start] = hashlib.sha256(text.encode()).hexdigest()[:32]
        if (piece := records.read(keys[start], _parsed)) is not None:
            pieces[start] = piece
    left = {start: rows for start, rows in batches.items() if start not in pieces}
    ran = 0
    with steps(what, sum(map(len, left.values()))) as done:
        for start, rows in left.items():
            key = keys[start]
            piece = sampler.run(rows, shots, seed + start, folder / "jobs" / f"{key}.json")
            counts = [{str(k): n for k, n in one.items()} for one in piece.counts]
            records.write(key, {"key": key, "counts": counts, "seconds": piece.seconds})
            pieces[start] = piece
            ran += len(rows)
            done(ran)
    return [pieces[start] for start in batches]


def _parsed(data: dict[str, Any]) -> Piece:
    counts = [{int(k): int(n) for k, n in one.items()} for one in data["counts"]]
    return Piece(counts, data["seconds"])
