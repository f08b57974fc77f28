"""Circuits that say on which qubits of a machine they run."""

from __future__ import annotations

from pathlib import Path

import pytest
from qiskit import QuantumCircuit, transpile

from hybhanas import estimate
from hybhanas.calibration import Calibration
from hybhanas.calibration.snapshot import Snapshot, backends
from hybhanas.circuit_file import read_circuit
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import Device, Workload
from tests.helpers.settings import cost_model
from tests.helpers.synthetic import make_calibration

LINE = make_calibration(4, ((0, 1), (1, 2), (2, 3)))
SAID = "lacks qubits, or connections between them, that the circuit names as physical qubits"


def laid_out_ghz(backend: str) -> QuantumCircuit:
    circuit = QuantumCircuit(4)
    circuit.h(0)
    for target in range(1, 4):
        circuit.cx(target - 1, target)
    circuit.measure_all()
    return transpile(circuit, backends()[backend](), seed_transpiler=7)


def on(path: Path, one: int, other: int) -> QuantumCircuit:
    """A Bell state of two physical qubits, as a file has it."""
    path.write_text(
        f'OPENQASM 3.0; include "stdgates.inc"; h ${one}; cx ${one}, ${other};\n'
        f"bit[2] c; c[0] = measure ${one}; c[1] = measure ${other};"
    )
    return read_circuit(path)


@pytest.mark.parametrize("name", ["torino", "sherbrooke", "brisbane"])
def test_what_qiskit_exports_for_a_machine_stays_where_it_is(name, caplog):
    circuit = laid_out_ghz(name)
    model = cost_model(optimization_level=3, phase="inference")
    calibration = Calibration.load(Snapshot(snapshot=name))
    work = Workload(samples=1, epochs=1, batch_size=1)
    estimator = CostEstimator(calibration, model, Device.preset("a100"), work, 25e3)
    report = estimator.estimate(circuit)
    duration_s = circuit.estimate_duration(backends()[name]().target)
    assert report.circuit.time_s == pytest.approx(duration_s, 1e-9)
    bare = QuantumCircuit(*circuit.qregs, *circuit.cregs)
    for step in circuit.data:
        bare._append(step)
    assert bare.layout is None
    assert estimator.estimate(bare) == report
    assert SAID not in caplog.text


def test_a_circuit_laid_out_for_another_machine_is_laid_out_again_which_a_line_says(caplog):
    report = estimate(laid_out_ghz("brisbane"), "torino")
    assert report.circuit.qubits == 4
    assert f"torino {SAID}: it is laid out again there" in caplog.text


@pytest.mark.parametrize(("one", "other", "is_laid_out_again"), [
    (1, 2, False), (2, 1, False),  # connected
    (0, 2, True),  # not connected
    (1, 4, True),  # the last one is qubit 3
])  # fmt: skip
def test_physical_qubits_are_kept_where_the_machine_connects_them(
    tmp_path, caplog, one, other, is_laid_out_again
):
    report = estimate(on(tmp_path / "bell.qasm", one, other), LINE)
    assert report.circuit.two_qubit_gates == 1
    assert (SAID in caplog.text) == is_laid_out_again


def test_a_circuit_that_names_no_physical_qubits_is_laid_out_without_a_line(tmp_path, caplog):
    circuit = QuantumCircuit(4)  # as wide as the machine, whose qubits 0 and 2 are not connected
    circuit.h(0)
    circuit.cx(0, 2)
    assert estimate(circuit, LINE).circuit.two_qubit_gates == 1
    assert SAID not in caplog.text
