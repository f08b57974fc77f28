"""The fused simulator: a gate list compiled into a few tensor operations a layer."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torchquantum as tq
from torch import Tensor

from hybhanas.circuit import Circuit
from hybhanas.quantum.modules import CircuitModule
from hybhanas.quantum.program import block_width, compiled
from hybhanas.quantum.stack import CircuitStack


class FusedCircuit(CircuitModule):
    """Runs the gate list as a stack of one circuit; see `hybhanas.quantum.stack`.

    Args:
        circuit: the gate list.
        dtype: complex64, or complex128 with inputs and weights in float64.
    """

    def __init__(self, circuit: Circuit, dtype: torch.dtype = torch.complex64):
        super().__init__(circuit)
        if dtype == torch.complex128:
            self.weights.data = self.weights.data.double()
        self.dtype = dtype
        self._stacks: dict[tuple[bool, torch.device], CircuitStack] = {}

    def forward(self, device: tq.QuantumDevice, inputs: Tensor) -> None:
        """See `CircuitModule.forward`."""
        stack = self._stack(True, inputs.device)
        device.set_states(stack.states(inputs, self.weights))

    def expectations(self, inputs: Tensor) -> Tensor:
        """See `CircuitModule.expectations`; faster than by the states."""
        stack = self._stack(False, inputs.device)
        values: Tensor = stack(inputs, self.weights)
        return values

    def _stack(self, whole: bool, device: torch.device) -> CircuitStack:
        """Compiled when it is first needed, `whole` with what no measurement of Z sees."""
        if (whole, device) not in self._stacks:
            circuit, width = self.circuit, block_width(self.circuit.qubits)
            program = compiled(circuit, circuit.qubits, width, whole)
            stack = CircuitStack([program], width, circuit.inputs, circuit.weights, self.dtype)
            self._stacks[whole, device] = stack.to(device)
        return self._stacks[whole, device]


def stack_of(
    circuits: Sequence[Circuit], dtype: torch.dtype = torch.complex64
) -> tuple[CircuitStack, list[int]]:
    """Circuits of any widths as one stack on the register of the widest.

    Returns:
        The stack, for as many inputs and weights as the largest circuit has; and which of
        `circuits` each of its K is.
    """
    wires = max(circuit.qubits for circuit in circuits)
    width = block_width(wires)
    programs = [compiled(circuit, wires, width) for circuit in circuits]
    order = sorted(range(len(programs)), key=lambda i: -len(programs[i].steps))
    inputs = max(circuit.inputs for circuit in circuits)
    weights = max(circuit.weights for circuit in circuits)
    return CircuitStack([programs[i] for i in order], width, inputs, weights, dtype), order
