"""Where each gate of an architecture's circuit stands in a drawing."""

from __future__ import annotations

from typing import Any

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.gates import GATES, Gate

MOST_GATES = 600
"""That are drawn of a circuit."""


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
    ends = [0] * circuit.qubits
    gates = []
    for gate in circuit.gates[:MOST_GATES]:
        span = range(min(gate.wires), max(gate.wires) + 1)
        column = max(ends[wire] for wire in span)
        for wire in span:
            ends[wire] = column + 1
        gates.append([gate.name, _angle(gate), [*gate.wires], column, _is_controlled(gate)])
    return {
        "qubits": circuit.qubits,
        "gates": gates,
        "all_gates": len(circuit.gates),
        "columns": max(ends, default=0),
        "observables": ["".join(f"Z{wire}" for wire in at) for at in circuit.observables],
    }


def _angle(gate: Gate) -> str:
    """`x0` for the first input, `w0` for the first weight, the product of inputs as `x0 x1`."""
    if gate.weight is not None:
        return f"w{gate.weight}"
    return " ".join(f"x{i}" for i in gate.inputs) if len(gate.inputs) <= 2 else "all x"


def _is_controlled(gate: Gate) -> bool:
    named = gate.name.startswith("c") and len(gate.wires) == 2
    return named or (gate.name in GATES and GATES[gate.name].control)
