"""What the circuits of a stack are, as tensors; `hybhanas.quantum.layout` makes them.

Weight indices address the K weight vectors, concatenated. Input indices do too: each vector of
inputs is followed by the products of inputs that are angles, and by one zero that absent inputs
point to. Matrices are flattened, real and imaginary parts interleaved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

import torch
from torch import Tensor

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class GateTables:
    """Up to T gates at each of many places, as `kernels.gate_products` takes them. Where a place
    has fewer, identities follow.
    """

    weights: Tensor  # (T places), of the angles
    fixed: Tensor  # (T places, 1, 2 d^2)
    by_angle: Tensor  # (T places, 2, 2 d^2)
    generators: Tensor  # (T places, 2 d^2, 1)


@dataclass(frozen=True, slots=True)
class StartTables:
    """The states before the first step: products of one-qubit states, or amplitudes."""

    inputs: Tensor  # (K, n), the encoded angles
    in_order: bool  # whether these are all inputs, in order
    amplitudes: Tensor  # (K, 2^n), the inputs that are amplitudes
    by_amplitude: Tensor  # (K), whether they are the state
    any_by_amplitude: bool
    all_by_amplitude: bool


@dataclass(frozen=True, slots=True)
class EntanglerTables:
    """The entangling gates of the blocks that have any, as matrices of a block."""

    blocks: Tensor  # (b), counted through (steps, K)
    gates: GateTables


@dataclass(frozen=True, slots=True)
class PhaseTables:
    """The phases of the steps that have any, by the place of a wire in the step's order.

    A trained angle adds to the phase of a row `quadratic` times the product of the bits at its two
    places, `of_first` times the first bit and `of_second` times the second; gates without an angle
    add `fixed` times the product. An encoded angle is multiplied by a column of `z_halves`, which
    is that of a product of Z; the first n are those of single Z.
    """

    weights: Tensor  # (phases, K, n, n)
    quadratic: Tensor  # (phases, K, n, n)
    of_first: Tensor  # (phases, K, n, n)
    of_second: Tensor  # (phases, K, n, n)
    fixed: Tensor  # (phases, K, n, n)
    inputs: Tensor  # (phases, K, m)
    z_halves: Tensor  # (2^n, m), eigenvalues of Z times -1/2
    shared: bool  # whether any phase is the same for all samples
    symmetric: bool  # whether any `of_second` is not zero
    sampled: bool  # whether any phase is an encoding, different for each sample


@dataclass(frozen=True, slots=True)
class StepTables:
    """How one step permutes rows, for the circuits that still run at this step: the first of the
    stack. The indices count rows through all of them; None where rows stay.
    """

    circuits: int
    perm: Tensor | None  # (circuits 2^n), new = old[perm]
    inverse_perm: Tensor | None  # (circuits 2^n)
    phases: int | None  # the place of its phases in PhaseTables, None where it has none


@dataclass(frozen=True, slots=True)
class MeasurementTables:
    """The observables, by row of the last step."""

    eigenvalues: Tensor  # (K, m, 2^n)
    double_eigenvalues: Tensor  # (K, 2^n, m)


@dataclass(frozen=True, slots=True)
class StackTables:
    """K circuits on one register of `wires` wires, in blocks of `width`."""

    circuits: int
    wires: int
    width: int
    dtype: torch.dtype  # of states
    start: StartTables
    gates: GateTables  # at the start (K, n places), then of the blocks (steps, K, width places)
    entanglers: EntanglerTables | None
    phases: PhaseTables
    steps: tuple[StepTables, ...]
    measurement: MeasurementTables
    bits: Tensor  # (2^n, n), of a row's number
    partial_traces: Tensor  # (4^width, 4 width), see `kernels.partial_traces`
    product_inputs: Tensor  # (K, P, f), the factors of each product of inputs that is an angle

    @property
    def observables(self) -> int:
        """The most observables of a circuit."""
        return self.measurement.eigenvalues.shape[1]

    @property
    def device(self) -> torch.device:
        """The processor that all tensors are on."""
        return self.bits.device

    def map(self, function: Callable[[Tensor], Tensor]) -> StackTables:
        """The same tables with a function applied to each tensor, such as a move to a GPU."""
        return _mapped(self, function)


def _mapped(value: T, function: Callable[[Tensor], Tensor]) -> T:
    mapped: Any = value
    if isinstance(value, Tensor):
        mapped = function(value)
    elif isinstance(value, tuple):
        mapped = tuple(_mapped(part, function) for part in value)
    elif is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: _mapped(getattr(value, f.name), function) for f in fields(value)}
        mapped = replace(value, **parts)
    result: T = mapped
    return result
