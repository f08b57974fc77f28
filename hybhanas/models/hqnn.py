"""The HQNN: dense layers, a quantum layer, a readout."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.quantum.modules import quantum_layer

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "gelu": nn.GELU}


class AngleScale(nn.Module):
    """Squashes to angles in (-pi/2, pi/2)."""

    def forward(self, x: Tensor) -> Tensor:
        """[batch, n] -> [batch, n], radians."""
        return torch.tanh(x) * (math.pi / 2)


class UnitVector(nn.Module):
    """Normalises to amplitudes of length 1."""

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 2^n] -> [batch, 2^n]."""
        return functional.normalize(x, dim=1)


class HQNN(nn.Module):
    """A hybrid quantum-classical neural network for classification.

    Args:
        architecture: what to build.
        features: length of one sample.
        classes: number of logits.
        simulator: `fused` or `torchquantum`; parameters have the same names in both.
    """

    def __init__(self, architecture: Architecture, features: int, classes: int, simulator: str):
        super().__init__()
        circuit = lay_out(architecture)
        self.architecture = architecture
        self.encoder = encoder(architecture, features, circuit.inputs)
        self.quantum = quantum_layer(circuit, simulator)
        self.readout = readout(architecture, len(circuit.observables), classes)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, features] -> logits [batch, classes]."""
        logits: Tensor = self.readout(self.quantum(self.encoder(x)))
        return logits


def encoder(architecture: Architecture, features: int, inputs: int) -> nn.Sequential:
    """The classical layers before the circuit: [batch, features] -> [batch, inputs]."""
    layers: list[nn.Module] = []
    width = features
    for _ in range(architecture.hidden_layers):
        layers += [
            nn.Linear(width, architecture.hidden_width),
            ACTIVATIONS[architecture.activation](),
        ]
        width = architecture.hidden_width
    layers.append(nn.Linear(width, inputs))
    layers.append(UnitVector() if architecture.encoding == "amplitude" else AngleScale())
    return nn.Sequential(*layers)


def readout(architecture: Architecture, observables: int, classes: int) -> nn.Sequential:
    """The classical layers after the circuit: [batch, observables] -> [batch, classes]."""
    if architecture.readout == "linear":
        return nn.Sequential(nn.Linear(observables, classes))
    return nn.Sequential(
        nn.Linear(observables, architecture.hidden_width),
        ACTIVATIONS[architecture.activation](),
        nn.Linear(architecture.hidden_width, classes),
    )


def parameter_count(architecture: Architecture, features: int, classes: int) -> int:
    """Trainable parameters, quantum and classical, without building the simulator."""
    circuit = lay_out(architecture)
    with torch.device("meta"):
        parts = [
            encoder(architecture, features, circuit.inputs),
            readout(architecture, len(circuit.observables), classes),
        ]
    return circuit.weights + sum(p.numel() for part in parts for p in part.parameters())


def classical_flops(architecture: Architecture, features: int, classes: int) -> int:
    """Floating-point operations of the classical layers for one sample, forward.

    Those of the matrix products, a multiplication and an addition for each weight, as torch's
    FlopCounterMode counts them.
    """
    circuit = lay_out(architecture)
    with torch.device("meta"):
        parts = [
            encoder(architecture, features, circuit.inputs),
            readout(architecture, len(circuit.observables), classes),
        ]
    linears = [m for part in parts for m in part if isinstance(m, nn.Linear)]
    return sum(2 * linear.weight.numel() for linear in linears)
