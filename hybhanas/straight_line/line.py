"""StraightLine: the instructions that a machine runs of a circuit, on the qubits that it uses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from qiskit import ClassicalRegister, QuantumCircuit

from hybhanas.errors import CandidateError
from hybhanas.straight_line.flatten import flattened

_WAIT = ("barrier", "delay", "id")
_DO_NOTHING = ("measure", "reset", *_WAIT)
"""What does not make a qubit one that the circuit uses."""


@dataclass(frozen=True, slots=True)
class StraightLine:
    """A circuit as a machine runs it.

    Args:
        circuit: without control flow, on the qubits that it uses, each classical bit in its place,
            and measured.
        origin: for each of its qubits the index in the circuit as it was given.
        width: how many qubits that one had.
        is_laid_out: whether that one came out of a transpiler or names physical qubits, so that
            its indices are those of a machine.
    """

    circuit: QuantumCircuit
    origin: tuple[int, ...]
    width: int
    is_laid_out: bool


def straight_line(
    circuit: QuantumCircuit, dt_s: float | None = None, bits: Collection[int] = ()
) -> StraightLine:
    """The straight line of a circuit; see `flattened` for what is written out.

    Resets of fresh qubits are left out, and so are qubits that no gate acts on, even where they
    wait: they are not measured, since what nothing happens to says nothing. Of a circuit that only
    measures, as those that calibrate a readout, each measured qubit is used. Where nothing is
    measured, every used qubit i is, into the classical bit i.

    Args:
        circuit: any; it is not changed.
        dt_s: the machine's cycle in seconds, for delays that count cycles.
        bits: classical bits whose measurement is kept even of an unused qubit.

    Raises:
        CandidateError: it neither has a gate nor measures, or has what no machine runs in a known
            time.

    Example:
        >>> circuit = QuantumCircuit(3)
        >>> _ = circuit.h(1)
        >>> line = straight_line(circuit)
        >>> line.origin, line.circuit.count_ops()["measure"]
        ((1,), 1)
    """
    flat = flattened(circuit, dt_s)
    position = {qubit: i for i, qubit in enumerate(flat.qubits)}
    used = {position[q] for step in flat.data if step.name not in _DO_NOTHING for q in step.qubits}
    used = used or {position[step.qubits[0]] for step in flat.data if step.name == "measure"}
    if not used:
        raise CandidateError("the circuit has no gate and measures nothing")
    steps = _that_matter(flat, used, position, bits)
    kept = {position[q] for step in steps if step.name not in _WAIT for q in step.qubits}
    out = QuantumCircuit([flat.qubits[i] for i in sorted(kept)])
    measured = any(step.name == "measure" for step in steps)
    if measured:
        out.add_bits(flat.clbits)
    for step in steps:
        qubits = [q for q in step.qubits if position[q] in kept]
        if len(qubits) == len(step.qubits):
            out._append(step)
        elif qubits:
            out.barrier(qubits)
    if not measured:
        _measure(out, [flat.qubits[i] for i in sorted(used)], sorted(used), circuit.num_qubits)
    return StraightLine(out, tuple(sorted(kept)), circuit.num_qubits, circuit.layout is not None)


def _that_matter(
    flat: QuantumCircuit, used: set[int], position: dict[Any, int], bits: Collection[int]
) -> list[Any]:
    """The instructions without resets of fresh qubits and measurements of unused ones."""
    bit = {clbit: i for i, clbit in enumerate(flat.clbits)}
    steps: list[Any] = []
    stirred: set[int] = set()
    for step in flat.data:
        first = position[step.qubits[0]] if step.qubits else None
        if step.name == "reset" and first not in stirred:
            continue
        if step.name == "measure" and first not in used and bit[step.clbits[0]] not in bits:
            continue
        if step.name not in _WAIT:
            stirred.update(position[q] for q in step.qubits)
        steps.append(step)
    return steps


def _measure(out: QuantumCircuit, qubits: list[Any], bits: list[int], width: int) -> None:
    """Measures qubits at the end, each into the bit of its own index."""
    register = ClassicalRegister(width, "measured")
    out.add_register(register)
    out.barrier(qubits)
    for qubit, index in zip(qubits, bits, strict=True):
        out.measure(qubit, register[index])
