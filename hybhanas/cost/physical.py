"""PhysicalCircuit: a transpiled circuit as the few facts that its cost depends on."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterExpression


class Instruction(NamedTuple):
    """A gate, `measure`, `reset`, `delay` or `barrier` on the calibration's qubits; a barrier only
    orders.

    `angles` are those of a fixed gate, in radians; None where it has none, or where one is a
    parameter. Of a delay they are its one duration, in seconds.
    """

    name: str
    qubits: tuple[int, ...]
    angles: tuple[float, ...] | None = None


@dataclass(frozen=True)
class PhysicalCircuit:
    """Instructions in order, and for each classical bit the index of the instruction that measures
    into it; None where none does.

    Example:
        >>> steps = (Instruction("sx", (0,)), Instruction("cz", (0, 1)), Instruction("sx", (1,)))
        >>> circuit = PhysicalCircuit(steps)
        >>> circuit.depth, circuit.two_qubit_gates, dict(circuit.counts)
        (3, 1, {'sx': 2, 'cz': 1})
    """

    instructions: tuple[Instruction, ...]
    measurements: tuple[int | None, ...] = ()

    @cached_property
    def measured(self) -> dict[int, int]:
        """The qubit that is measured into each classical bit, of the bits that one is."""
        return {
            bit: self.instructions[index].qubits[0]
            for bit, index in enumerate(self.measurements)
            if index is not None
        }

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
        return {"names": names, "instructions": rows, "measurements": list(self.measurements)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PhysicalCircuit:
        """The inverse of `to_dict`.

        Raises:
            KeyError, IndexError, TypeError, ValueError: `data` is something else.
        """
        names, measurements = data["names"], tuple(data["measurements"])
        steps = tuple(
            Instruction(names[name], tuple(qubits), None if angles is None else tuple(angles))
            for name, qubits, angles in data["instructions"]
        )
        for name, qubits, angles in steps:
            if not (
                type(name) is str
                and all(type(q) is int for q in qubits)
                and all(type(angle) in (float, int) for angle in angles or ())
            ):
                raise ValueError(f"it holds {name!r:.40} on {qubits!r:.40}")
        for index in measurements:
            if index is not None and not (type(index) is int and steps[index].name == "measure"):
                raise ValueError(f"it names {index!r:.40} as a measurement")
        return cls(steps, measurements)


def from_qiskit(circuit: QuantumCircuit, physical: tuple[int, ...]) -> PhysicalCircuit:
    """Reads a transpiled circuit.

    Args:
        circuit: on the qubits of a target.
        physical: for each of these qubits its index in the calibration.
    """
    place = {qubit: physical[i] for i, qubit in enumerate(circuit.qubits)}
    instructions: list[Instruction] = []
    measurements: list[int | None] = [None] * circuit.num_clbits
    for index, step in enumerate(circuit.data):
        if step.name == "measure":
            measurements[circuit.find_bit(step.clbits[0]).index] = index
        qubits = tuple(place[q] for q in step.qubits)
        instructions.append(Instruction(step.name, qubits, _angles(step.params)))
    return PhysicalCircuit(tuple(instructions), tuple(measurements))


def _angles(parameters: list[Any]) -> tuple[float, ...] | None:
    if not parameters:
        return None
    for parameter in parameters:
        if isinstance(parameter, ParameterExpression) and parameter.parameters:
            return None
    return tuple([float(parameter) for parameter in parameters])
