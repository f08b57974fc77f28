"""CircuitStack: many circuits run as one, in one differentiable call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from hybhanas.quantum import kernels
from hybhanas.quantum.evolution import Move
from hybhanas.quantum.passes import Run
from hybhanas.quantum.program import Program
from hybhanas.quantum.tables import Tables

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
    """

    # As `hybhanas.quantum.tables` names them, by part.
    start_inputs: Tensor
    start_amplitudes: Tensor
    start_by_amplitude: Tensor
    gate_weights: Tensor
    gate_fixed: Tensor
    gate_turning: Tensor
    gate_generators: Tensor
    entangler_blocks: Tensor
    entangler_weights: Tensor
    entangler_fixed: Tensor
    entangler_turning: Tensor
    entangler_generators: Tensor
    phase_weights: Tensor
    phase_quadratic: Tensor
    phase_of_first: Tensor
    phase_of_second: Tensor
    phase_fixed: Tensor
    phase_inputs: Tensor
    row_there: Tensor
    row_back: Tensor
    row_eigenvalues: Tensor
    row_twice: Tensor
    bits: Tensor
    halves: Tensor
    traces: Tensor
    product_inputs: Tensor

    def __init__(
        self,
        programs: Sequence[Program],
        width: int,
        inputs: int,
        weights: int,
        dtype: torch.dtype = torch.complex64,
        observables: int = 0,
    ):
        super().__init__()
        self.dtype = dtype
        self._programs, self._lengths = tuple(programs), (inputs, weights)
        self._tables: list[str] = []
        tables = Tables(programs, width, inputs, max(weights, 1))
        self.circuits, self.wires, self.width = tables.circuits, tables.wires, tables.width
        self.steps, self._counts = tables.steps, tables.counts
        start, phases, rows = tables.start(), tables.phases(), tables.rows(observables)
        self.observables = rows["eigenvalues"].shape[1]
        self.any_amplitudes = bool(start["by_amplitude"].any())
        self.all_amplitudes = bool(start["by_amplitude"].all())
        self.shared = bool(phases["quadratic"].any() or phases["fixed"].any())
        self.symmetric = bool(phases["of_second"].any())
        self.sampled = bool(phases.pop("sampled"))
        self._phased = {int(step): place for place, step in enumerate(phases.pop("steps"))}
        halves, there = phases.pop("halves"), rows.pop("there")
        self._still = [bool((t == np.arange(2**self.wires)).all()) for t in there]
        self.in_order = bool(start.pop("in_order"))
        self._keep("gate", tables.one_qubit_gates(start.pop("vectors")))
        self._keep("start", start)
        self._keep("entangler", tables.entanglers())
        self._keep("phase", phases)
        rows["twice"] = 2 * rows["eigenvalues"].transpose(0, 2, 1)
        self._keep("row", rows | _indices(there))
        bits = kernels.bits(self.wires).numpy()
        traces = kernels.partial_traces(self.width).numpy().astype(complex)
        self._keep("", {"bits": bits, "halves": halves, "traces": traces})
        self._keep("product", {"inputs": tables.products()})
        self.entangled = len(self.entangler_blocks) > 0
        self.moves = self._build_moves()

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

    def _run(self, inputs: Tensor, weights: Tensor, measure: bool) -> Tensor:
        if not inputs.device == weights.device == self.bits.device:
            raise ValueError(
                f"inputs on {inputs.device}, weights on {weights.device} and circuits on "
                f"{self.bits.device} are not accepted: all on one processor"
            )
        if not self._lengths[1]:
            weights = pad(weights, (0, 1))  # for gates without an angle to be given one
        if self.product_inputs.numel():
            inputs = self._with_products(inputs, alone=weights.dim() == 1)
        samples = 0 if weights.dim() == 1 else 2
        sample_bytes = self.circuits * 2**self.wires * self.dtype.itemsize
        most = max(1, WITHOUT_GRADIENT_BYTES // sample_bytes)
        if torch.is_grad_enabled() or inputs.shape[samples] <= most:
            values: Tensor = Run.apply(inputs, weights, self, measure)
            return values
        parts = inputs.split(most, dim=samples)  # type: ignore[no-untyped-call]
        return torch.cat([Run.apply(p, weights, self, measure) for p in parts], dim=samples)

    def _with_products(self, inputs: Tensor, alone: bool) -> Tensor:
        """Inputs as `forward` is given them, with the products of some appended."""
        given = inputs.T.unsqueeze(0) if alone else inputs
        factors = pad(given, (0, 0, 0, 1), value=1.0).flatten(0, 1)[self.product_inputs]
        products = reduce(torch.mul, factors.unbind(dim=2))  # [K, P, B]
        both = torch.cat([given, products], dim=1)
        return both.squeeze(0).T if alone else both

    def subset(self, rows: Sequence[int]) -> CircuitStack:
        """A stack of some of the circuits, in their order, that takes and gives as much of each."""
        programs = [self._programs[k] for k in rows]
        stack = CircuitStack(programs, self.width, *self._lengths, self.dtype, self.observables)
        return stack.to(self.bits.device)

    def _keep(self, prefix: str, arrays: dict[str, np.ndarray]) -> None:
        real = torch.empty(0, dtype=self.dtype).real.dtype
        kinds = {"c": self.dtype, "f": real, "i": torch.long, "b": torch.bool}
        for name, array in arrays.items():
            tensor = torch.from_numpy(np.ascontiguousarray(array)).to(kinds[array.dtype.kind])
            self._tables.append(f"{prefix}_{name}".strip("_"))
            setattr(self, self._tables[-1], tensor)

    def _build_moves(self) -> list[Move]:
        moves = []
        for step in range(self.steps):
            circuits = sum(count > step for count in self._counts)
            rows = circuits * 2**self.wires
            still = self._still[step]
            there = None if still else self.row_there[step, :rows]
            back = None if still else self.row_back[step, :rows]
            moves.append(Move(circuits, there, back, self._phased.get(step)))
        return moves

    def _apply(self, fn: Callable[..., Tensor], recurse: bool = True) -> CircuitStack:
        """Moves to another processor. The tables are no buffers, which are slow to look up."""
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        for name in self._tables:
            setattr(self, name, fn(getattr(self, name)))
        self.moves = self._build_moves()
        return self


def _indices(there: np.ndarray) -> dict[str, np.ndarray]:
    """Rows counted through all circuits, [steps, K 2^n], there and back."""
    steps, circuits, rows = there.shape
    flat = (there + rows * np.arange(circuits)[:, None]).reshape(steps, circuits * rows)
    return {"there": flat, "back": np.argsort(flat, axis=1)}
