"""Compilers: what comes out acts as what went in, on the machine's own couplings and gates."""

from __future__ import annotations

import builtins

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration
from hybhanas.circuit import lay_out
from hybhanas.cost.compilers import compiler_for
from hybhanas.cost.model import COMPILERS
from hybhanas.cost.target import build_target
from hybhanas.cost.transpile import Transpiler
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.qiskit_view import bind, to_qiskit
from tests.helpers.settings import cost_model
from tests.helpers.synthetic import make_calibration

LINE = make_calibration(4, ((0, 1), (1, 2), (2, 3)))


def probabilities(circuit: QuantumCircuit) -> np.ndarray:
    """Of the measured bits, bit 0 least significant."""
    place = {}
    gates = QuantumCircuit(circuit.num_qubits)
    for step in circuit.data:
        qubits = [circuit.find_bit(q).index for q in step.qubits]
        if step.name == "measure":
            place[circuit.find_bit(step.clbits[0]).index] = qubits[0]
        elif step.name != "barrier":
            gates.append(step.operation, qubits)
    return Statevector(gates).probabilities([place[bit] for bit in sorted(place)])


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize("compiler", COMPILERS)
def test_a_compiled_circuit_gives_the_same_probabilities(compiler, level):
    gates = lay_out(Architecture(qubits=4, depth=2, entanglement="full", entangler="crx"))
    rng = np.random.default_rng(1)
    bound = bind(
        gates, rng.uniform(-3, 3, gates.inputs), rng.uniform(-3, 3, gates.weights), measure=True
    )
    target, _ = build_target(LINE)
    compiled = compiler_for(compiler, target, level, seed=1)(bound)
    assert {step.name for step in compiled.data} <= {"cz", "sx", "x", "rz", "measure", "barrier"}
    edges = {(a, b) for a, b in target.build_coupling_map().get_edges()}
    for step in compiled.data:
        if step.name == "cz":
            assert tuple(compiled.find_bit(q).index for q in step.qubits) in edges
    assert probabilities(compiled) == pytest.approx(probabilities(bound), abs=1e-9)


@pytest.mark.parametrize("compiler", COMPILERS)
def test_free_angles_stay_free(compiler):
    circuit = to_qiskit(lay_out(Architecture(qubits=3, entanglement="ring")))
    physical = Transpiler(Calibration.load("ibm_torino"), 2, 1, compiler=compiler)(circuit)
    free = [step for step in physical.instructions if step.name == "rz" and step.angles is None]
    assert 6 <= len(free) <= len(circuit.parameters)
    assert len(physical.measured) == 3


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_pytket_compiles_a_single_qubit_and_says_what_it_does_not(level):
    transpile = Transpiler(Calibration.load("ibm_torino"), level, 1, compiler="pytket")
    alone = QuantumCircuit(1)
    alone.rx(0.3, 0)
    alone.measure_all()
    assert transpile(alone).counts["measure"] == 1
    single = Transpiler(make_calibration(1, ()), level, 1, compiler="pytket")
    assert single(alone).counts["measure"] == 1
    waiting = QuantumCircuit(1)
    waiting.reset(0)
    with pytest.raises(CandidateError, match="pytket does not compile the circuit: it has a reset"):
        transpile(waiting)


def test_pytket_has_one_layout():
    with pytest.raises(ConfigError, match=r"cost_model.layouts=2 is not accepted with .*pytket"):
        cost_model(compiler="pytket", layouts=2)


def test_without_pytket_the_message_says_how_to_get_it(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("pytket"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match=r"pip install 'hybhanas\[pytket\]'"):
        Transpiler(LINE, 2, 1, compiler="pytket")


def test_an_unknown_compiler_is_named():
    with pytest.raises(ConfigError, match="cost_model.compiler=tket is unknown .did you mean pytk"):
        cost_model(compiler="tket")
