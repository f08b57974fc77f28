"""What is exported: a trained network as its two classical halves and the circuit between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from hybhanas.circuit import Circuit


class Network(Protocol):
    """A trained network; `hybhanas.models.hqnn.HQNN` is one.

    Attributes:
        architecture: its text names the network.
        layers: has the `circuit`.
        encoder: [batch, features] -> [batch, circuit.inputs].
        quantum: [batch, circuit.inputs] -> [batch, observables].
        readout: [batch, observables] -> logits.
    """

    @property
    def architecture(self) -> Any: ...  # noqa: D102  described above, as those below

    @property
    def layers(self) -> Any: ...  # noqa: D102

    @property
    def encoder(self) -> nn.Sequential: ...  # noqa: D102

    @property
    def quantum(self) -> nn.Module: ...  # noqa: D102

    @property
    def readout(self) -> nn.Sequential: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class Halves:
    """A network as its parts, on the CPU.

    Args:
        name: of the architecture.
        features: length of one sample.
        encoder: from features to the circuit's inputs: radians, or amplitudes of length 1.
        circuit: from inputs to expectation values.
        weights: of the circuit [weights], in radians.
        readout: from the expectation values of a circuit without noise to logits.
    """

    name: str
    features: int
    encoder: nn.Sequential
    circuit: Circuit
    weights: np.ndarray
    readout: nn.Sequential

    @classmethod
    def of(cls, network: Network) -> Halves:
        """The parts of a trained network."""
        state = network.quantum.state_dict()
        (weights,) = (value for name, value in state.items() if name.endswith("weights"))
        readout = network.readout
        survival = getattr(network, "survival", None)
        if survival is not None:
            readout = nn.Sequential(Attenuated(survival), *readout)
        layers = network.layers
        widths = [layer.inputs for layer in layers.encoder if hasattr(layer, "inputs")]
        modules = zip(layers.encoder, network.encoder, strict=True)
        return cls(
            name=str(network.architecture),
            features=widths[0] if widths else layers.circuit.inputs,
            encoder=nn.Sequential(*(_plain(layer, module) for layer, module in modules)),
            circuit=layers.circuit,
            weights=weights.detach().cpu().numpy().astype(float),
            readout=readout,
        )

    def inputs(self, features: np.ndarray) -> np.ndarray:
        """Prepared samples [samples, features] -> inputs of the circuit [samples, inputs]."""
        with torch.no_grad():
            encoded: Tensor = self.encoder(torch.as_tensor(np.asarray(features, dtype=np.float32)))
        return encoded.numpy().astype(float)


def _plain(layer: Any, module: nn.Module) -> nn.Module:
    """A module that every tool knows: what pools or repeats features is a dense layer without a
    bias, that of its matrix.
    """
    if isinstance(module, nn.Linear) or not hasattr(layer, "inputs"):
        return module
    dense = nn.Linear(layer.inputs, layer.outputs, bias=False)
    dense.weight.data = module(torch.eye(layer.inputs)).T.contiguous()
    return dense


class Attenuated(nn.Module):
    """What noise leaves of each expectation value, of a network that was trained for a machine.

    Args:
        survival: of each observable, from 0 to 1.
    """

    def __init__(self, survival: Sequence[float]):
        super().__init__()
        self.survival = tuple(float(s) for s in survival)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, observables] -> the same, each value multiplied by its survival."""
        return x * x.new_tensor(self.survival)

    def extra_repr(self) -> str:
        """Its arguments."""
        return repr(self.survival)
