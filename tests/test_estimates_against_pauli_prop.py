"""P against pauli-prop, which propagates Pauli operators, at a width no density matrix has.

pauli-prop propagates each observable backwards through a circuit with all its angles bound and with
depolarising errors, path by path, as P does on average over the angles.
"""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from pauli_prop import propagate_through_circuit
from qiskit import QuantumCircuit
from qiskit.quantum_info import Pauli, SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_aer.noise import PauliLindbladError

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.cost.pauli_paths import observable_survival
from hybhanas.cost.physical import from_qiskit
from hybhanas.cost.schedule import schedule
from hybhanas.cost.target import build_target
from hybhanas.qiskit_view import to_qiskit
from tests.helpers.synthetic import make_calibration

QUBITS, DRAWS = 12, 16
LINE = make_calibration(
    QUBITS, [(i, i + 1) for i in range(QUBITS - 1)], sx_error=0.002, cz_error=0.02,
    t1_s=1e6, t2_s=1e6, readout_error=0.0,
)  # fmt: skip
"""Its gates depolarise and nothing else happens: Pauli-Lindblad errors say all of it."""


def depolarising(error: float, width: int) -> PauliLindbladError:
    """That of a gate of this error (1 - average fidelity): every Pauli is damped by
    1 - error d / (d - 1). Each anticommutes with d^2 / 2 generators, which damp by exp(-2 rate).
    """
    d = 2**width
    rate = -math.log(1 - error * d / (d - 1)) / d**2
    paulis = ["".join(letters) for letters in product("IXYZ", repeat=width)][1:]
    return PauliLindbladError([Pauli(label) for label in paulis], [rate] * len(paulis))


def noisy(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit with the error of each gate behind it."""
    errors = {
        name: depolarising(next(iter(LINE.gates[name].values())).error, width)
        for name, width in (("sx", 1), ("x", 1), ("cz", 2))
    }
    out = circuit.copy_empty_like()
    for step in circuit.data:
        out.append(step.operation, step.qubits)
        if step.name in errors:
            out.append(errors[step.name], step.qubits)
    return out


def expectation(qubit: int, circuit: QuantumCircuit) -> float:
    """Of Z of a qubit in the state that the circuit makes of |0...0>, exactly."""
    z = SparsePauliOp.from_sparse_list([("Z", [qubit], 1.0)], circuit.num_qubits)
    evolved, left_out = propagate_through_circuit(
        z, circuit, max_terms=50_000, atol=1e-12, frame="h"
    )
    assert left_out < 1e-6
    diagonal = ~evolved.paulis.x.any(axis=1)
    return float(evolved.coeffs[diagonal].sum().real)


@pytest.mark.slow
def test_p_is_what_pauli_prop_leaves_on_average_over_the_angles():
    gates = lay_out(Architecture(qubits=QUBITS, depth=2, rotations="ry", entanglement="linear"))
    target, physical = build_target(LINE)
    passes = generate_preset_pass_manager(
        1, target=target, seed_transpiler=1, initial_layout=range(QUBITS)
    )
    transpiled = passes.run(to_qiskit(gates))
    circuit = from_qiskit(transpiled, physical)
    timed = schedule(circuit, LINE)
    bare = transpiled.remove_final_measurements(inplace=False)
    rng = np.random.default_rng(1)
    angles = rng.uniform(-np.pi, np.pi, (DRAWS, bare.num_parameters))
    bound = [bare.assign_parameters(one) for one in angles]
    for qubit in (0, 3, 7):  # with ever wider light cones
        survival = observable_survival(circuit, LINE, timed, "off", [(qubit,)], 1)
        ideal, left = (
            np.array([expectation(qubit, one) for one in circuits])
            for circuits in (bound, map(noisy, bound))
        )
        slope = (ideal * left).sum() / (ideal**2).sum()
        assert math.exp(survival.log_p) == pytest.approx(slope, rel=0.01)
        # an average: what is left of one bound circuit scatters about it
        assert 0.003 < (left / ideal).std() < 0.3
