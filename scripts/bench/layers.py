"""The quantum layer forward and backward: the fused simulator against TorchQuantum."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hybhanas.architecture import Architecture
from hybhanas.circuit import Circuit, lay_out
from hybhanas.quantum.layer import quantum_layer
from scripts.bench.results import Result
from scripts.bench.timing import take_turns

SIZES = ((4, 2), (6, 3), (8, 4), (10, 6))  # qubits, layers of RZ-RY-RZ and a ring
ENTANGLERS = ("cx", "cry")
BATCHES = (32, 256)
TOLERANCE = 1e-5

Step = Callable[[], tuple[Any, Any, Any]]
"""One forward and backward pass: expectation values [batch, observables], and the gradients of
their sum, [batch, inputs] and [weights]."""


@dataclass(frozen=True, eq=False, slots=True)
class Case:
    """A circuit, a batch of inputs [batch, inputs] and its weights [weights], in radians."""

    architecture: Architecture
    circuit: Circuit
    inputs: Tensor
    weights: Tensor


def cases(
    sizes: Sequence[tuple[int, int]], batch: int, entanglers: Sequence[str] = ENTANGLERS
) -> Iterator[Case]:
    """Every size with every entangler: RY encoding, Z on every qubit, angles of the same seed."""
    for qubits, depth in sizes:
        for entangler in entanglers:
            architecture = Architecture(
                qubits=qubits, depth=depth, entanglement="ring", entangler=entangler
            )
            circuit = lay_out(architecture)
            torch.manual_seed(0)
            inputs = torch.randn(batch, circuit.inputs, requires_grad=True)
            weights = torch.randn(circuit.weights, requires_grad=True)
            yield Case(architecture, circuit, inputs, weights)


def ours(case: Case, simulator: str) -> Step:
    """The project's layer on one of its simulators."""
    layer = quantum_layer(case.circuit, simulator)
    (weights,) = layer.parameters()
    weights.data.copy_(case.weights.detach())
    return lambda: passes(layer(case.inputs), case.inputs, weights)


OURS = {name: partial(ours, simulator=name) for name in ("fused", "torchquantum")}
"""Both simulators of the project."""


def passes(values: Tensor, inputs: Tensor, weights: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The backward pass of a step in torch."""
    by_input, by_weight = torch.autograd.grad(values.sum(), (inputs, weights))
    return values.detach(), by_input, by_weight


def compare(case: Case, makers: Mapping[str, Callable[[Case], Step]]) -> Result:
    """Times the contestants on a case, once all of them agree with the first.

    Raises:
        ValueError: a contestant has other values or gradients than the first.
    """
    steps: dict[str, Step] = {}
    first_s: dict[str, float] = {}
    reference = None
    for name, make in makers.items():
        started = time.perf_counter()
        steps[name] = make(case)
        outcome = steps[name]()
        first_s[name] = time.perf_counter() - started
        if reference is None:
            reference = outcome
        _check(name, outcome, reference, len(case.inputs))
    row = {
        "qubits": case.architecture.qubits,
        "layers": case.architecture.depth,
        "entangler": case.architecture.entangler,
        "batch": len(case.inputs),
        "timings": {name: asdict(timing) for name, timing in take_turns(steps).items()},
        "first_s": first_s,
    }
    _print_row(row)
    return row


def _check(name: str, outcome: tuple[Any, ...], reference: tuple[Any, ...], batch: int) -> None:
    """A weight's gradient sums over the batch, and so may its error."""
    for what, size, a, b in zip(
        ("values", "input gradients", "weight gradients"), (1, 1, batch), outcome, reference,
        strict=True,
    ):  # fmt: skip
        difference = np.abs(np.asarray(a) - np.asarray(b)).max() / size
        if np.shape(a) != np.shape(b) or not difference < TOLERANCE:
            raise ValueError(f"{name} differs from the first in its {what} by {difference:.1e}")


def print_head(names: Sequence[str]) -> None:
    """The head of the table whose rows `compare` prints."""
    print("medians in ms, and how many times the first one's")
    print("qubits layers entangler batch " + " ".join(f"{name:>19}" for name in names))


def _print_row(row: Result) -> None:
    medians = [timing["ms"] for timing in row["timings"].values()]
    print_line(row, [f"{ms:.2f} {ms / medians[0]:6.1f}" for ms in medians])


def print_line(row: Result, cells: Sequence[str]) -> None:
    """A line of a table on the case of a row."""
    case = f"{row['qubits']:6} {row['layers']:6} {row['entangler']:>9} {row['batch']:5} "
    print(case + " ".join(f"{cell:>19}" for cell in cells), flush=True)


def run() -> Result:
    """Both simulators on all sizes and batches."""
    print("quantum layer, forward and backward, one thread")
    print_head(list(OURS))
    return {"rows": [compare(case, OURS) for b in BATCHES for case in cases(SIZES, b)]}
