"""Three views, one circuit: TorchQuantum gate by gate, fused, and Qiskit give the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torchquantum as tq
from qiskit.quantum_info import Statevector

from hybhanas.architecture import CHOICES, Architecture
from hybhanas.circuit import Circuit, lay_out
from hybhanas.errors import CandidateError
from hybhanas.gates import GATES, Gate, GateSpec
from hybhanas.qiskit_view import bind, to_qiskit
from hybhanas.quantum.kernels import signs
from hybhanas.quantum.layer import QuantumLayer, quantum_layer
from hybhanas.quantum.torchquantum_modules import FusedCircuit
from tests.helpers.settings import everything, shipped_space

SPACE = everything()
RNG = np.random.default_rng(7)
RANDOM = [SPACE.decode(SPACE.sample(RNG)) for _ in range(60)]
SHIPPED = [
    space.decode(space.sample(RNG))
    for space in (shipped_space("hqnn"), shipped_space("qnas"))
    for _ in range(20)
]
EACH_CHOICE = [
    Architecture(qubits=4, depth=2, **({"reuploading": True} | {name: word}))
    for name, words in CHOICES.items()
    for word in words
]


def inputs_for(circuit: Circuit, encoding: str, batch: int = 3) -> torch.Tensor:
    inputs = torch.randn(batch, circuit.inputs, generator=torch.Generator().manual_seed(0))
    return inputs / inputs.norm(dim=1, keepdim=True) if encoding == "amplitude" else inputs


@pytest.mark.parametrize("architecture", RANDOM + SHIPPED + EACH_CHOICE, ids=str)
def test_fused_equals_torchquantum_in_values_and_gradients_and_qiskit_in_values(architecture):
    circuit = lay_out(architecture)
    assert_three_views_are_equal(circuit, inputs_for(circuit, architecture.encoding))


def assert_three_views_are_equal(circuit: Circuit, inputs: torch.Tensor) -> None:
    fused, by_gate = (quantum_layer(circuit, name) for name in ("fused", "torchquantum"))
    torch.nn.init.uniform_(fused.module.weights, -np.pi, np.pi)
    by_gate.load_state_dict(fused.state_dict())
    outcomes = []
    for layer in (fused, by_gate):
        x = inputs.clone().requires_grad_()
        values = layer(x)
        (values * torch.linspace(0.3, 1, values.numel()).view_as(values)).sum().backward()
        outcomes.append((values.detach(), x.grad, layer.module.weights.grad))
    for fused_tensor, by_gate_tensor in zip(*outcomes, strict=True):
        torch.testing.assert_close(fused_tensor, by_gate_tensor, atol=1e-5, rtol=0)

    weights = fused.module.weights.detach().numpy()
    for sample, values in zip(inputs, outcomes[0][0], strict=True):
        state = Statevector(bind(circuit, sample.numpy(), weights)).reverse_qargs()
        expected = np.abs(state.data) ** 2 @ signs(circuit.observables, circuit.qubits).numpy()
        np.testing.assert_allclose(values, expected, atol=1e-5)


@pytest.mark.parametrize("batch", [3, 300])
@pytest.mark.parametrize("architecture", RANDOM[:20] + SHIPPED, ids=str)
def test_gradients_through_the_states_on_a_device_are_those_of_the_values(architecture, batch):
    circuit = lay_out(architecture)
    fused = FusedCircuit(circuit, torch.complex128)
    inputs = inputs_for(circuit, architecture.encoding, batch).double().requires_grad_()
    device = tq.QuantumDevice(circuit.qubits, bsz=batch)
    fused(device, inputs)
    outcomes = [
        (values, *torch.autograd.grad(values.sum(), (inputs, fused.weights)))
        for values in (fused.measured(device), fused.expectations(inputs))
    ]
    for by_states, directly in zip(*outcomes, strict=True):
        torch.testing.assert_close(by_states, directly)


@pytest.mark.parametrize("architecture", RANDOM[:20] + SHIPPED, ids=str)
def test_in_double_precision_fused_equals_qiskit_to_ten_digits(architecture):
    circuit = lay_out(architecture)
    layer = QuantumLayer(FusedCircuit(circuit, torch.complex128)).double()
    inputs = inputs_for(circuit, architecture.encoding).double()
    inputs = inputs / inputs.norm(dim=1, keepdim=True)
    values = layer(inputs).detach()
    weights = layer.module.weights.detach().numpy()
    for sample, value in zip(inputs, values, strict=True):
        state = Statevector(bind(circuit, sample.numpy(), weights)).reverse_qargs()
        expected = np.abs(state.data) ** 2 @ signs(circuit.observables, circuit.qubits).numpy()
        np.testing.assert_allclose(value, expected, atol=1e-10)


@pytest.mark.parametrize("entangler", CHOICES["entangler"])
@pytest.mark.parametrize("encoding", ["rx", "rz", "amplitude", "iqp"])
def test_fused_gradients_pass_gradcheck(entangler, encoding):
    architecture = Architecture(
        qubits=3,
        depth=2,
        encoding=encoding,
        reuploading=True,
        entangler=entangler,
        entanglement="ring",
        measurement="z_zz",
    ).canonical()
    circuit = lay_out(architecture)
    module = FusedCircuit(circuit, torch.complex128)
    layer = QuantumLayer(module).double()
    inputs = inputs_for(circuit, encoding, batch=2).double().requires_grad_()

    def values(x: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        return torch.func.functional_call(layer, {"module.weights": weights}, (x,))

    assert torch.autograd.gradcheck(values, (inputs, module.weights))


@pytest.mark.parametrize("architecture", [a for a in SHIPPED if a.qubits <= 5][:8], ids=str)
def test_gradients_on_the_shipped_spaces_pass_gradcheck(architecture):
    circuit = lay_out(architecture)
    module = FusedCircuit(circuit, torch.complex128)
    layer = QuantumLayer(module).double()
    torch.nn.init.uniform_(module.weights, -np.pi, np.pi)
    inputs = inputs_for(circuit, architecture.encoding, batch=2).double().requires_grad_()

    def values(x: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        return torch.func.functional_call(layer, {"module.weights": weights}, (x,))

    assert torch.autograd.gradcheck(values, (inputs, module.weights))


ODD = {
    "a two-qubit gate first": [Gate("cx", (0, 1)), Gate("ry", (0,), inputs=(0,))],
    "an input rotated about two axes": [
        Gate("ry", (0,), inputs=(0,)), Gate("rx", (1,), inputs=(0,)),
    ],
    "a weight shared by three gates": [
        Gate("ry", (0,), weight=0), Gate("rx", (1,), weight=0), Gate("ry", (0,), inputs=(0,)),
        Gate("crz", (0, 1), weight=0), Gate("h", (0,)),
    ],
    "inputs only after the first block": [
        Gate("rx", (0,), weight=0), Gate("cx", (0, 1)), Gate("ry", (1,), inputs=(0,)),
    ],
    "swaps among CX": [
        Gate("ry", (0,), inputs=(0,)), Gate("swap", (0, 2)), Gate("cx", (2, 1)),
        Gate("swap", (1, 2)), Gate("rx", (2,), weight=0),
    ],
}  # fmt: skip


@pytest.mark.parametrize("gates", ODD.values(), ids=ODD)
def test_gate_lists_that_no_architecture_makes_are_equal_as_well(gates):
    circuit = Circuit(3, tuple(gates), ((0,), (1,), (0, 2)), inputs=1, weights=1)
    fused, by_gate = (quantum_layer(circuit, name) for name in ("fused", "torchquantum"))
    torch.nn.init.uniform_(fused.module.weights, 1, 2)
    by_gate.load_state_dict(fused.state_dict())
    inputs = torch.tensor([[0.4], [1.3]])
    torch.testing.assert_close(fused(inputs), by_gate(inputs), atol=1e-5, rtol=0)


WEIGHT, INPUT, PRODUCT, SQUARE = (
    {"weight": 3}, {"inputs": (1,)}, {"inputs": (0, 2)}, {"inputs": (2, 2)},
)  # fmt: skip
ROWS = [row for row in GATES.values() if not row.is_state and row.name != "u1"]  # nobody's method
CASES = [
    (row, angle)
    for row in ROWS
    for angle in ((WEIGHT, INPUT, PRODUCT, SQUARE) if row.parameters else ({},))
]


@pytest.mark.parametrize(("row", "angle"), CASES, ids=lambda case: getattr(case, "name", str(case)))
def test_every_gate_of_the_table_is_the_same_in_three_views_wherever_its_angle_is_from(row, angle):
    gates = [
        *(Gate("ry", (wire,), inputs=(wire,)) for wire in range(3)),
        *(Gate("rx", (wire,), weight=wire) for wire in range(3)),
        Gate("cx", (0, 1)),
        *(Gate(row.name, wires[: row.wires], **angle) for wires in ((2, 0), (0, 1))),
        *(Gate("rx", (wire,), weight=wire) for wire in range(3)),
    ]
    circuit = Circuit(3, tuple(gates), ((0,), (1,), (0, 2)), inputs=3, weights=4)
    inputs = torch.tensor([[0.4, -1.1, 0.8], [1.3, 0.2, -0.5]])
    if row.control and "inputs" in angle:
        message = f"cannot run gate {row.name} by an input; simulator=torchquantum can"
        with pytest.raises(CandidateError, match=message):
            quantum_layer(circuit, "fused")(inputs)
    else:
        assert_three_views_are_equal(circuit, inputs)


def test_one_row_makes_a_gate_known_to_the_fused_simulator(monkeypatch):
    circuit = Circuit(2, (Gate("h", (0,)), Gate("dcx", (0, 1)), Gate("cs", (0, 1))), ((1,),), 1, 0)
    inputs = torch.zeros(1, 1)
    with pytest.raises(CandidateError, match="cannot run gate dcx; simulator=torchquantum can"):
        quantum_layer(circuit, "fused")(inputs)
    by_gate = quantum_layer(circuit, "torchquantum")(inputs)
    dcx = ((1, 0, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1), (0, 1, 0, 0))
    cs = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1j))
    for name, matrix in (("dcx", dcx), ("cs", cs)):
        monkeypatch.setitem(GATES, name, GateSpec(name=name, matrix=matrix))
    torch.testing.assert_close(quantum_layer(circuit, "fused")(inputs), by_gate)


def test_a_gate_that_nobody_knows_is_a_candidates_error_in_one_line():
    circuit = Circuit(1, (Gate("ryx", (0,), weight=0),), ((0,),), inputs=1, weights=1)
    with pytest.raises(CandidateError, match="TorchQuantum has no gate ryx"):
        quantum_layer(circuit, "torchquantum")(torch.zeros(1, 1))
    with pytest.raises(CandidateError, match="Qiskit has no gate ryx of 1 angles on 1 qubits"):
        to_qiskit(circuit)


def test_a_circuit_too_wide_to_simulate_is_a_candidates_error():
    with pytest.raises(CandidateError, match="21 qubits are more than the 20 simulated"):
        quantum_layer(lay_out(Architecture(qubits=21)), "fused")


def test_both_simulators_hold_the_same_parameters_under_the_same_names():
    circuit = lay_out(Architecture(qubits=3, entangler="cry"))
    shapes = [
        {name: tuple(p.shape) for name, p in quantum_layer(circuit, simulator).named_parameters()}
        for simulator in ("fused", "torchquantum")
    ]
    assert shapes[0] == shapes[1] == {"module.weights": (11,)}


def test_a_batch_of_one_and_a_circuit_without_entanglement_work():
    circuit = lay_out(Architecture(qubits=2, entanglement="none", reuploading=True, depth=2))
    assert quantum_layer(circuit, "fused")(torch.zeros(1, 2)).shape == (1, 2)
