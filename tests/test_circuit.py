"""The gate list: counts that a reader can do by hand."""

from __future__ import annotations

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.gates import Gate


def test_a_two_qubit_layer_is_encoding_rotations_entangler():
    circuit = lay_out(Architecture(qubits=2, rotations="ry_rz", entangler="crx"))
    assert circuit.gates == (
        Gate("ry", (0,), inputs=(0,)),
        Gate("ry", (1,), inputs=(1,)),
        Gate("ry", (0,), weight=0),
        Gate("rz", (0,), weight=1),
        Gate("ry", (1,), weight=2),
        Gate("rz", (1,), weight=3),
        Gate("crx", (0, 1), weight=4),
    )
    assert (circuit.inputs, circuit.weights) == (2, 5)


def test_each_layer_entangles_the_pairs_of_its_own_word():
    circuit = lay_out(
        Architecture(qubits=5, depth=3, rotations="rx_ry_rz", entanglement="odd_2-none-even_1")
    )
    assert [gate.name for gate in circuit.gates[5:8]] == ["rx", "ry", "rz"]
    assert circuit.weights == 3 * 5 * 3
    cx = {place: gate.wires for place, gate in enumerate(circuit.gates) if gate.name == "cx"}
    assert cx == {20: (0, 2), 21: (2, 4), 22: (4, 1), 53: (1, 2), 54: (3, 4)}


def test_rz_encoding_starts_with_one_hadamard_a_qubit_however_often_it_uploads():
    circuit = lay_out(Architecture(qubits=3, depth=4, encoding="rz", reuploading=True))
    assert sum(gate.name == "h" for gate in circuit.gates) == 3
    assert sum(bool(gate.inputs) for gate in circuit.gates) == 12


def test_observables_are_z_of_each_qubit_and_zz_of_neighbours():
    circuit = lay_out(Architecture(qubits=3, measurement="z_zz"))
    assert circuit.observables == ((0,), (1,), (2,), (0, 1), (1, 2))


def test_amplitude_encoding_of_three_qubits_takes_eight_inputs():
    assert lay_out(Architecture(qubits=3, encoding="amplitude")).inputs == 8
