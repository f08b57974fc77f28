"""The Qiskit view: amplitude encoding prepares the state it was given."""

from __future__ import annotations

import numpy as np
from hydra.utils import instantiate
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from qiskit.quantum_info import Statevector

from hybhanas.architecture import Architecture
from hybhanas.circuit import Circuit, lay_out
from hybhanas.gates import Gate
from hybhanas.qiskit_view import bind, to_qiskit


@given(st.integers(1, 5).flatmap(lambda n: arrays(float, 2**n, elements=st.floats(-1, 1))))
def test_amplitude_encoding_prepares_any_real_vector(values):
    norm = np.linalg.norm(values)
    if norm < 1e-3:
        return
    qubits = int(np.log2(len(values)))
    gate = Gate("amplitude", tuple(range(qubits)))
    circuit = Circuit(qubits, (gate,), ((0,),), inputs=len(values), weights=0)
    state = Statevector(bind(circuit, values / norm, np.array([]))).reverse_qargs().data
    np.testing.assert_allclose(state, values / norm, atol=1e-9)


def test_amplitude_encoding_takes_the_known_number_of_gates():
    circuit = to_qiskit(lay_out(Architecture(qubits=4, encoding="amplitude", entanglement="none")))
    assert circuit.count_ops()["cx"] == 2 + 4 + 8
    assert circuit.count_ops()["ry"] == 15 + 0 + 4


def test_every_qubit_is_measured_into_the_bit_of_its_number():
    circuit = to_qiskit(lay_out(Architecture(qubits=3)))
    measured = [
        (circuit.find_bit(step.qubits[0]).index, circuit.find_bit(step.clbits[0]).index)
        for step in circuit.data
        if step.name == "measure"
    ]
    assert measured == [(0, 0), (1, 1), (2, 2)]


def test_circuits_of_qnas_hold_the_gates_of_their_lists(composed):
    space = instantiate(composed("search_space=qnas").search_space)
    rng = np.random.default_rng(5)
    for _ in range(30):
        circuit = lay_out(space.decode(space.sample(rng)))
        qiskit = to_qiskit(circuit, measure=False)
        steps = [
            (step.name, tuple(qiskit.find_bit(qubit).index for qubit in step.qubits))
            for step in qiskit.data
        ]
        gates = [(gate.name, gate.wires) for gate in circuit.gates if gate.name != "amplitude"]
        assert steps[-len(gates) :] == gates
        assert (len(steps) == len(gates)) == (circuit.gates[0].name != "amplitude")
        values = rng.normal(size=circuit.inputs), rng.normal(size=circuit.weights)
        assert Statevector(bind(circuit, *values)).is_valid()
