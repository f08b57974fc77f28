"""Population: K HQNNs as one network, so that one tensor operation computes a layer of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TypeVar

import torch
from torch import Tensor, nn

from hybhanas.models.hqnn import FUNCTIONS, HQNN, Reduction
from hybhanas.models.layers import Dense, Function, Layer, Reduce
from hybhanas.models.noise import ShotNoise, Survival
from hybhanas.models.stacked import (
    Choice,
    Functions,
    StackedDense,
    StackedLayers,
    StackedReductions,
    Stage,
)
from hybhanas.quantum.layer import circuit_stack

T = TypeVar("T")


class Population(nn.Module):
    """K HQNNs side by side.

    Each is padded with zeros to the largest of every layer. Padding has a gradient of zero and
    stays zero, so that each network computes what it does alone.

    Args:
        models: networks for the same features and classes, which give the initial weights and get
            the trained ones by `write_back`.
        simulator: what runs their circuits.

    Attributes:
        models: in the order of the stack, which is that of the first dimension of everything here.
        members: where each of `models` stands among those that the population was made from.
        shot_noise: of training, where there is any.

    Raises:
        ValueError: a network has a layer that a population does not compute, such as dropout.
    """

    def __init__(self, models: Sequence[HQNN], simulator: str):
        super().__init__()
        circuits = [model.layers.circuit for model in models]
        self.circuits, self.members = circuit_stack(circuits, simulator)
        self.models = tuple(models[i] for i in self.members)  # a tuple hides their parameters
        most = max(model.quantum.weights for model in models)
        self.weights = nn.Parameter(torch.zeros(len(models), most))
        self.encoder = StackedLayers([_stages(model, "encoder") for model in self.models])
        self.readout = StackedLayers([_stages(model, "readout") for model in self.models])
        self.survival: Survival | None = None
        self.shot_noise: ShotNoise | None = None
        factors = [model.survival for model in self.models]
        if any(factors):
            self.survival = Survival(factors, max(len(c.observables) for c in circuits))
        with torch.no_grad():
            padded = self.pad([model.state_dict() for model in self.models])
            for name, parameter in self.named_parameters():
                parameter.copy_(padded[name])

    def forward(self, x: Tensor) -> Tensor:
        """[batch, features] -> logits [K, logits, batch]."""
        inputs = self.encoder(x.T)  # (K, inputs, batch)
        expectations = self.circuits(inputs, self.weights)  # (K, observables, batch)
        if self.survival is not None:
            expectations = self.survival(expectations)
        if self.shot_noise is not None:
            expectations = self.shot_noise(expectations)
        logits: Tensor = self.readout(expectations)
        return logits

    def split(self, padded: Mapping[str, Tensor]) -> list[dict[str, Tensor]]:
        """Tensors by the names of this population's parameters, such as these parameters or their
        moments, as views by the names of each network's own, in the order of `models`.
        """
        own: list[dict[str, Tensor]] = [{} for _ in self.models]
        for parameter, place in self._places():
            own[place.row][place.name] = place.view(padded[parameter])
        return own

    def pad(self, own: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
        """The inverse of `split`, with zeros for padding."""
        padded = {name: torch.zeros_like(p) for name, p in self.named_parameters()}
        for parameter, place in self._places():
            place.view(padded[parameter]).copy_(own[place.row][place.name])
        return padded

    def write_back(self) -> None:
        """Copies the weights into `models`."""
        with torch.no_grad():
            owned = self.split({name: p.detach().cpu() for name, p in self.named_parameters()})
            for model, own in zip(self.models, owned, strict=True):
                model.load_state_dict(own)

    def keep(self, rows: Sequence[int]) -> None:
        """Continues with some of the networks; parameters are the same objects, cut to them."""
        self.models = tuple(self.models[k] for k in rows)
        self.members = [self.members[k] for k in rows]
        self.circuits = self.circuits.subset(rows)  # type: ignore[operator]
        for parameter in self.parameters():
            parameter.data, parameter.grad = parameter.data[list(rows)], None
        for part in self.modules():
            if isinstance(
                part, Choice | Functions | StackedDense | StackedReductions | Survival | ShotNoise
            ):
                part.keep(rows)

    def in_callers_order(self, values: Sequence[T]) -> list[T]:
        """Values in the order of `models`, one a network, in the order of `members`."""
        by_member = dict(zip(self.members, values, strict=True))
        return [by_member[member] for member in sorted(by_member)]

    def _places(self) -> Iterator[tuple[str, _Place]]:
        """Every tensor of every network, with the name of the parameter that holds it."""
        for k, model in enumerate(self.models):
            weights = (model.quantum.weights,)
            yield "weights", _Place(k, "quantum.module.weights", weights)
        for prefix, part in self.named_modules():
            if isinstance(part, StackedDense):
                for k, stage in enumerate(part.stages):
                    if stage is not None:
                        shape = (stage.dense.outputs, stage.dense.inputs)
                        yield f"{prefix}.weight", _Place(k, f"{stage.name}.weight", shape)
                        yield f"{prefix}.bias", _Place(k, f"{stage.name}.bias", shape[:1])


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a tensor of one network lies: in which row, under which name, of which shape."""

    row: int
    name: str
    shape: tuple[int, ...]

    def view(self, padded: Tensor) -> Tensor:
        """A view of it in the tensor of all networks."""
        return padded[self.row][tuple(slice(size) for size in self.shape)].view(self.shape)


def _stages(model: HQNN, part: str) -> list[Stage]:
    """The layers of an encoder or a readout, each dense one with the function behind it."""
    layers: tuple[Layer, ...] = getattr(model.layers, part)
    modules: nn.Sequential = getattr(model, part)
    stages: list[Stage] = []
    for place, layer in enumerate(layers):
        if isinstance(layer, Dense) or (isinstance(layer, Reduce) and place == 0):
            stages.append(Stage(f"{part}.{place}", layer, "identity"))
        elif isinstance(layer, Function) and stages and stages[-1].function == "identity":
            stages[-1] = replace(stages[-1], function=layer.name)
        else:
            raise ValueError(
                f"{part}: {layer} in {layers} is not accepted: a population computes dense layers, "
                "each with one function behind it"
            )
    for module, laid_out in zip_longest(modules, layers):
        if module is None or laid_out is None or not _agree(module, laid_out):
            raise ValueError(
                f"{part}: {module} in place of {laid_out} is not accepted: a population computes "
                "the layers that were laid out, and functions without parameters"
            )
    return stages


def _agree(module: nn.Module, layer: Layer) -> bool:
    """Whether a module is what the data say."""
    if isinstance(layer, Dense):
        shape = (layer.outputs, layer.inputs)
        return isinstance(module, nn.Linear) and module.weight.shape == shape
    if isinstance(layer, Reduce):
        return isinstance(module, Reduction) and module.layer == layer
    return type(module) is type(FUNCTIONS[layer.name]()) and not any(module.parameters())
