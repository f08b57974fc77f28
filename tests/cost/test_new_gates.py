"""The cost of the ZZ feature map and of trainable two-qubit rotations, by hand."""

from __future__ import annotations

import pytest

from hybhanas.architecture import Architecture
from hybhanas.circuit import Circuit, lay_out
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.gradient import plan
from hybhanas.cost.model import Device, Workload
from hybhanas.qiskit_view import to_qiskit
from tests.helpers.settings import cost_model
from tests.helpers.synthetic import make_calibration


def zz_map(entangler: str) -> Circuit:
    """3 H, 3 RZ and 2 RZZ by inputs, 3 RY by weights, then two entangling gates."""
    architecture = Architecture(qubits=3, encoding="iqp", rotations="ry", entangler=entangler)
    return lay_out(architecture)


def test_a_gate_by_a_product_of_inputs_has_two_shifts_like_any_pauli_rotation():
    planned = {name: plan(to_qiskit(zz_map(name))) for name in ("rzz", "crz", "cx")}
    assert planned["rzz"].separate_circuits == 2 * (3 + 2 + 3 + 2)
    assert planned["crz"].separate_circuits == 2 * (3 + 2 + 3) + 4 * 2
    assert planned["cx"].separate_circuits == 2 * (3 + 2 + 3)
    # Z of the middle qubit sees its RY and RZ and both RZZ of the map, no phase before it
    assert planned["rzz"].circuits == planned["crz"].circuits == 2 * 4
    # CX makes the last Z the product of all
    assert planned["cx"].circuits == 2 * (3 + 2 + 3)


def test_simulating_it_takes_the_operations_of_its_gates():
    per_amplitude = 3 * 14 + 3 * 14 + 2 * 6 + 3 * 14 + 2 * 6
    assert zz_map("rzz").simulation_flops == 2**3 * (per_amplitude + 4 + 2 * 3)


@pytest.mark.parametrize("faults", ["observable", "whole_circuit"])
def test_each_rzz_is_two_cz_on_the_backend(faults):
    line = make_calibration(3, ((0, 1), (1, 2)))
    device = Device(name="slow", peak_flops_per_s=1e9, utilisation=0.5, power_w=200.0, source="")
    work = Workload(samples=10, epochs=3, batch_size=4)
    model = cost_model(faults=faults, optimization_level=1)
    report = CostEstimator(line, model, device, work, 20e3)(zz_map("rzz"))
    assert report.circuit.two_qubit_gates == 2 * (2 + 2)
    assert report.executions.circuits_per_sample == 1 + 8
    assert report.executions.circuits_per_sample_separate == 1 + 20
