"""How many circuits of a gradient are shared, as docs/validation.md has it."""

from __future__ import annotations

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.cost.gradient import plan
from hybhanas.qiskit_view import to_qiskit
from scripts.count_gradients import least, table


def test_a_row_compares_separate_with_shared_circuits_and_with_the_least_there_can_be():
    network = Architecture(qubits=4, encoding="rx", rotations="ry", entanglement="none")
    circuit = lay_out(network)
    planned = plan(to_qiskit(circuit), circuit.observables)
    # RX and RY of each of four qubits: 16 circuits, or 4 of all qubits at once
    assert (planned.separate_circuits, planned.circuits, least(planned)) == (16, 4, 4)
    row = "| none | 1 | 4.00 | 4.00 | 4.00 | 100% |"
    assert row in table([(network, planned)])
