"""Transpiling: deterministic, cached by content, away from what is excluded."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import numpy as np
import pytest
from qiskit import QuantumCircuit, qasm2
from qiskit.circuit.library import UnitaryGate
from qiskit.transpiler import generate_preset_pass_manager

from hybhanas.calibration import Calibration, repaired
from hybhanas.cost.physical import PhysicalCircuit, from_qiskit
from hybhanas.cost.target import build_target
from hybhanas.cost.transpile import Transpiler, _key, packed
from hybhanas.errors import CandidateError
from tests.helpers.synthetic import make_calibration, make_raw

LINE = make_calibration(4, ((0, 1), (1, 2), (2, 3)))


def ghz(qubits: int) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits)
    circuit.h(0)
    for target in range(1, qubits):
        circuit.cx(0, target)
    circuit.measure_all()
    return circuit


def test_one_seed_gives_one_circuit():
    brisbane = Calibration.load("ibm_brisbane")
    one, two = (Transpiler(brisbane, 2, seed=5)(ghz(6)) for _ in range(2))
    assert one == two


def test_a_known_circuit_is_read_from_disk_by_another_process(tmp_path):
    first = Transpiler(LINE, 1, 1, tmp_path)(ghz(3))
    (file,) = tmp_path.rglob("*.json.gz")
    assert PhysicalCircuit.from_dict(json.loads(gzip.decompress(file.read_bytes()))) == first
    marked = replace(first, instructions=(*first.instructions, first.instructions[0]))
    file.write_bytes(packed(marked))
    assert Transpiler(LINE, 1, 1, tmp_path)(ghz(3)) == marked


def test_other_calibrations_levels_seeds_and_circuits_have_their_own_entries(tmp_path):
    for calibration, level, seed in ((LINE, 1, 1), (LINE, 2, 1), (LINE, 1, 2)):
        Transpiler(calibration, level, seed, tmp_path)(ghz(3))
    Transpiler(make_calibration(4, ((0, 1), (1, 2), (2, 3)), cz_error=0.02), 1, 1, tmp_path)(ghz(3))
    Transpiler(LINE, 1, 1, tmp_path)(ghz(2))
    assert len(list(tmp_path.rglob("*.json.gz"))) == 5


def zipped(text: str) -> bytes:
    return gzip.compress(text.encode())


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-9],
        lambda content: bytes(len(content)),
        lambda content: gzip.decompress(content),
        *(lambda content, at=at: _flipped(content, at) for at in (3, 20, 60, -5)),
        lambda content: zipped("{"),
        lambda content: zipped("[]"),
        lambda content: zipped('{"names": []}'),
    ],
)
def test_a_damaged_entry_is_said_and_made_again(tmp_path, caplog, damage):
    first = Transpiler(LINE, 1, 1, tmp_path)(ghz(3))
    (file,) = tmp_path.rglob("*.json.gz")
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert Transpiler(LINE, 1, 1, tmp_path)(ghz(3)) == first
    assert "is damaged" in caplog.text
    assert file.read_bytes() == whole


def _flipped(content: bytes, at: int) -> bytes:
    changed = bytearray(content)
    changed[at] ^= 0b100
    return bytes(changed)


def test_excluded_qubits_are_never_used():
    raw = make_raw(4, ((0, 1), (1, 2), (2, 3)))
    broken = raw.qubits | {1: replace(raw.qubits[1], t1_s=None)}
    calibration = repaired(replace(raw, qubits=broken))
    circuit = Transpiler(calibration, 2, 1)(ghz(2))
    assert {q for step in circuit.instructions for q in step.qubits} == {2, 3}


def test_a_circuit_that_is_too_wide_is_refused():
    with pytest.raises(CandidateError, match="5 qubits are more than the 4 usable ones"):
        Transpiler(LINE, 1, 1)(ghz(5))


def test_a_circuit_wider_than_every_connected_part_is_refused():
    parts = make_calibration(4, ((0, 1), (2, 3)))
    with pytest.raises(CandidateError, match="does not fit the machine"):
        Transpiler(parts, 1, 1)(ghz(3))


def test_control_flow_is_refused_since_its_time_is_open():
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    with circuit.if_test((0, 1)):
        circuit.x(0)
    with pytest.raises(CandidateError, match="the circuit has the control flow if_else"):
        Transpiler(LINE, 1, 1)(circuit)


def custom(gates: str) -> QuantumCircuit:
    return qasm2.loads(
        'OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; creg c[2];'
        f"gate mine a,b {{ {gates} }} mine q[0],q[1]; measure q -> c;"
    )


def test_gates_of_ones_own_with_one_name_are_told_apart_by_their_definition():
    transpile = Transpiler(LINE, 0, 1)
    one, two = (transpile(custom(gates)) for gates in ("cx a,b;", "cx a,b; h a; cx a,b;"))
    assert (one.two_qubit_gates, two.two_qubit_gates) == (1, 2)


def test_large_unitaries_are_told_apart_in_full():
    def with_phase(index: int) -> QuantumCircuit:
        matrix = np.eye(16, dtype=complex)
        matrix[index, index] = -1
        circuit = QuantumCircuit(4)
        circuit.append(UnitaryGate(matrix), range(4))
        return circuit

    assert _key(with_phase(7), []) != _key(with_phase(8), [])
    assert _key(with_phase(7), []) == _key(with_phase(7), [])


def test_that_circuits_may_be_reset_changes_no_layout_of_those_that_are_not():
    brisbane = Calibration.load("ibm_brisbane")
    target, physical = build_target(brisbane)
    assert "reset" not in target.operation_names
    transpile = Transpiler(brisbane, 2, seed=1)
    reused = ghz(4)
    reused.reset(0)
    reused.measure(0, 0)
    before = transpile(ghz(4))
    assert transpile(reused).counts["reset"] == 1
    passes = generate_preset_pass_manager(2, target=target, seed_transpiler=1)
    assert before == from_qiskit(passes.run(ghz(4)), physical)
    assert Transpiler(brisbane, 2, seed=1)(ghz(4)) == before
