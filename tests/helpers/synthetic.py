"""Synthetic backends and circuits, whose answers a reader can work out by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from hybhanas.calibration import Calibration, GateProperties, Qubit
from hybhanas.cost.physical import Instruction, PhysicalCircuit


def make_calibration(
    qubits: int = 2,
    edges: Sequence[tuple[int, int]] = ((0, 1),),
    sx_s: float = 50e-9,
    cz_s: float = 100e-9,
    sx_error: float = 0.001,
    cz_error: float = 0.01,
    t1_s: float | None = 100e-6,
    t2_s: float | None = 80e-6,
    readout_s: float | None = 1e-6,
    readout_error: float | None = 0.02,
    rep_delay_s: float | None = 250e-6,
    max_circuits_per_job: int = 100,
) -> Calibration:
    """A machine whose every figure a reader can multiply by hand; CZ acts both ways."""
    places = [(i,) for i in range(qubits)]
    pairs = sorted({pair for i, j in edges for pair in ((i, j), (j, i))})
    return Calibration(
        name="synthetic",
        source="test",
        date=datetime(2026, 1, 1, tzinfo=UTC),
        qubits=tuple(Qubit(i, t1_s, t2_s, readout_error, readout_s) for i in range(qubits)),
        gates={
            "rz": {at: GateProperties(0.0, 0.0) for at in places},
            "sx": {at: GateProperties(sx_s, sx_error) for at in places},
            "x": {at: GateProperties(sx_s, sx_error) for at in places},
            "cz": {at: GateProperties(cz_s, cz_error) for at in pairs},
        },
        rep_delay_s=rep_delay_s,
        max_circuits_per_job=max_circuits_per_job,
    )


def physical_circuit(steps: Iterable[tuple[Any, ...]]) -> PhysicalCircuit:
    """A circuit of (name, qubits) or (name, qubits, angles) tuples; measured in their order."""
    instructions = tuple(Instruction(*step) for step in steps)
    measured = tuple(step.qubits[0] for step in instructions if step.name == "measure")
    return PhysicalCircuit(instructions, measured)
