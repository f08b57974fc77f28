"""Gradients computed from exactly the circuits that are counted are the exact ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import (
    RYGate,
    UnitaryGate,
    get_standard_gate_name_mapping,
    real_amplitudes,
    zz_feature_map,
)
from qiskit.quantum_info import random_unitary

from hybhanas.architecture import CHOICES, Architecture
from hybhanas.circuit import lay_out
from hybhanas.cost.gradient import plan
from hybhanas.gates import GATES
from hybhanas.qiskit_view import to_qiskit
from tests.helpers.settings import everything
from tests.helpers.shifted import all_products, exact_gradient, shifted_gradient

STANDARD = get_standard_gate_name_mapping()
SPACE = everything(qubits=(1, 2, 3, 4))
RNG = np.random.default_rng(11)
EACH_CHOICE = [
    Architecture(qubits=3, depth=2, **({"reuploading": True, "measurement": "z_zz"} | {name: word}))
    for name in ("encoding", "rotations", "entangler", "entanglement", "measurement")
    for word in CHOICES[name]
]
DRAWN = [SPACE.decode(SPACE.sample(RNG)) for _ in range(60)]


def circuits_of_an_exact_gradient(circuit: QuantumCircuit, products: list[tuple[int, ...]]) -> int:
    """Runs the counted circuits, and compares what they give with the derivatives."""
    parameters = list(circuit.parameters)
    values = dict(
        zip(parameters, np.random.default_rng(5).uniform(-3, 3, len(parameters)), strict=True)
    )
    planned = plan(circuit, products)
    found, runs = shifted_gradient(planned, circuit.num_qubits, products, values)
    for parameter, expected in exact_gradient(circuit, products, values).items():
        got = found.get(parameter, 0.0)
        np.testing.assert_allclose(got, expected, atol=1e-6, err_msg=str(parameter))
    assert runs == planned.circuits <= planned.separate_circuits
    return runs


@pytest.mark.parametrize("architecture", EACH_CHOICE + DRAWN[:6], ids=str)
def test_every_ansatz_gets_its_exact_gradient_from_the_counted_circuits(architecture):
    circuit = lay_out(architecture)
    circuits_of_an_exact_gradient(to_qiskit(circuit), list(circuit.observables))


@pytest.mark.slow
@pytest.mark.parametrize("architecture", DRAWN[6:], ids=str)
def test_so_does_any_network_of_the_search_space(architecture):
    circuit = lay_out(architecture)
    circuits_of_an_exact_gradient(to_qiskit(circuit), list(circuit.observables))


def measured(qubits: int, *gates: tuple) -> QuantumCircuit:
    """A circuit of (name, qubits..., angles...) tuples, angles being texts or numbers."""
    circuit = QuantumCircuit(qubits)
    known: dict[str, Parameter] = {}
    for name, *arguments in gates:
        places = [a for a in arguments if isinstance(a, int)]
        angles = [
            known.setdefault(a, Parameter(a)) if isinstance(a, str) else a
            for a in arguments
            if not isinstance(a, int)
        ]
        getattr(circuit, name)(*angles, *places)
    circuit.measure_all()
    return circuit


ROTATED = [("ry", 0, "x0"), ("ry", 1, "x1"), ("rx", 0, "u"), ("rx", 1, "v")]
BY_HAND = {
    "two qubits without entanglement are shifted together": (
        measured(2, *ROTATED), [(0,), (1,), (0, 1)], 4,
    ),
    "rotations about one axis are one": (
        measured(1, ("ry", 0, "x"), ("ry", 0, "a"), ("ry", 0, "b")), [(0,)], 2,
    ),
    "so are they past a gate that commutes with them": (
        measured(2, ("ry", 0, "x"), ("h", 1), ("rz", 0, "a"), ("cx", 0, 1), ("rz", 0, "b"),
                 ("h", 0)), [(0,)], 4,
    ),
    "but not past one that does not": (
        measured(1, ("ry", 0, "x"), ("rz", 0, "a"), ("ry", 0, "b")), [(0,)], 6,
    ),
    "a phase before a measurement has none": (
        measured(2, ("ry", 0, "x"), ("ry", 1, "y"), ("cz", 0, 1), ("rz", 0, "a"),
                 ("rzz", 0, 1, "b"), ("crz", 0, 1, "c")), [(0,), (1,)], 2,
    ),
    "nor has one of the first state": (measured(1, ("rz", 0, "a"), ("rx", 0, "b")), [(0,)], 2),
    "an unmeasured qubit that nothing entangles has none": (
        measured(2, ("ry", 0, "x"), ("ry", 1, "y")), [(0,)], 2,
    ),
    "a controlled rotation takes four": (
        measured(2, ("h", 0), ("h", 1), ("cry", 0, 1, "a")), [(1,)], 4,
    ),
    "a controlled phase takes two": (
        measured(2, ("h", 0), ("h", 1), ("cp", 0, 1, "a"), ("h", 0), ("h", 1)), [(0,), (1,)], 2,
    ),
    "a product of an entangled pair is not that of its factors": (
        measured(3, ("ry", 0, "x"), ("rxx", 0, 1, "a"), ("ry", 2, "y")),
        [(0,), (0, 1), (0, 2)], 4,
    ),
    "a parameter of two gates takes the circuits of both": (
        measured(1, ("ry", 0, "a"), ("rz", 0, 0.3), ("ry", 0, "a")), [(0,)], 4,
    ),
}  # fmt: skip


TRAINABLE = [row for row in GATES.values() if row.parameters]


@pytest.mark.parametrize("row", TRAINABLE, ids=lambda row: row.name)
def test_a_gate_alone_takes_twice_the_number_of_frequencies(row):
    # Wierichs et al., Quantum 6, 677: as many frequencies as differences of eigenvalues.
    levels = np.linalg.eigvalsh(1j * row.parts[2]) / 2
    frequencies = {round(abs(a - b), 9) for a in levels for b in levels} - {0}
    circuit = QuantumCircuit(2)
    circuit.append(type(STANDARD[row.name])(Parameter("a")), range(row.wires))
    assert plan(circuit).separate_circuits == 2 * len(frequencies)


@pytest.mark.parametrize(("circuit", "products", "expected"), BY_HAND.values(), ids=BY_HAND)
def test_what_a_careful_user_runs(circuit, products, expected):
    assert circuits_of_an_exact_gradient(circuit, products) == expected


def test_gates_of_several_angles_and_controls_take_the_frequencies_of_each():
    circuit = measured(3, ("h", 0), ("h", 1), ("h", 2), ("cu", 0, 1, "a", "b", "c", "d"),
                       ("u", 2, "e", "f", "g"), ("h", 0), ("h", 1))  # fmt: skip
    # cu: a controlled RY of 4, two controlled phases and a phase; u: RY and two phases, of which
    # the last is not seen, nor does H leave the first an effect
    assert plan(circuit, [(0,), (1,), (2,)]).separate_circuits == 4 + 2 + 2 + 2 + 3 * 2
    circuits_of_an_exact_gradient(circuit, all_products(3))
    twice = QuantumCircuit(3)
    twice.h([0, 1])
    twice.append(RYGate(Parameter("a")).control(2), [0, 1, 2])
    twice.append(RYGate(Parameter("b")).control(2, ctrl_state=1), [2, 1, 0])
    twice.measure_all()
    assert circuits_of_an_exact_gradient(twice, all_products(3)) == 8
    pair = QuantumCircuit(2)
    pair.ry(Parameter("x"), 0)
    pair.append(STANDARD["xx_plus_yy"].__class__(Parameter("a"), 0.4), [0, 1])
    pair.append(STANDARD["xx_minus_yy"].__class__(Parameter("b"), Parameter("c")), [0, 1])
    pair.append(STANDARD["r"].__class__(Parameter("d"), 0.7), [0])
    pair.append(STANDARD["r"].__class__(0.3, Parameter("e")), [1])
    pair.measure_all()
    circuits_of_an_exact_gradient(pair, all_products(2))


def test_blocks_are_counted_by_what_they_hold_and_expressions_by_their_angles():
    circuit = QuantumCircuit(3)
    circuit.append(zz_feature_map(3, reps=2).to_instruction(), range(3))
    circuit.append(real_amplitudes(3, reps=2, entanglement="linear").to_instruction(), range(3))
    circuit.measure_all()
    assert len(circuit.parameters) == 3 + 9
    # twice 3 phases and 3 phases of pairs, the CX of the map being RZZ; 9 RY
    assert plan(circuit).separate_circuits == 2 * (2 * 6 + 9)
    circuits_of_an_exact_gradient(circuit, all_products(3))
    flat = circuit.decompose(reps=3)
    assert plan(flat).circuits == plan(circuit).circuits


def test_inputs_need_no_derivative_where_no_layer_before_the_circuit_is_trained():
    circuit = to_qiskit(lay_out(Architecture(qubits=2, rotations="rx_ry_rz", entanglement="none")))
    # RY by an input, then RX and RY; RZ is not seen; both qubits at once
    assert plan(circuit).circuits == 2 * 3
    assert plan(circuit, input_gradients=False).circuits == 2 * 2
    own = QuantumCircuit(1)
    own.ry(ParameterVector("x", 1)[0], 0)
    own.measure_all()
    assert plan(own, input_gradients=False).circuits == 2


NAMES = [n for n, gate in STANDARD.items() if 0 < gate.num_qubits <= 3 and gate.num_clbits == 0
         and n not in ("reset", "delay", "rv")]  # fmt: skip
DRAWN_GATES = st.tuples(
    st.sampled_from([*NAMES, "unitary"]),
    st.permutations(range(3)),
    st.lists(
        st.sampled_from(["a", "b", "2a", "ab", 0.3, np.pi / 2, np.pi]), min_size=4, max_size=4
    ),
)


@given(st.lists(DRAWN_GATES, min_size=1, max_size=9))
@settings(max_examples=25)
def test_any_circuit_gets_its_exact_gradient(gates):
    circuits_of_an_exact_gradient(drawn(gates), all_products(3))


@pytest.mark.slow
@given(st.lists(DRAWN_GATES, min_size=1, max_size=14))
@settings(max_examples=600)
def test_any_circuit_gets_its_exact_gradient_at_length(gates):
    circuits_of_an_exact_gradient(drawn(gates), all_products(3))


def drawn(gates) -> QuantumCircuit:
    a, b = Parameter("a"), Parameter("b")
    angles = {"a": a, "b": b, "2a": 2 * a, "ab": a * b}
    circuit = QuantumCircuit(3)
    circuit.h([0, 1])
    for name, places, chosen in gates:
        if name == "unitary":
            circuit.append(UnitaryGate(random_unitary(4, seed=places[0])), places[:2])
            continue
        gate = STANDARD[name]
        values = [angles.get(angle, angle) for angle in chosen[: len(gate.params)]]
        own = type(gate)(*values) if values else gate
        circuit.append(own, places[: gate.num_qubits])
    circuit.measure_all()
    return circuit
