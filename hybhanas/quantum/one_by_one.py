"""Circuits one after the other, called as a stack: for simulators that run one at a time."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from hybhanas.circuit import Circuit


class OneByOne(nn.Module):
    """See `hybhanas.quantum.simulators.Simulator.stack`.

    Args:
        modules: the `CircuitModule` of each circuit, whose own weights are not used.
        circuits: as many.
        observables: how many values `forward` gives of each circuit at least.
    """

    def __init__(
        self, modules: Sequence[nn.Module], circuits: Sequence[Circuit], observables: int = 0
    ):
        super().__init__()
        self.modules_of_circuits = tuple(modules)  # a tuple hides their parameters
        self.circuits = tuple(circuits)
        self.observables = max(observables, *(len(c.observables) for c in circuits))

    def forward(self, inputs: Tensor, weights: Tensor) -> Tensor:
        """[K, inputs, B] and [K, weights] -> expectation values [K, observables, B]."""
        values = []
        for k, (module, circuit) in enumerate(
            zip(self.modules_of_circuits, self.circuits, strict=True)
        ):
            own = module.weights.numel()  # type: ignore[operator]
            samples, angles = inputs[k, : circuit.inputs].T, weights[k, :own]
            measured: Tensor = module.expectations(samples, angles)  # type: ignore[operator]
            values.append(pad(measured, (0, self.observables - measured.shape[1])).T)
        return torch.stack(values)

    def subset(self, rows: Sequence[int]) -> OneByOne:
        """Some of the circuits, in their order, with values of the same length."""
        modules = [self.modules_of_circuits[k] for k in rows]
        return OneByOne(modules, [self.circuits[k] for k in rows], self.observables)
