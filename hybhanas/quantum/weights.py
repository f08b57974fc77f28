"""The initial weights of a circuit, the same for all simulators."""

from __future__ import annotations

import torch
from torch import nn

from hybhanas.circuit import Circuit

INITIAL_SPREAD = 0.1
"""Standard deviation of the initial angles, radians. Close to the identity gradients do not vanish
and digits train to a higher accuracy than from uniform angles (Grant et al., Quantum 3, 214)."""


def initial_weights(circuit: Circuit) -> nn.Parameter:
    """[circuit.weights], radians, from a normal distribution about 0."""
    return nn.Parameter(torch.randn(circuit.weights) * INITIAL_SPREAD)
