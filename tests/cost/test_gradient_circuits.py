"""How many circuits a training runs for its gradients, by hand."""

from __future__ import annotations

from dataclasses import replace

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.executions import gradient_circuits
from hybhanas.cost.model import Device, Workload
from hybhanas.qiskit_view import to_qiskit
from tests.helpers.settings import cost_model
from tests.helpers.synthetic import make_calibration

MODEL = cost_model(faults="whole_circuit", idle="off", optimization_level=1)
DEVICE = Device(name="any", peak_flops_per_s=1e9, power_w=200.0)
WORK = Workload(samples=10, epochs=3, batch_size=4)
LINE = make_calibration(4, ((0, 1), (1, 2), (2, 3)))


def test_a_gradient_runs_fewer_circuits_than_two_a_rotation_and_four_a_controlled_one():
    def circuits(**choices):
        circuit = lay_out(Architecture(**choices))
        return gradient_circuits(to_qiskit(circuit), circuit.observables, MODEL)

    # Three layers of two RY and one CRZ, and two encoding angles. The first RY are merged with the
    # encoding and the last CRZ is not seen. Z of qubit 1 sees both RY of two layers and its own of
    # the third, two CRZ; Z of qubit 0 fits beside it.
    separate = 3 * (2 * 2 + 4) + 2 * 2
    merged = 2 * (2 + 2 + 1) + 2 * 4
    assert circuits(qubits=2, rotations="ry", entangler="crz", depth=3) == (merged, separate)
    # Amplitude encoding of three qubits is a tree of seven angles; the weight of the last qubit
    # turns it about the same axis as the tree's leaves, all of which commute.
    amplitude = {"encoding": "amplitude", "rotations": "ry", "entangler": "cx"}
    assert circuits(qubits=3, **amplitude) == (14 + 6 - 2, 14 + 6)


def test_spsa_runs_two_circuits_a_perturbation_whatever_the_number_of_angles():
    def of_a_sample(**choices):
        model = replace(MODEL, **choices)
        circuit = lay_out(Architecture(qubits=3, depth=2))
        return CostEstimator(LINE, model, DEVICE, WORK, 20e3)(circuit).executions

    assert of_a_sample(gradient="spsa").circuits_per_sample == 1 + 2
    assert of_a_sample(gradient="spsa", spsa_repeats=5).circuits_per_sample == 1 + 10
    shifted = of_a_sample()
    # 3 inputs and 18 weights, of which three RZ are not seen and one is merged past a CX
    assert shifted.circuits_per_sample_separate == 1 + 2 * 21
    assert shifted.circuits_per_sample == 1 + 2 * (21 - 3 - 1)
    assert of_a_sample(phase="inference", gradient="spsa").circuits_per_sample == 1


def test_inputs_are_shifted_unless_nothing_before_the_circuit_is_trained():
    circuit = lay_out(Architecture(qubits=1, rotations="rx_ry_rz"))
    frozen = replace(MODEL, input_gradients=False)
    runs = [
        CostEstimator(LINE, model, DEVICE, WORK, 20e3)(circuit).executions.circuits_per_sample
        for model in (MODEL, frozen)
    ]
    assert runs == [1 + 2 * 3, 1 + 2 * 2]  # RY by the input, RX, RY; an RZ before Z is not seen
