"""Qiskit as it is: `import torchquantum` replaces one of its methods."""

from __future__ import annotations

from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import Qubit
from qiskit.circuit.library import UnitaryGate


def restore_unitary() -> None:
    """Puts `QuantumCircuit.unitary` back where TorchQuantum has replaced it by one of its own.

    Qiskit prepares states by it and then inverts the gate with an argument that TorchQuantum's
    gate does not know.
    """
    if QuantumCircuit.unitary.__module__.startswith("torchquantum"):
        QuantumCircuit.unitary = _unitary


def _unitary(self: QuantumCircuit, obj: Any, qubits: Any, label: str | None = None) -> Any:
    """Applies a unitary; as `QuantumCircuit.unitary` of Qiskit does."""
    gate = UnitaryGate(obj, label=label)
    if gate.num_qubits == 1 and (isinstance(qubits, int | Qubit) or len(qubits) > 1):
        qubits = [qubits]
    return self.append(gate, qubits, [], copy=False)
