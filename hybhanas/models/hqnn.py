"""The HQNN: dense layers, a quantum layer, a readout."""

from __future__ import annotations

import io
import math
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from hybhanas.architecture import Architecture
from hybhanas.data.fitted import Fitted
from hybhanas.errors import ConfigError
from hybhanas.models.layers import Dense, Layer, Reduce, lay_out_network
from hybhanas.models.logits import predicted
from hybhanas.models.shot_noise import logit_gain
from hybhanas.quantum.layer import quantum_layer


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


class Reduction(nn.Module):
    """What a `hybhanas.models.layers.Reduce` says; it has no parameters."""

    def __init__(self, layer: Reduce):
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        """[batch, inputs] -> [batch, outputs]."""
        layer = self.layer
        if layer.pools and layer.outputs < layer.inputs:
            return functional.adaptive_avg_pool1d(x[None], layer.outputs)[0]
        return x[:, torch.arange(layer.outputs, device=x.device) % layer.inputs]


FUNCTIONS: dict[str, Callable[[], nn.Module]] = {
    "identity": nn.Identity,
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "gelu": nn.GELU,
    "angle_scale": AngleScale,
    "unit_vector": UnitVector,
}
"""The layers without parameters, by the names that `hybhanas.models.layers` gives them."""


class HQNN(nn.Module):
    """A hybrid quantum-classical neural network for classification.

    Args:
        architecture: what to build.
        features: length of one sample.
        classes: number of classes; two of them share one logit.
        simulator: such as `fused` or `torchquantum`; parameters have the same names in all.

    Attributes:
        data_hash: of the data that it was trained on; None before.
        fitted: makes features of raw samples; None before training, see `predict`.
        survival: what noise leaves of each expectation value, by which they are scaled; None where
            it was trained for a machine without noise. `quantum` alone is without noise.

    Example:
        >>> model = HQNN(Architecture(qubits=2), features=4, classes=3, simulator="fused")
        >>> model(torch.zeros(5, 4)).shape
        torch.Size([5, 3])
    """

    def __init__(self, architecture: Architecture, features: int, classes: int, simulator: str):
        super().__init__()
        self.architecture, self.features, self.classes = architecture, features, classes
        self.layers = lay_out_network(architecture, features, classes)
        self.encoder = built(self.layers.encoder)
        self.quantum = quantum_layer(self.layers.circuit, simulator)
        self.readout = built(self.layers.readout)
        self.data_hash: str | None = None
        self.fitted: Fitted | None = None
        self.survival: tuple[float, ...] | None = None

    def forward(self, x: Tensor) -> Tensor:
        """[batch, features] -> logits [batch, classes], or [batch, 1] of the second of two."""
        logits: Tensor = self.readout(self._expectations(x))
        return logits

    def _expectations(self, x: Tensor) -> Tensor:
        """[batch, features] -> [batch, observables], as the read-out takes them."""
        expectations: Tensor = self.quantum(self.encoder(x))
        if self.survival is not None:
            expectations = expectations * expectations.new_tensor(self.survival)
        return expectations

    def logit_gain(self, x: Tensor) -> float:
        """How many times as large as that of an expectation value the standard error of a logit is
        at most, over samples; see `hybhanas.models.shot_noise` and `cost_model.logit_gain`.

        Args:
            x: prepared samples [batch, features].
        """
        with torch.no_grad():
            expectations = self._expectations(x)
        return logit_gain(self.readout, expectations, self.survival)

    def predict(self, samples: Any) -> np.ndarray:
        """The class of each sample, by its name in the data.

        Args:
            samples: as the data set was read, before any preparation: a pandas table with the
                columns of its file, an array [samples, features], images [samples, height, width].

        Returns:
            Texts [samples].

        Raises:
            ConfigError: samples of another kind, or a network that was not trained, or on a data
                set of a user's own class.
        """
        if self.fitted is None:
            raise ConfigError(
                "predict is not possible: the network has no preparation of raw samples; call it "
                "on prepared features"
            )
        with torch.no_grad():
            logits = self(torch.from_numpy(self.fitted(samples)))
        return np.array(self.fitted.class_names)[predicted(logits).numpy()]

    def export(
        self,
        folder: str | Path,
        formats: Sequence[str] | None = None,
        features: np.ndarray | None = None,
    ) -> list[Path]:
        """Writes the network in other tools' formats; see `hybhanas.export.formats`.

        Args:
            folder: for the files.
            formats: of qasm3, qpy, torchquantum, pennylane, onnx; None: all that are possible.
            features: prepared samples [samples, features] whose bound circuits are written too.

        Returns:
            The files.

        Raises:
            ConfigError: a format that is unknown or not possible here.
        """
        from hybhanas.export.formats import contents, write

        made, _ = contents(self, formats, features)
        return write(Path(folder), made)


def load_model(path: Path) -> HQNN:
    """The trained network of a checkpoint, on the CPU; nothing of the file is executed.

    Its circuit is an ordinary TorchQuantum module: `model.quantum.module`.

    Raises:
        ConfigError: the file is not such a checkpoint.
    """
    try:
        saved = torch.load(path, weights_only=True, map_location="cpu")
        architecture = Architecture.from_dict(saved["architecture"])
        model = HQNN(architecture, saved["features"], saved["classes"], "fused")
        model.load_state_dict(saved["state_dict"])
        model.data_hash = saved.get("data_hash")
        if saved.get("survival") is not None:
            model.survival = tuple(map(float, saved["survival"]))
        if saved.get("fitted") is not None:
            model.fitted = Fitted.from_dict(saved["fitted"])
    except (
        OSError,
        RuntimeError,
        KeyError,
        TypeError,
        ValueError,
        pickle.UnpicklingError,
    ) as error:
        reason = " ".join(str(error).split())[:200]
        raise ConfigError(f"{path} is not a checkpoint of a search: {reason}") from None
    return model


def checkpoint(model: HQNN) -> bytes:
    """A trained network as `load_model` reads it, with the preparation of its data."""
    content = io.BytesIO()
    torch.save(
        {
            "architecture": model.architecture.to_dict(),
            "features": model.features,
            "classes": model.classes,
            "data_hash": model.data_hash,
            "fitted": None if model.fitted is None else model.fitted.to_dict(),
            "survival": None if model.survival is None else [*model.survival],
            "state_dict": {name: value.cpu() for name, value in model.state_dict().items()},
        },
        content,
    )
    return content.getvalue()


def built(layers: Sequence[Layer]) -> nn.Sequential:
    """Classical layers as torch modules, with fresh weights."""
    return nn.Sequential(*map(_module, layers))


def _module(layer: Layer) -> nn.Module:
    if isinstance(layer, Dense):
        return nn.Linear(layer.inputs, layer.outputs)
    return Reduction(layer) if isinstance(layer, Reduce) else FUNCTIONS[layer.name]()
