"""The gate-by-gate simulator: TorchQuantum's own functional gates, one call each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import torch
import torchquantum as tq
import torchquantum.functional as tqf
from torch import Tensor, nn

from hybhanas.circuit import Circuit
from hybhanas.errors import CandidateError
from hybhanas.gates import AMPLITUDE
from hybhanas.quantum.modules import CircuitModule


class GateByGateCircuit(CircuitModule):
    """Runs the gate list on TorchQuantum, in complex64 only."""

    def forward(self, device: tq.QuantumDevice, inputs: Tensor) -> None:
        """See `CircuitModule.forward`."""
        self.run(device, inputs, self.weights)

    def run(self, device: tq.QuantumDevice, inputs: Tensor, weights: Tensor) -> None:
        """The same for given weights [circuit.weights]."""
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
            apply = getattr(tqf, gate.name, None)
            if apply is None:
                raise CandidateError(f"TorchQuantum has no gate {gate.name}")
            apply(device, wires=wires, **angle)


class GateByGateStack(nn.Module):
    """Circuits one after the other, called as a `hybhanas.quantum.stack.CircuitStack`."""

    def __init__(self, circuits: Sequence[Circuit]):
        super().__init__()
        self.circuits = [GateByGateCircuit(circuit) for circuit in circuits]
        self.most = max(len(circuit.observables) for circuit in circuits)

    def subset(self, rows: Sequence[int]) -> GateByGateStack:
        """See `CircuitStack.subset`."""
        stack = GateByGateStack([self.circuits[k].circuit for k in rows])
        stack.most = self.most
        return stack

    def forward(self, inputs: Tensor, weights: Tensor) -> Tensor:
        """[K, inputs, B] and [K, weights] -> expectation values [K, observables, B]."""
        values = []
        for module, samples, angles in zip(self.circuits, inputs, weights, strict=True):
            circuit = module.circuit
            device = tq.QuantumDevice(n_wires=circuit.qubits, bsz=1, device=inputs.device)
            module.run(device, samples[: circuit.inputs].T, angles)
            measured = module.measured(device)
            values.append(nn.functional.pad(measured, (0, self.most - measured.shape[1])).T)
        return torch.stack(values)
