"""Population: K HQNNs as one network, so that one tensor operation computes a layer of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TypeVar

import torch
from torch import Tensor, nn

from hybhanas.models.hqnn import FUNCTIONS, HQNN
from hybhanas.models.layers import Dense, Layer
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

    Raises:
        ValueError: a network has a layer that a population does not compute, such as dropout.
    """

    def __init__(self, models: Sequence[HQNN], simulator: str):
        super().__init__()
        circuits = [model.layers.circuit for model in models]
        self.circuits, self.members = circuit_stack(circuits, simulator)
        self.models = tuple(models[i] for i in self.members)  # a tuple hides their parameters
        self.weights = nn.Parameter(torch.zeros(len(models), max(c.weights for c in circuits)))
        self.encoder = _Layers([_stages(model, "encoder") for model in self.models])
        self.readout = _Layers([_stages(model, "readout") for model in self.models])
        with torch.no_grad():
            padded = self.pad([model.state_dict() for model in self.models])
            for name, parameter in self.named_parameters():
                parameter.copy_(padded[name])

    def forward(self, x: Tensor) -> Tensor:
        """[batch, features] -> logits [K, classes, batch]."""
        inputs = self.encoder(x.T)  # (K, inputs, batch)
        expectations = self.circuits(inputs, self.weights)  # (K, observables, batch)
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
            owned = self.split(dict(self.named_parameters()))
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
            if isinstance(part, _Choice | _Functions | _Dense):
                part.keep(rows)

    def in_callers_order(self, values: Sequence[T]) -> list[T]:
        """Values in the order of `models`, one a network, in the order of `members`."""
        by_member = dict(zip(self.members, values, strict=True))
        return [by_member[member] for member in sorted(by_member)]

    def _places(self) -> Iterator[tuple[str, _Place]]:
        """Every tensor of every network, with the name of the parameter that holds it."""
        for k, model in enumerate(self.models):
            weights = (model.layers.circuit.weights,)
            yield "weights", _Place(k, "quantum.module.weights", weights)
        for prefix, part in self.named_modules():
            if isinstance(part, _Dense):
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


@dataclass(frozen=True, slots=True)
class _Stage:
    """A dense layer of one network and the function behind it.

    Args:
        name: of the layer among the network's modules, such as `encoder.0`.
        dense: its size.
        function: by its name, `identity` where none follows.
    """

    name: str
    dense: Dense
    function: str


def _stages(model: HQNN, part: str) -> list[_Stage]:
    """The layers of an encoder or a readout, each dense one with the function behind it."""
    layers: tuple[Layer, ...] = getattr(model.layers, part)
    modules: nn.Sequential = getattr(model, part)
    stages: list[_Stage] = []
    for place, layer in enumerate(layers):
        if isinstance(layer, Dense):
            stages.append(_Stage(f"{part}.{place}", layer, "identity"))
        elif stages and stages[-1].function == "identity":
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
    return type(module) is type(FUNCTIONS[layer.name]()) and not any(module.parameters())


class _Choice(nn.Module):
    """One of two values for each of K networks."""

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


class _Functions(nn.Module):
    """A function for each of K networks, by its name: [K, n, B] -> [K, n, B]."""

    takes: Tensor

    def __init__(self, names: Sequence[str]):
        super().__init__()
        used = sorted(set(names))
        self.functions = nn.ModuleList(FUNCTIONS[name]() for name in used)
        takes = torch.tensor([[own == name for own in names] for name in used])
        self.register_buffer("takes", takes[:, :, None, None], persistent=False)

    def keep(self, rows: Sequence[int]) -> None:
        self.takes = self.takes[:, list(rows)]

    def forward(self, x: Tensor) -> Tensor:
        values: Tensor = self.functions[0](x)
        for takes, function in zip(self.takes[1:], list(self.functions)[1:], strict=True):
            values = torch.where(takes, function(x), values)
        return values


class _Layers(nn.Module):
    """The dense layers of K encoders or readouts: [inputs, B] or [K, inputs, B] -> [K, outputs, B].

    A network of one layer has it in `single`. The others have their last one at the end of
    `several`, and before it hidden ones, all of one padded width.
    """

    def __init__(self, networks: Sequence[Sequence[_Stage]]):
        super().__init__()
        inputs = max(own[0].dense.inputs for own in networks)
        outputs = max(own[-1].dense.outputs for own in networks)
        width = max((s.dense.outputs for own in networks for s in own[:-1]), default=0)
        self.is_single = _Choice([len(own) == 1 for own in networks])
        single = [own[0] if len(own) == 1 else None for own in networks]
        self.single = _Dense(single, inputs, outputs)
        hidden: list[nn.Module] = []
        for depth in range(max(map(len, networks)) - 1):
            own = [own[depth] if len(own) > depth + 1 else None for own in networks]
            hidden.append(_Hidden(own, inputs if depth == 0 else width, width))
        last = [own[-1] if len(own) > 1 else None for own in networks]
        self.several = nn.Sequential(*hidden, _Dense(last, width, outputs))
        self.function = _Functions([own[-1].function for own in networks])

    def forward(self, x: Tensor) -> Tensor:
        values: Tensor = self.function(self.is_single(x, self.single, self.several))
        return values


class _Hidden(nn.Module):
    """A hidden layer and its activation; networks without the layer pass their values on."""

    def __init__(self, stages: Sequence[_Stage | None], inputs: int, outputs: int):
        super().__init__()
        self.dense = _Dense(stages, inputs, outputs)
        self.has = _Choice([stage is not None for stage in stages])
        anything = next(stage.function for stage in stages if stage is not None)
        self.activation = _Functions([s.function if s is not None else anything for s in stages])

    def forward(self, x: Tensor) -> Tensor:
        active: Tensor = self.activation(self.dense(x))
        passes = x.shape == active.shape and not self.has.all
        return torch.where(self.has.is_first, active, x) if passes else active


class _Dense(nn.Module):
    """K dense layers, weights [K, outputs, inputs]; None where a network has none."""

    def __init__(self, stages: Sequence[_Stage | None], inputs: int, outputs: int):
        super().__init__()
        self.stages = tuple(stages)
        self.weight = nn.Parameter(torch.zeros(len(stages), outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(len(stages), outputs, 1))

    def keep(self, rows: Sequence[int]) -> None:
        self.stages = tuple(self.stages[k] for k in rows)

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() == 2:  # the same for all
            values = self.weight.flatten(0, 1) @ x
            return values.view(*self.weight.shape[:2], -1) + self.bias
        return torch.baddbmm(self.bias, self.weight, x)
