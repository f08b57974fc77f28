"""Stacks: many circuits run as one give each circuit what it has alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hybhanas.architecture import Architecture
from hybhanas.circuit import Circuit, lay_out
from hybhanas.gates import GATES, Gate
from hybhanas.quantum.layer import quantum_layer
from hybhanas.quantum.matrices import merged
from hybhanas.quantum.program import compile_circuit, row_index, rows_of
from hybhanas.quantum.simulators import SIMULATORS
from hybhanas.quantum.stack import CircuitStack, stack_of
from hybhanas.quantum.torchquantum_modules import FusedCircuit
from scripts.bench.memory import peak_bytes
from tests.helpers.settings import everything

SPACE = everything(qubits=(1, 2, 3, 4, 5, 6))


def random_circuits(seed: int, count: int) -> list[Circuit]:
    rng = np.random.default_rng(seed)
    return [lay_out(SPACE.decode(SPACE.sample(rng))) for _ in range(count)]


def random_samples(circuit: Circuit, batch: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs [batch, inputs] and weights, in double precision; amplitudes have length 1."""
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.randn(batch, circuit.inputs, generator=generator, dtype=torch.double)
    if circuit.gates[0].name == "amplitude":
        inputs = inputs / inputs.norm(dim=1, keepdim=True)
    return inputs, torch.randn(circuit.weights, generator=generator, dtype=torch.double)


def padded(samples: list[tuple[torch.Tensor, torch.Tensor]]) -> list[torch.Tensor]:
    """[K, inputs, B] and [K, weights], with zeros for what a circuit has not."""
    inputs = [inputs.T for inputs, _ in samples]
    weights = [weights for _, weights in samples]
    return [torch.nn.utils.rnn.pad_sequence(part, batch_first=True) for part in (inputs, weights)]


@pytest.mark.parametrize("batch", [3, 70])  # 70 is more than the basis states of six qubits
@pytest.mark.parametrize("seed", range(6))
def test_values_and_gradients_in_a_random_stack_are_those_of_each_circuit_alone(seed, batch):
    circuits = random_circuits(seed, count=7)
    stack, order = stack_of(circuits, torch.complex128)
    samples = [random_samples(circuit, batch, seed=i) for i, circuit in enumerate(circuits)]
    together = padded([samples[i] for i in order])
    inputs, weights = (tensor.requires_grad_() for tensor in together)
    values = stack(inputs, weights)
    factor = torch.linspace(0.3, 1, values[0].numel(), dtype=torch.double).view_as(values[0])
    (values * factor).sum().backward()
    for k, i in enumerate(order):
        circuit = circuits[i]
        alone = FusedCircuit(circuit, torch.complex128)
        x, angles = samples[i]
        x.requires_grad_()
        alone.weights.data = angles
        expected = alone.expectations(x).T
        observables = len(circuit.observables)
        (expected * factor[:observables]).sum().backward()
        torch.testing.assert_close(values[k, :observables], expected)
        assert not values[k, observables:].any()
        torch.testing.assert_close(inputs.grad[k, : circuit.inputs], x.grad.T)
        assert not inputs.grad[k, circuit.inputs :].any()
        if circuit.weights:
            torch.testing.assert_close(weights.grad[k, : circuit.weights], alone.weights.grad)
        assert not weights.grad[k, circuit.weights :].any()


def test_a_circuit_that_diverges_leaves_the_others_alone():
    circuits = random_circuits(seed=2, count=7)
    stack, order = stack_of(circuits)
    samples = padded([random_samples(circuits[i], 3, seed=i) for i in order])
    inputs, weights = (part.float().requires_grad_() for part in samples)
    whole = stack(inputs, weights)
    for k in range(len(circuits)):
        spoilt = weights.detach().clone()
        spoilt[k] = torch.nan
        values = stack(inputs, spoilt.requires_grad_())
        (gradient,) = torch.autograd.grad(values.sum(), spoilt)
        others = [i for i in range(len(circuits)) if i != k]
        torch.testing.assert_close(values[others], whole[others])
        assert gradient[others].isfinite().all()


def test_a_circuit_without_weights_has_values_and_no_gradient_of_them():
    circuit = Circuit(2, (Gate("ry", (0,), inputs=(0,)), Gate("cx", (0, 1))), ((0,), (1,)), 1, 0)
    layer = FusedCircuit(circuit)
    inputs = torch.tensor([[0.0], [torch.pi / 2], [torch.pi]], requires_grad=True)
    values = layer.expectations(inputs)
    torch.testing.assert_close(values, torch.tensor([[1.0, 1], [0, 0], [-1, -1]]))
    of_inputs, of_weights = torch.autograd.grad(values.sum(), (inputs, layer.weights))
    torch.testing.assert_close(of_inputs, torch.tensor([[0.0], [-2], [0]]))
    assert of_weights.shape == (0,)


