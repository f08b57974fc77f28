"""Population: K HQNNs as one network, so that one tensor operation does a layer of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from hybhanas.models.hqnn import FUNCTIONS, HQNN, AngleScale, UnitVector
from hybhanas.quantum.modules import circuit_stack


class Population(nn.Module):
    """K HQNNs side by side.

    Each is padded with zeros to the largest of every layer. What is padded has a gradient of zero
    and stays zero, so that each network computes what it does alone.

    Args:
        models: networks for the same features and classes, which give the initial weights and get
            the trained ones by `write_back`.
        simulator: what runs their circuits.

    Attributes:
        models: in the order of the stack, which is that of the first dimension of everything here.
    """

    def __init__(self, models: Sequence[HQNN], simulator: str):
        super().__init__()
        self.simulator = simulator
        circuits = [model.quantum.module.circuit for model in models]
        self.circuits, order = circuit_stack(circuits, simulator)
        self.models = tuple(models[i] for i in order)  # a tuple hides their own parameters
        architectures = [model.architecture for model in self.models]
        activations = [architecture.activation for architecture in architectures]
        weights = [model.quantum.module.weights.detach() for model in self.models]
        self.weights = nn.Parameter(nn.utils.rnn.pad_sequence(weights, batch_first=True))
        self.encoder = _Layers([model.encoder for model in self.models], activations)
        self.readout = _Layers([model.readout for model in self.models], activations)
        self.by_amplitude = _Choice([a.by_amplitude for a in architectures])

    def forward(self, x: Tensor) -> Tensor:
        """[batch, features] -> logits [K, classes, batch]."""
        encoded = self.encoder(x.T)
        inputs = self.by_amplitude(encoded, UnitVector(), AngleScale())
        logits: Tensor = self.readout(self.circuits(inputs, self.weights))
        return logits

    def write_back(self) -> None:
        """Copies the weights into `models`."""
        with torch.no_grad():
            for model, weights in zip(self.models, self.weights, strict=True):
                own = model.quantum.module.weights
                own.copy_(weights[: len(own)])
        for part in self.modules():
            if isinstance(part, _Dense):
                part.write_back()

    def keep(self, rows: Sequence[int]) -> None:
        """Goes on with some of the networks; parameters are the same objects, cut to them."""
        self.models = tuple(self.models[k] for k in rows)
        self.circuits = self.circuits.of(rows)  # type: ignore[operator]
        for parameter in self.parameters():
            parameter.data, parameter.grad = parameter.data[list(rows)], None
        for part in self.modules():
            if isinstance(part, _Choice | _Hidden | _Dense):
                part.keep(rows)


class _Choice(nn.Module):
    """One of two functions for each of K networks."""

    is_first: Tensor

    def __init__(self, is_first: Sequence[bool]):
        super().__init__()
        choice = torch.tensor(is_first)[:, None, None]
        self.register_buffer("is_first", choice, persistent=False)
        self.all, self.any = all(is_first), any(is_first)

    def keep(self, rows: Sequence[int]) -> None:
        self.is_first = self.is_first[list(rows)]
        self.all, self.any = bool(self.is_first.all()), bool(self.is_first.any())

    def forward(self, x: Tensor, first: nn.Module, second: nn.Module) -> Tensor:
        """[K or none, n, B] -> [K, m, B]; a function that no network takes is not called."""
        if self.all or not self.any:
            return first(x) if self.all else second(x)
        return torch.where(self.is_first, first(x), second(x))


class _Layers(nn.Module):
    """The dense layers of K encoders or readouts: [inputs, B] or [K, inputs, B] -> [K, outputs, B].

    A network of one layer has it in `single`. The others have their last one at the end of
    `several`, and before it hidden ones, all of one padded width.
    """

    def __init__(self, networks: Sequence[nn.Sequential], activations: Sequence[str]):
        super().__init__()
        layers = [[m for m in network if isinstance(m, nn.Linear)] for network in networks]
        inputs = max(own[0].in_features for own in layers)
        outputs = max(own[-1].out_features for own in layers)
        self.is_single = _Choice([len(own) == 1 for own in layers])
        self.single = _Dense([own[0] if len(own) == 1 else None for own in layers], inputs, outputs)
        width = max((own[0].out_features for own in layers if len(own) > 1), default=0)
        parts: list[nn.Module] = []
        for depth in range(max(map(len, layers)) - 1):
            own = [own[depth] if len(own) > depth + 1 else None for own in layers]
            parts.append(_Hidden(_Dense(own, inputs if depth == 0 else width, width), activations))
        last = [own[-1] if len(own) > 1 else None for own in layers]
        self.several = nn.Sequential(*parts, _Dense(last, width, outputs))

    def forward(self, x: Tensor) -> Tensor:
        values: Tensor = self.is_single(x, self.single, self.several)
        return values


class _Hidden(nn.Module):
    """A hidden layer with each network's activation; those without the layer pass a later one."""

    is_activation: Tensor

    def __init__(self, dense: _Dense, activations: Sequence[str]):
        super().__init__()
        self.dense = dense
        self.has = _Choice([layer is not None for layer in dense.layers])
        used = {a for a, layer in zip(activations, dense.layers, strict=True) if layer is not None}
        self.functions = [FUNCTIONS[name]() for name in sorted(used)]
        by_name = [[a == name for a in activations] for name in sorted(used)]
        self.register_buffer("is_activation", torch.tensor(by_name), persistent=False)

    def keep(self, rows: Sequence[int]) -> None:
        self.is_activation = self.is_activation[:, list(rows)]

    def forward(self, x: Tensor) -> Tensor:
        values = self.dense(x)
        active = self.functions[0](values)
        for takes, function in zip(self.is_activation[1:], self.functions[1:], strict=True):
            active = torch.where(takes[:, None, None], function(values), active)
        passes = x.shape == active.shape and not self.has.all
        return torch.where(self.has.is_first, active, x) if passes else active


class _Dense(nn.Module):
    """K dense layers, [K, outputs, inputs]; None where a network has none."""

    def __init__(self, layers: Sequence[nn.Linear | None], inputs: int, outputs: int):
        super().__init__()
        self.layers = tuple(layers)
        self.weight = nn.Parameter(torch.zeros(len(layers), outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(len(layers), outputs, 1))
        with torch.no_grad():
            for weight, bias, layer in self._places():
                weight.copy_(layer.weight)
                bias.copy_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() == 2:  # the same for all
            values = self.weight.flatten(0, 1) @ x
            return values.view(*self.weight.shape[:2], -1) + self.bias
        return torch.baddbmm(self.bias, self.weight, x)

    def keep(self, rows: Sequence[int]) -> None:
        self.layers = tuple(self.layers[k] for k in rows)

    def write_back(self) -> None:
        """Copies the weights into the layers."""
        with torch.no_grad():
            for weight, bias, layer in self._places():
                layer.weight.copy_(weight)
                layer.bias.copy_(bias)

    def _places(self) -> Iterator[tuple[Tensor, Tensor, nn.Linear]]:
        """Of each layer there is: where its weights lie among those of all."""
        for k, layer in enumerate(self.layers):
            if layer is not None:
                outputs, inputs = layer.weight.shape
                yield self.weight[k, :outputs, :inputs], self.bias[k, :outputs, 0], layer
