"""What is measured of a circuit: which circuits run for given observables, and what each gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import Pauli, SparsePauliOp

from hybhanas.errors import CandidateError
from hybhanas.straight_line.flatten import flattened
from hybhanas.straight_line.line import StraightLine, straight_line

Products = Sequence[tuple[int, ...]]
"""Products of Z, each by the classical bits it is read from."""

MAX_OBSERVABLES = 4096
"""Pauli strings that are accepted."""


def measured_lines(
    circuit: QuantumCircuit, observables: Any, dt_s: float | None
) -> list[tuple[StraightLine, Products | None]]:
    """The circuits that run, each with the products of Z that are read from it.

    Args:
        circuit: any.
        observables: None for Z of each measured bit; products of Z as tuples of classical bits;
            or Pauli strings, as labels whose rightmost letter is qubit 0 or as a SparsePauliOp.
            Strings that agree qubit by qubit share a circuit; the circuit's own measurements at
            its end are replaced.
        dt_s: see `straight_line`.

    Raises:
        CandidateError: a circuit that cannot be costed, or an observable that is not one of it.
    """
    if observables is None or not len(observables):
        return [(straight_line(circuit, dt_s), None)]
    if not isinstance(observables, SparsePauliOp) and all(
        not isinstance(observable, str | Pauli) for observable in observables
    ):
        products = [tuple(int(bit) for bit in product) for product in observables]
        kept = {bit for product in products for bit in product}
        return [(straight_line(circuit, dt_s, kept), products)]
    paulis = _paulis(observables, circuit.num_qubits)
    bare = _unmeasured(flattened(circuit, dt_s))
    return [_rotated(bare, group) for group in paulis.group_commuting(qubit_wise=True)]


def _paulis(observables: Any, qubits: int) -> SparsePauliOp:
    """Distinct Pauli strings but the identity, without signs and coefficients."""
    if isinstance(observables, SparsePauliOp):
        labels = observables.paulis.to_labels()
    else:
        labels = [str(observable) for observable in observables]
    labels = list(dict.fromkeys(label.lstrip("+-i") for label in labels))
    if len(labels) > MAX_OBSERVABLES:
        raise CandidateError(f"{len(labels):,} observables; accepted: at most {MAX_OBSERVABLES:,}")
    for label in labels:
        if len(label) != qubits or set(label) - set("IXYZ"):
            raise CandidateError(
                f"observable {label[:80]} is not accepted: a letter I, X, Y or Z for each of the "
                f"{qubits} qubits, the rightmost for qubit 0"
            )
    labels = [label for label in labels if set(label) != {"I"}]
    if not labels:
        raise CandidateError("the only observable is the identity, which is always 1")
    try:
        return SparsePauliOp(labels)
    except QiskitError as error:
        raise CandidateError(f"observables are not accepted: {error.message}") from None


def _unmeasured(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit without the measurements after which nothing happens to their qubits."""
    later: set[Any] = set()
    kept = []
    for step in reversed(circuit.data):
        if step.name == "measure" and step.qubits[0] not in later:
            continue
        if step.name == "barrier" and not later.intersection(step.qubits):
            continue
        later.update(step.qubits)
        kept.append(step)
    bare = circuit.copy_empty_like()
    for step in reversed(kept):
        bare._append(step)
    bare._layout = circuit.layout
    return bare


def _rotated(bare: QuantumCircuit, group: SparsePauliOp) -> tuple[StraightLine, Products]:
    """The circuit with each qubit turned so that Z there reads what the group asks for."""
    circuit = bare.copy()
    circuit._layout = bare.layout
    x, z = group.paulis.x.any(axis=0), group.paulis.z.any(axis=0)
    asked = [qubit for qubit in range(circuit.num_qubits) if x[qubit] or z[qubit]]
    first = circuit.num_clbits
    register = ClassicalRegister(circuit.num_qubits, "observed")
    circuit.add_register(register)
    for qubit in asked:
        if x[qubit]:
            if z[qubit]:
                circuit.sdg(qubit)
            circuit.h(qubit)
    circuit.barrier(asked)
    for qubit in asked:
        circuit.measure(qubit, register[qubit])
    products = [
        tuple(first + qubit for qubit in asked if pauli.x[qubit] or pauli.z[qubit])
        for pauli in group.paulis
    ]
    kept = {bit for product in products for bit in product}
    return straight_line(circuit, None, kept), products