def test_gate_by_gate_a_stack_gives_the_same_values():
    circuits = random_circuits(seed=9, count=4)
    stack, order = stack_of(circuits)
    by_gate, _ = SIMULATORS["torchquantum"].stack([circuits[i] for i in order])
    samples = [random_samples(circuits[i], 3, seed=i) for i in order]
    inputs, weights = (part.float() for part in padded(samples))
    torch.testing.assert_close(stack(inputs, weights), by_gate(inputs, weights), atol=1e-5, rtol=0)


def test_programs_that_are_not_sorted_by_steps_are_refused():
    short, long = (lay_out(Architecture(qubits=2, depth=depth)) for depth in (1, 3))
    programs = [compile_circuit(circuit, 2, 2) for circuit in (short, long)]
    with pytest.raises(ValueError, match="those of most steps first"):
        CircuitStack(programs, 2, 2, max(short.weights, long.weights))


def test_tensors_on_two_processors_are_refused_in_one_line():
    circuit = lay_out(Architecture(qubits=2))
    stack, _ = stack_of([circuit])
    inputs = torch.zeros(1, 2, 3, device="meta")
    message = "inputs on meta, weights on cpu and circuits on cpu are not accepted: all on one"
    with pytest.raises(ValueError, match=message):
        stack(inputs, torch.zeros(1, circuit.weights))
    with pytest.raises(ValueError, match="circuits on meta"):
        stack.to("meta")(torch.zeros(1, 2, 3), torch.zeros(1, circuit.weights))


def test_an_evaluation_that_is_too_large_at_once_is_run_in_parts(monkeypatch):
    circuits = random_circuits(seed=4, count=3)
    stack, order = stack_of(circuits)
    inputs, weights = (
        p.float() for p in padded([random_samples(circuits[i], 50, i) for i in order])
    )
    alone = FusedCircuit(circuits[0])
    x = random_samples(circuits[0], 50, 0)[0].float()
    with torch.no_grad():
        whole, whole_alone = stack(inputs, weights), alone.expectations(x)
        monkeypatch.setattr("hybhanas.quantum.stack.WITHOUT_GRADIENT_BYTES", 3 * 2**6 * 8 * 7)
        torch.testing.assert_close(stack(inputs, weights), whole)
        torch.testing.assert_close(alone.expectations(x), whole_alone)


def test_a_cx_circuit_has_a_block_for_each_half_of_the_qubits_and_each_layer_but_the_first():
    # The first rotations belong to the product state, and CX moves rows.
    program = compile_circuit(lay_out(Architecture(qubits=8, depth=3, entanglement="ring")), 8, 4)
    assert [step.wires for step in program.steps] == [(0, 1, 2, 3), (4, 5, 6, 7)] * 2
    assert [len(step.permutations) for step in program.steps] == [8, 0, 8, 0]
    assert len(program.last.permutations) == 8


def test_controlled_rotations_share_blocks_with_the_rotations_before_them():
    architecture = Architecture(qubits=4, depth=1, entangler="cry", entanglement="full")
    program = compile_circuit(lay_out(architecture), 4, 4)
    (step,) = program.steps
    assert len(step.entanglers) == 6
    narrow = compile_circuit(lay_out(architecture), 4, 2)
    assert [len(step.entanglers) for step in narrow.steps] == [1] * 6


def test_rows_follow_the_order_of_wires_and_cx():
    # |q0 q1>: CX from 0 to 1 takes 10 to 11 and back; then wire 1 is put first.
    assert rows_of((1, 0)).tolist() == [0b00, 0b10, 0b01, 0b11]
    cx = [Gate("cx", (0, 1))]
    assert row_index((0, 1), cx, (0, 1)).tolist() == [0b00, 0b01, 0b11, 0b10]
    assert row_index((0, 1), cx, (1, 0)).tolist() == [0b00, 0b11, 0b01, 0b10]


def test_memory_of_a_training_step_does_not_grow_with_depth():
    def most_bytes(depth: int) -> int:
        architecture = Architecture(qubits=10, depth=depth, entanglement="ring")
        return peak_bytes(quantum_layer(lay_out(architecture), "fused"), inputs=10, batch=64)

    state = 2**10 * 64 * 8
    shallow, deep = most_bytes(2), most_bytes(12)
    assert shallow > 3 * state
    assert deep - shallow < state


def test_gates_without_an_angle_go_to_the_front_where_hadamards_cancel():
    h, rz, ry = Gate("h", (0,)), Gate("rz", (0,), weight=3), Gate("ry", (0,), weight=1)
    matrix, turns = merged([h, rz, h, h, ry, h], (0,))
    np.testing.assert_allclose(matrix, np.eye(2), atol=1e-15)
    # Three Hadamards stand behind RZ and make it RX; one behind RY turns it the other way.
    expected = [(3, GATES["rx"].parts[2]), (1, -GATES["ry"].parts[2])]
    for ((_, of_cosine, of_sine), weight), (number, by_sine) in zip(turns, expected, strict=True):
        assert weight == number
        np.testing.assert_allclose(of_cosine, np.eye(2), atol=1e-15)
        np.testing.assert_allclose(of_sine, by_sine, atol=1e-15)
