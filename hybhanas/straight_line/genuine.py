"""What is Qiskit's own: `import torchquantum` replaces a method of it, and a user's gate may have
the name of an instruction.
"""

from __future__ import annotations

from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import Delay, Qubit
from qiskit.circuit.library import UnitaryGate
from qiskit.exceptions import QiskitError


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


def is_delay(step: Any) -> bool:
    """Whether an instruction of a circuit is a delay, not a user's gate of that name."""
    if step.name != "delay":
        return False
    try:
        return isinstance(step.operation, Delay)
    except QiskitError:  # of a free time that was read from QPY: Qiskit does not build it again
        return True
