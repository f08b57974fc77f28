"""Where each gate of an architecture's circuit stands in a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import isclose, pi
from typing import Any

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.cost.physical import Instruction, PhysicalCircuit
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.gates import GATES, Gate

MOST_GATES = 600
"""That are drawn of a circuit."""

MOST_ON_PAGE = 60_000
"""Transpiled gates that a page holds, so that it stays below 5 MB."""

BOUND = "θ"
"""The angle of a transpiled gate that follows from inputs or weights."""


def drawing(architecture: Architecture) -> dict[str, Any] | None:
    """The circuit as it is before transpilation, in plain JSON types; None where it cannot be laid
    out, as with gates of a module that is not imported here.

    A gate is its name, the source of its angle, its wires, its column, and whether its first wire
    is a control. Columns count from 0; a gate stands in the first one after all gates before it on
    the wires that it spans.

    Example:
        >>> plain = Architecture(qubits=2, rotations="ry", entangler="cx")
        >>> for gate in drawing(plain)["gates"]:
        ...     print(gate)
        ['ry', 'x0', [0], 0, False]
        ['ry', 'x1', [1], 0, False]
        ['ry', 'w0', [0], 1, False]
        ['ry', 'w1', [1], 1, False]
        ['cx', '', [0, 1], 2, True]
    """
    try:
        circuit = lay_out(architecture)
    except (CandidateError, ConfigError, KeyError):
        return None
    gates = [(one.name, _angle(one), one.wires) for one in circuit.gates]
    return _placed(gates, circuit.qubits, MOST_GATES) | {
        "observables": ["".join(f"Z{wire}" for wire in at) for at in circuit.observables],
    }


def transpiled_drawing(physical: PhysicalCircuit, most: int = MOST_GATES) -> dict[str, Any]:
    """The first `most` gates of a circuit as it runs on a machine, drawn likewise. Its wires are
    the qubits that it uses, in order, whose numbers on the machine are `qubits`; `measured` are the
    wires that are read.

    Example:
        >>> steps = Instruction("rz", (7,)), Instruction("sx", (7,)), Instruction("ecr", (7, 4))
        >>> found = transpiled_drawing(PhysicalCircuit(steps))
        >>> found["qubits"], found["gates"][0], found["gates"][2]
        ([4, 7], ['rz', 'θ', [1], 0, False], ['ecr', '', [1, 0], 2, False])
    """
    used = sorted({qubit for step in physical.instructions for qubit in step.qubits})
    wire = {qubit: i for i, qubit in enumerate(used)}
    gates = [
        (step.name, _machine_angle(step), tuple(wire[qubit] for qubit in step.qubits))
        for step in physical.instructions
        if step.name not in ("barrier", "measure")
    ]
    return _placed(gates, len(used), most) | {
        "qubits": used,
        "measured": sorted({wire[qubit] for qubit in physical.measured.values()}),
    }


def _placed(
    gates: Sequence[tuple[str, str, tuple[int, ...]]], wires: int, most: int
) -> dict[str, Any]:
    """The first gates with their columns, and how many there are."""
    ends = [0] * wires
    placed = []
    for name, angle, at in gates[:most]:
        span = range(min(at), max(at) + 1)
        column = max(ends[wire] for wire in span)
        for wire in span:
            ends[wire] = column + 1
        placed.append([name, angle, [*at], column, _is_controlled(name, len(at))])
    return {
        "wires": wires, "gates": placed, "all_gates": len(gates), "columns": max(ends, default=0)
    }  # fmt: skip


def _angle(gate: Gate) -> str:
    """`x0` for the first input, `w0` for the first weight, the product of inputs as `x0 x1`."""
    if gate.weight is not None:
        return f"w{gate.weight}"
    return " ".join(f"x{i}" for i in gate.inputs) if len(gate.inputs) <= 2 else "all x"


def _machine_angle(step: Instruction) -> str:
    if step.angles is None:
        return BOUND if _has_angle(step.name) else ""
    if step.name == "delay":
        return f"{step.angles[0] * 1e9:.3g} ns"
    return " ".join(map(in_pi, step.angles))


@lru_cache
def _has_angle(name: str) -> bool:
    """Whether a gate has one; of a gate that Qiskit does not know it is not told."""
    from qiskit.circuit.library import get_standard_gate_name_mapping

    known = get_standard_gate_name_mapping().get(name)
    return known is not None and bool(known.params)


def in_pi(angle: float) -> str:
    """An angle in radians, as a multiple of pi where it is one of pi/8.

    Example:
        >>> in_pi(-1.5 * pi), in_pi(pi / 4), in_pi(0.0), in_pi(0.1234)
        ('-3π/2', 'π/4', '0', '0.12')
    """
    part = Fraction(round(8 * angle / pi), 8)
    if not isclose(float(part) * pi, angle, abs_tol=1e-9):
        return f"{angle:.2f}" if abs(angle) >= 0.005 else f"{angle:.0e}"
    if part == 0:
        return "0"
    over = "" if part.denominator == 1 else f"/{part.denominator}"
    times = {1: "", -1: "-"}.get(part.numerator, str(part.numerator))
    return f"{times}π{over}"


def _is_controlled(name: str, wires: int) -> bool:
    named = name.startswith("c") and wires == 2
    return named or (name in GATES and GATES[name].control)
