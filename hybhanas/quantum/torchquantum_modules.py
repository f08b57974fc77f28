"""Circuits as ordinary modules of TorchQuantum, whose import takes seconds."""

from __future__ import annotations

from functools import reduce

import torch
import torchquantum as tq
import torchquantum.functional as tqf
from torch import Tensor, nn

from hybhanas.circuit import Circuit
from hybhanas.errors import CandidateError
from hybhanas.gates import AMPLITUDE, GATES
from hybhanas.quantum import kernels
from hybhanas.quantum.fused import FusedModule, FusedStacks
from hybhanas.quantum.weights import initial_weights


class TorchQuantumCircuit(tq.QuantumModule):
    """A circuit that acts on a batched `tq.QuantumDevice`, starting from |0...0>.

    Args:
        circuit: the gate list.
        weights: its angles [circuit.weights], in radians, the one parameter; None: random ones.
    """

    def __init__(self, circuit: Circuit, weights: nn.Parameter | None = None):
        super().__init__()
        self.circuit = circuit
        self.weights = initial_weights(circuit) if weights is None else weights

    def forward(self, device: tq.QuantumDevice, inputs: Tensor) -> None:
        """Leaves the circuit's states on `device`.

        Args:
            device: a QuantumDevice of `circuit.qubits` wires; its states are replaced.
            inputs: [batch, circuit.inputs], radians, or unit vectors for amplitude encoding.
        """
        raise NotImplementedError("a simulator defines forward")

    def measured(self, device: tq.QuantumDevice) -> Tensor:
        """The expectation values [batch, observables] of the states on `device`."""
        states = device.get_states_1d()  # (batch, 2^n)
        eigenvalues = kernels.signs(self.circuit.observables, self.circuit.qubits)  # (2^n, m)
        probabilities = states.real.square() + states.imag.square()
        return probabilities @ eigenvalues.to(probabilities)


class GateByGateCircuit(TorchQuantumCircuit):
    """Runs the gate list by TorchQuantum's own functional gates, one call each, in complex64."""

    def forward(self, device: tq.QuantumDevice, inputs: Tensor) -> None:
        """See `TorchQuantumCircuit.forward`."""
        self._run(device, inputs, self.weights)

    def expectations(self, inputs: Tensor, weights: Tensor | None = None) -> Tensor:
        """[batch, circuit.inputs] -> [batch, observables], each in [-1, 1]."""
        device = tq.QuantumDevice(n_wires=self.circuit.qubits, bsz=1, device=inputs.device)
        self._run(device, inputs, self.weights if weights is None else weights)
        return self.measured(device)

    def _run(self, device: tq.QuantumDevice, inputs: Tensor, weights: Tensor) -> None:
        device.reset_states(inputs.shape[0])
        for gate in self.circuit.gates:
            wires = list(gate.wires)
            if gate.name == AMPLITUDE:
                device.set_states(inputs.to(device.states.dtype))
                continue
            angle: dict[str, Tensor] = {}
            if gate.inputs:
                angle = {"params": reduce(torch.mul, [inputs[:, [i]] for i in gate.inputs])}
            elif gate.weight is not None:
                angle = {"params": weights[gate.weight].reshape(1, 1)}
            spec = GATES.get(gate.name)
            if spec is not None and spec.hamiltonian is not None:
                hamiltonian = torch.tensor(spec.hamiltonian, device=inputs.device)  # (2^w, 2^w)
                unitaries = torch.matrix_exp(-1j * angle["params"][:, :, None] * hamiltonian)
                tqf.qubitunitaryfast(device, wires=wires, params=unitaries)
                continue
            apply = getattr(tqf, gate.name, None)
            if apply is None:
                raise CandidateError(f"TorchQuantum has no gate {gate.name}")
            apply(device, wires=wires, **angle)


class FusedCircuit(TorchQuantumCircuit):
    """Runs the gate list as a stack of one circuit; see `hybhanas.quantum.stack`.

    Args:
        circuit: the gate list.
        dtype: complex64, or complex128 with inputs and weights in float64.
        weights: see `TorchQuantumCircuit`.
    """

    def __init__(
        self,
        circuit: Circuit,
        dtype: torch.dtype = torch.complex64,
        weights: nn.Parameter | None = None,
    ):
        super().__init__(circuit, weights)
        if dtype == torch.complex128:
            self.weights.data = self.weights.data.double()
        self.stacks = FusedStacks(circuit, dtype)

    @classmethod
    def from_module(cls, module: nn.Module) -> FusedCircuit:
        """A `FusedModule` as a module of TorchQuantum, with the same parameter."""
        assert isinstance(module, FusedModule)
        return cls(module.stacks.circuit, module.stacks.dtype, module.weights)

    def forward(self, device: tq.QuantumDevice, inputs: Tensor) -> None:
        """See `TorchQuantumCircuit.forward`."""
        device.set_states(self.stacks.states(inputs, self.weights))

    def expectations(self, inputs: Tensor, weights: Tensor | None = None) -> Tensor:
        """[batch, circuit.inputs] -> [batch, observables]; faster than by the states."""
        return self.stacks.expectations(inputs, self.weights if weights is None else weights)
