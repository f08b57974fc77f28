"""The fused simulator of one circuit: a gate list compiled into a few tensor operations a layer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from hybhanas.circuit import Circuit
from hybhanas.quantum.program import block_width, compile_circuit
from hybhanas.quantum.stack import CircuitStack
from hybhanas.quantum.weights import initial_weights


class FusedStacks:
    """A circuit as stacks of one, compiled when they are first needed.

    Args:
        circuit: the gate list.
        dtype: of states, complex64 or complex128.
    """

    def __init__(self, circuit: Circuit, dtype: torch.dtype):
        self.circuit, self.dtype = circuit, dtype
        self._stacks: dict[tuple[bool, torch.device], CircuitStack] = {}

    def expectations(self, inputs: Tensor, weights: Tensor) -> Tensor:
        """[batch, inputs] and [weights] -> [batch, observables]."""
        values: Tensor = self._stack(False, inputs.device)(inputs, weights)
        return values

    def states(self, inputs: Tensor, weights: Tensor) -> Tensor:
        """[batch, inputs] and [weights] -> [batch, 2^n], the first wire most significant."""
        return self._stack(True, inputs.device).states(inputs, weights)

    def _stack(self, whole: bool, device: torch.device) -> CircuitStack:
        """With `whole` also what no measurement of Z depends on."""
        if (whole, device) not in self._stacks:
            circuit, width = self.circuit, block_width(self.circuit.qubits)
            program = compile_circuit(circuit, circuit.qubits, width, whole)
            stack = CircuitStack([program], width, circuit.inputs, circuit.weights, self.dtype)
            self._stacks[whole, device] = stack.to(device)
        return self._stacks[whole, device]


class FusedModule(nn.Module):
    """A circuit on the fused simulator; a `hybhanas.quantum.simulators.CircuitModule`."""

    def __init__(self, circuit: Circuit):
        super().__init__()
        self.weights = initial_weights(circuit)
        self.stacks = FusedStacks(circuit, torch.complex64)

    def expectations(self, inputs: Tensor, weights: Tensor | None = None) -> Tensor:
        """[batch, circuit.inputs] -> [batch, observables], each in [-1, 1]."""
        return self.stacks.expectations(inputs, self.weights if weights is None else weights)
