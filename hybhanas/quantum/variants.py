"""Variants of a network that tell what its circuit is good for: classical, frozen, unentangled.

A variant is the same network with the same training, but that something else runs in place of the
trained circuit. It is chosen like a simulator.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hybhanas.circuit import Circuit
from hybhanas.quantum.fused import FusedModule
from hybhanas.quantum.simulators import SIMULATORS, Simulator

TWIN, FROZEN = "classical_twin", "frozen_circuit"


@dataclass(frozen=True, slots=True)
class TwinShape:
    """The dense layers in place of a circuit: one, or two with `hidden` units between them.

    Example:
        >>> TwinShape.of(4, 4, parameters=20).hidden, TwinShape.of(4, 4, parameters=23).parameters
        (None, 22)
    """

    inputs: int
    outputs: int
    hidden: int | None

    @classmethod
    def of(cls, inputs: int, outputs: int, parameters: int) -> TwinShape:
        """The shape whose number of parameters is nearest; of two the smaller."""
        per_unit = inputs + outputs + 1
        hidden = max((parameters - outputs) // per_unit, 1)
        shapes = [cls(inputs, outputs, h) for h in (None, hidden, hidden + 1)]
        return min(shapes, key=lambda s: (abs(s.parameters - parameters), s.parameters))

    @property
    def sizes(self) -> tuple[tuple[int, int], ...]:
        """Inputs and outputs of each layer."""
        if self.hidden is None:
            return ((self.inputs, self.outputs),)
        return ((self.inputs, self.hidden), (self.hidden, self.outputs))

    @property
    def bottleneck(self) -> int:
        """The hidden units if they are fewer than inputs and outputs, else 0.

        Example:
            >>> TwinShape.of(6, 6, parameters=12).bottleneck, TwinShape.of(2, 2, 6).bottleneck
            (1, 0)
        """
        few = self.hidden is not None and self.hidden < min(self.inputs, self.outputs)
        return self.hidden or 0 if few else 0

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return sum(inputs * outputs + outputs for inputs, outputs in self.sizes)


def twin_shape(circuit: Circuit) -> TwinShape:
    """The dense layers in place of a circuit, of as many parameters as it has angles, as nearly as
    whole numbers allow.
    """
    return TwinShape.of(circuit.inputs, len(circuit.observables), circuit.weights)


class TwinModule(nn.Module):
    """Dense layers, each with a tanh, whose outputs lie in [-1, 1] as expectation values do."""

    def __init__(self, circuit: Circuit):
        super().__init__()
        self.shape = twin_shape(circuit)
        layers = [nn.Linear(*size) for size in self.shape.sizes]
        parts = [part for layer in layers for part in (layer.weight, layer.bias)]
        self.weights = nn.Parameter(torch.cat([part.detach().flatten() for part in parts]))

    def expectations(self, inputs: Tensor, weights: Tensor | None = None) -> Tensor:
        """[batch, inputs] -> [batch, outputs]."""
        left = self.weights if weights is None else weights
        values, start = inputs, 0
        for size, outputs in self.shape.sizes:
            end = start + size * outputs
            weight, bias = left[start:end], left[end : end + outputs]
            values = torch.tanh(values @ weight.view(outputs, size).T + bias)
            start = end + outputs
        return values


class _Twin(Simulator):
    """A classical layer in place of every circuit."""

    def module(self, circuit: Circuit) -> nn.Module:
        return TwinModule(circuit)


class _Frozen(Simulator):
    """The circuit with angles drawn uniformly, which are not trained."""

    gains_by_groups = True

    def module(self, circuit: Circuit) -> nn.Module:
        module = FusedModule(circuit)
        torch.nn.init.uniform_(module.weights, -math.pi, math.pi)
        return module

    def stack(self, circuits: Sequence[Circuit]) -> tuple[nn.Module, list[int]]:
        stack, members = SIMULATORS["fused"].stack(circuits)
        return _Untrained(stack), members


class _Untrained(nn.Module):
    def __init__(self, stack: nn.Module):
        super().__init__()
        self.stack = stack

    def forward(self, inputs: Tensor, weights: Tensor) -> Tensor:
        values: Tensor = self.stack(inputs, weights.detach())
        return values

    def subset(self, rows: Sequence[int]) -> _Untrained:
        """Some of the circuits."""
        return _Untrained(self.stack.subset(rows))  # type: ignore[operator]


for _name, _simulator in ((TWIN, _Twin()), (FROZEN, _Frozen())):
    if _name not in SIMULATORS:
        SIMULATORS.add(_name, _simulator)
