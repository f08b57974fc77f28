"""PhysicalCircuit: a transpiled circuit as the few facts that its cost depends on."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterExpression


class Instruction(NamedTuple):
    """A gate, `measure` or `barrier` on the calibration's qubits; a barrier only orders.

    `angles` are those of a fixed gate, in radians; None where it has none, or where one is a
    parameter.
    """

    name: str
    qubits: tuple[int, ...]
    angles: tuple[float, ...] | None = None


@dataclass(frozen=True)
class PhysicalCircuit:
    """Instructions in order, and for each classical bit the qubit that is measured into it.

    Example:
        >>> steps = (Instruction("sx", (0,)), Instruction("cz", (0, 1)), Instruction("sx", (1,)))
        >>> circuit = PhysicalCircuit(steps)
        >>> circuit.depth, circuit.two_qubit_gates, dict(circuit.counts)
        (3, 1, {'sx': 2, 'cz': 1})
    """

    instructions: tuple[Instruction, ...]
    measured: tuple[int, ...] = ()

    @cached_property
    def places(self) -> Counter[tuple[str, tuple[int, ...]]]:
        """How often each instruction occurs on the same qubits, barriers included."""
        return Counter((step[0], step[1]) for step in self.instructions)

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each instruction but the barrier occurs."""
        counts: Counter[str] = Counter()
        for (name, _), count in self.places.items():
            if name != "barrier":
                counts[name] += count
        return counts

    @cached_property
    def two_qubit_gates(self) -> int:
        """The number of gates on two qubits."""
        return sum(
            count
            for (name, qubits), count in self.places.items()
            if len(qubits) == 2 and name != "barrier"
        )

    @cached_property
    def depth(self) -> int:
        """The longest chain of instructions, barriers not counted but obeyed."""
        level: defaultdict[int, int] = defaultdict(int)
        for name, qubits, _ in self.instructions:
            if len(qubits) == 1:
                level[qubits[0]] += name != "barrier"
                continue
            reached = 0
            for q in qubits:
                if level[q] > reached:
                    reached = level[q]
            reached += name != "barrier"
            for q in qubits:
                level[q] = reached
        return max(level.values(), default=0)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types: the names once, then [index of name, qubits, angles] a step."""
        names = sorted({step.name for step in self.instructions})
        index = {name: i for i, name in enumerate(names)}
        rows = [[index[name], list(qubits), angles] for name, qubits, angles in self.instructions]
        return {"names": names, "instructions": rows, "measured": list(self.measured)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PhysicalCircuit:
        """The inverse of `to_dict`."""
        names = data["names"]
        steps = (
            Instruction(names[name], tuple(qubits), None if angles is None else tuple(angles))
            for name, qubits, angles in data["instructions"]
        )
        return cls(tuple(steps), tuple(data["measured"]))


def from_qiskit(circuit: QuantumCircuit, physical: tuple[int, ...]) -> PhysicalCircuit:
    """Reads a transpiled circuit.

    Args:
        circuit: on the qubits of a target.
        physical: for each of these qubits its index in the calibration.
    """
    place = {qubit: physical[i] for i, qubit in enumerate(circuit.qubits)}
    instructions, measured = [], {}
    for step in circuit.data:
        qubits = tuple(place[q] for q in step.qubits)
        if step.name == "measure":
            measured[circuit.find_bit(step.clbits[0]).index] = qubits[0]
        instructions.append(Instruction(step.name, qubits, _angles(step.params)))
    return PhysicalCircuit(tuple(instructions), tuple(measured[bit] for bit in sorted(measured)))


def _angles(parameters: list[Any]) -> tuple[float, ...] | None:
    if not parameters:
        return None
    for parameter in parameters:
        if isinstance(parameter, ParameterExpression) and parameter.parameters:
            return None
    return tuple([float(parameter) for parameter in parameters])
