"""The table of gates: every row is the gate that Qiskit and TorchQuantum have by its name."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torchquantum as tq
import torchquantum.functional as tqf
from qiskit import QuantumCircuit
from qiskit.circuit.library import get_standard_gate_name_mapping

from hybhanas.gates import GATES, GateSpec

ROWS = [row for row in GATES.values() if not row.is_state]
ANGLE = 0.7


def unitary(row: GateSpec, angle: float = ANGLE) -> np.ndarray:
    fixed, of_cosine, of_sine = row.parts
    return fixed + np.cos(angle / 2) * of_cosine + np.sin(angle / 2) * of_sine


def assert_equal_up_to_a_phase(a: np.ndarray, b: np.ndarray) -> None:
    assert abs(np.vdot(a, b)) == pytest.approx(len(a), abs=1e-5)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_unitary_of_a_row_is_the_one_of_qiskit(row):
    gate = get_standard_gate_name_mapping()[row.name]
    angles = [ANGLE] * row.parameters
    matrix = type(gate)(*angles).to_matrix() if angles else gate.to_matrix()
    wires = row.wires
    reverse = [int(f"{i:0{wires}b}"[::-1], 2) for i in range(2**wires)]  # wire 0 comes first here
    assert_equal_up_to_a_phase(unitary(row), matrix[np.ix_(reverse, reverse)])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_unitary_of_a_row_is_the_one_of_torchquantum(row):
    if row.name == "u1":
        pytest.skip("torchquantum-ng 0.2.0 misses a name in its u1")
    columns = []
    for state in torch.eye(2**row.wires):
        device = tq.QuantumDevice(row.wires)
        device.set_states(state[None].to(device.states.dtype))
        angles = {"params": torch.tensor([[ANGLE]])} if row.parameters else {}
        getattr(tqf, row.name)(device, wires=list(range(row.wires)), **angles)
        columns.append(device.get_states_1d()[0].numpy())
    assert_equal_up_to_a_phase(unitary(row), np.array(columns).T)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_its_kind_is_what_its_unitary_does_to_basis_states(row):
    matrix = unitary(row)
    assert row.is_diagonal == np.allclose(matrix, np.diag(matrix.diagonal()))
    if row.is_diagonal:
        angle = ANGLE if row.parameters else 1
        np.testing.assert_allclose(np.exp(1j * angle * np.array(row.phases)), matrix.diagonal())
    if row.permutation is not None:
        images = np.zeros_like(matrix)
        images[row.permutation, range(len(matrix))] = 1
        np.testing.assert_array_equal(matrix, images)


def test_every_gate_that_may_entangle_is_a_method_of_qiskits_circuit_on_two_qubits():
    for row in ROWS:
        if row.entangles:
            circuit = QuantumCircuit(2)
            getattr(circuit, row.name)(*[ANGLE] * row.parameters, 0, 1)
            assert circuit.data[0].name == row.name
