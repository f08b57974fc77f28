"""What the two simulators share: parameters, the device they act on, and the quantum layer."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torchquantum as tq
from torch import Tensor, nn

from hybhanas.circuit import Circuit
from hybhanas.errors import CandidateError, unknown
from hybhanas.quantum import SIMULATORS, kernels

MOST_QUBITS = 20
"""Above it a batch of states takes gigabytes, and amplitude encoding a million gates."""

INITIAL_SPREAD = 0.1
"""Standard deviation of the initial angles, radians. Close to the identity gradients do not vanish
and digits train to a higher accuracy than from uniform angles (Grant et al., Quantum 3, 214)."""


class CircuitModule(tq.QuantumModule):
    """A circuit that acts on a batched `tq.QuantumDevice`, starting from |0...0>.

    Both simulators hold their angles as one parameter `weights` [circuit.weights] in radians,
    drawn from a normal distribution about 0, so a state_dict moves between them.
    """

    def __init__(self, circuit: Circuit):
        super().__init__()
        self.circuit = circuit
        self.weights = nn.Parameter(torch.randn(circuit.weights) * INITIAL_SPREAD)

    def forward(self, device: tq.QuantumDevice, inputs: Tensor) -> None:
        """Leaves the circuit's states on `device`.

        Args:
            device: a QuantumDevice of `circuit.qubits` wires; its states are replaced.
            inputs: [batch, circuit.inputs], radians, or unit vectors for amplitude encoding.
        """
        raise NotImplementedError("a simulator defines forward")

    def expectations(self, inputs: Tensor) -> Tensor:
        """[batch, circuit.inputs] -> [batch, observables], each in [-1, 1]."""
        device = tq.QuantumDevice(n_wires=self.circuit.qubits, bsz=1, device=inputs.device)
        self(device, inputs)
        return self.measured(device)

    def measured(self, device: tq.QuantumDevice) -> Tensor:
        """The expectation values [batch, observables] of the states on `device`."""
        states = device.get_states_1d()
        eigenvalues = kernels.signs(self.circuit.observables, self.circuit.qubits)
        probabilities = states.real.square() + states.imag.square()
        return probabilities @ eigenvalues.to(probabilities)


class QuantumLayer(nn.Module):
    """Inputs to expectation values through a circuit: the part of an HQNN that is quantum."""

    def __init__(self, module: CircuitModule):
        super().__init__()
        self.module = module

    def forward(self, inputs: Tensor) -> Tensor:
        """[batch, circuit.inputs] -> [batch, observables], each in [-1, 1]."""
        return self.module.expectations(inputs)


def quantum_layer(circuit: Circuit, simulator: str) -> QuantumLayer:
    """The quantum layer of a circuit on the named simulator, `fused` or `torchquantum`."""
    from hybhanas.quantum.fused import FusedCircuit
    from hybhanas.quantum.gate_by_gate import GateByGateCircuit

    simulators = dict(zip(SIMULATORS, (FusedCircuit, GateByGateCircuit), strict=True))
    if simulator not in simulators:
        raise unknown("simulator.name", simulator, SIMULATORS)
    if circuit.qubits > MOST_QUBITS:
        raise CandidateError(f"{circuit.qubits} qubits are more than the {MOST_QUBITS} simulated")
    return QuantumLayer(simulators[simulator](circuit))


def circuit_stack(circuits: Sequence[Circuit], simulator: str) -> tuple[nn.Module, list[int]]:
    """Many circuits as one module, [K, inputs, B] and weights [K, weights] -> [K, observables, B],
    and which of `circuits` each of its K is.
    """
    from hybhanas.quantum.fused import stack_of
    from hybhanas.quantum.gate_by_gate import GateByGateStack

    if simulator == "torchquantum":
        return GateByGateStack(circuits), list(range(len(circuits)))
    return stack_of(circuits)
