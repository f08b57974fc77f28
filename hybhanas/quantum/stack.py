"""CircuitStack: many circuits run as one, in one differentiable call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from hybhanas.circuit import Circuit
from hybhanas.quantum.autograd import StackFunction
from hybhanas.quantum.layout import stack_tables
from hybhanas.quantum.program import Program, block_width, compile_circuit

WITHOUT_GRADIENT_BYTES = 2**28
"""Of states held at once where no gradient is asked for: samples of an evaluation come in larger
batches than memory may have room for, and can be run in parts."""


class CircuitStack(nn.Module):
    """K circuits on one register, each with its own gates and angles.

    It has no parameters: `forward` is given the weights.

    Args:
        programs: of one register and block width, those of most steps first.
        width: wires of a block.
        inputs, weights: lengths of the vectors that `forward` is given for each circuit, which
            uses as many of them as it has.
        dtype: complex64 or complex128; inputs and weights are float32 or float64 accordingly.
        observables: how many values `forward` gives of each circuit at least.

    Attributes:
        tables: the circuits, as tensors. They are no buffers, which are slow to look up.

    Raises:
        ValueError: the programs are not sorted by steps; `stack_of` sorts them.
    """

    def __init__(  # noqa: PLR0913 - the parts of a stack
        self,
        programs: Sequence[Program],
        width: int,
        inputs: int,
        weights: int,
        dtype: torch.dtype = torch.complex64,
        observables: int = 0,
    ):
        super().__init__()
        self._programs, self._lengths = tuple(programs), (inputs, weights)
        self.tables = stack_tables(programs, width, inputs, max(weights, 1), observables, dtype)

    def forward(self, inputs: Tensor, weights: Tensor) -> Tensor:
        """Expectation values.

        Args:
            inputs: [K, inputs, B], radians or amplitudes; or [B, inputs] for a stack of one.
            weights: [K, weights], radians; or [weights] for a stack of one.

        Returns:
            [K, m, B], m the most observables of a circuit; beyond its own a circuit has zeros.
            Or [B, m] for a stack of one.

        Raises:
            ValueError: inputs, weights and stack are not on one processor.
        """
        return self._run(inputs, weights, measure=True)

    def states(self, inputs: Tensor, weights: Tensor) -> Tensor:
        """States instead of expectation values, their rows in the order of each circuit's last
        step; [K, 2^n, B], or [B, 2^n] for a stack of one given as such.
        """
        return self._run(inputs, weights, measure=False)

    def subset(self, rows: Sequence[int]) -> CircuitStack:
        """A stack of some of the circuits, in their order, with inputs, weights and values of the
        same lengths.
        """
        programs = [self._programs[k] for k in rows]
        tables = self.tables
        stack = CircuitStack(
            programs, tables.width, *self._lengths, tables.dtype, tables.observables
        )
        return stack.to(tables.device)

    def _run(self, inputs: Tensor, weights: Tensor, measure: bool) -> Tensor:
        tables = self.tables
        if not inputs.device == weights.device == tables.device:
            raise ValueError(
                f"inputs on {inputs.device}, weights on {weights.device} and circuits on "
                f"{tables.device} are not accepted: all on one processor"
            )
        if not self._lengths[1]:
            weights = pad(weights, (0, 1))  # for gates without an angle to be given one
        if tables.product_inputs.numel():
            inputs = self._with_products(inputs, alone=weights.dim() == 1)
        samples = 0 if weights.dim() == 1 else 2
        sample_bytes = tables.circuits * 2**tables.wires * tables.dtype.itemsize
        most = max(1, WITHOUT_GRADIENT_BYTES // sample_bytes)
        if torch.is_grad_enabled() or inputs.shape[samples] <= most:
            values: Tensor = StackFunction.apply(inputs, weights, tables, measure)
            return values
        parts = inputs.split(most, dim=samples)  # type: ignore[no-untyped-call]
        return torch.cat(
            [StackFunction.apply(part, weights, tables, measure) for part in parts], dim=samples
        )

    def _with_products(self, inputs: Tensor, alone: bool) -> Tensor:
        """Inputs as `forward` is given them, with the products that are angles appended."""
        given = inputs.T.unsqueeze(0) if alone else inputs  # (K, inputs, B)
        padded = pad(given, (0, 0, 0, 1), value=1.0).flatten(0, 1)  # (K (inputs + 1), B)
        factors = padded[self.tables.product_inputs]  # (K, P, f, B)
        products = reduce(torch.mul, factors.unbind(dim=2))  # (K, P, B)
        both = torch.cat([given, products], dim=1)  # (K, inputs + P, B)
        return both.squeeze(0).T if alone else both

    def _apply(self, fn: Callable[..., Tensor], recurse: bool = True) -> CircuitStack:
        """Moves to another processor."""
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        self.tables = self.tables.map(fn)
        return self


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
    programs = [compile_circuit(circuit, wires, width) for circuit in circuits]
    order = sorted(range(len(programs)), key=lambda i: -len(programs[i].steps))
    inputs = max(circuit.inputs for circuit in circuits)
    weights = max(circuit.weights for circuit in circuits)
    return CircuitStack([programs[i] for i in order], width, inputs, weights, dtype), order
