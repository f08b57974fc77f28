"""The classical layers of K networks as one, padded with zeros to the largest of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hybhanas.models.hqnn import FUNCTIONS
from hybhanas.models.layers import Dense, Reduce

Call = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Stage:
    """A dense layer, or a reduction, of one network and the function behind it.

    Args:
        name: of the layer among the network's modules, such as `encoder.0`.
        dense: its size.
        function: by its name, `identity` where none follows.
    """

    name: str
    dense: Dense | Reduce
    function: str


class Choice(nn.Module):
    """One of two values for each of K networks."""

    is_first: Tensor

    def __init__(self, is_first: Sequence[bool]):
        super().__init__()
        choice = torch.tensor(is_first)[:, None, None]
        self.register_buffer("is_first", choice, persistent=False)
        self.all, self.any = all(is_first), any(is_first)

    def keep(self, rows: Sequence[int]) -> None:
        """Continues with some of the networks."""
        self.is_first = self.is_first[list(rows)]
        self.all, self.any = bool(self.is_first.all()), bool(self.is_first.any())

    def forward(self, x: Tensor, first: Call, second: Call) -> Tensor:
        """[K or none, n, B] -> [K, m, B]; a function that no network takes is not called."""
        if self.all or not self.any:
            return first(x) if self.all else second(x)
        return torch.where(self.is_first, first(x), second(x))


class Functions(nn.Module):
    """A function for each of K networks, by its name: [K, n, B] -> [K, n, B]."""

    takes: Tensor

    def __init__(self, names: Sequence[str]):
        super().__init__()
        used = sorted(set(names))
        self.functions = nn.ModuleList(FUNCTIONS[name]() for name in used)
        takes = torch.tensor([[own == name for own in names] for name in used])
        self.register_buffer("takes", takes[:, :, None, None], persistent=False)

    def keep(self, rows: Sequence[int]) -> None:
        """Continues with some of the networks."""
        self.takes = self.takes[:, list(rows)]

    def forward(self, x: Tensor) -> Tensor:
        """Each network's own function."""
        values: Tensor = self.functions[0](x)
        for takes, function in zip(self.takes[1:], list(self.functions)[1:], strict=True):
            values = torch.where(takes, function(x), values)
        return values


class StackedLayers(nn.Module):
    """The dense layers of K encoders or readouts: [inputs, B] or [K, inputs, B] -> [K, outputs, B].

    A network of one layer has it in `single`, or in `reduced` if it is not trained. The others have
    their last one at the end of `several`, and before it hidden ones, all of one padded width.
    """

    def __init__(self, networks: Sequence[Sequence[Stage]]):
        super().__init__()
        inputs = max(own[0].dense.inputs for own in networks)
        outputs = max(own[-1].dense.outputs for own in networks)
        width = max((s.dense.outputs for own in networks for s in own[:-1]), default=0)
        reductions = [d if isinstance(d := own[0].dense, Reduce) else None for own in networks]
        self.is_reduced = Choice([reduction is not None for reduction in reductions])
        self.reduced = StackedReductions(reductions, inputs, outputs)
        self.is_single = Choice([len(own) == 1 for own in networks])
        trained = [isinstance(own[0].dense, Dense) and len(own) == 1 for own in networks]
        single = [own[0] if one else None for own, one in zip(networks, trained, strict=True)]
        self.single = StackedDense(single, inputs, outputs)
        hidden: list[nn.Module] = []
        for depth in range(max(map(len, networks)) - 1):
            own = [own[depth] if len(own) > depth + 1 else None for own in networks]
            hidden.append(Hidden(own, inputs if depth == 0 else width, width))
        last = [own[-1] if len(own) > 1 else None for own in networks]
        self.several = nn.Sequential(*hidden, StackedDense(last, width, outputs))
        self.function = Functions([own[-1].function for own in networks])

    def forward(self, x: Tensor) -> Tensor:
        """The outputs of all networks."""
        values: Tensor = self.function(self.is_reduced(x, self.reduced, self._trained))
        return values

    def _trained(self, x: Tensor) -> Tensor:
        return self.is_single(x, self.single, self.several)


class StackedReductions(nn.Module):
    """K reductions [K, outputs, inputs]; zeros where a network has none."""

    matrices: Tensor

    def __init__(self, layers: Sequence[Reduce | None], inputs: int, outputs: int):
        super().__init__()
        any_of_them = any(layer is not None for layer in layers)
        matrices = torch.zeros(len(layers), outputs * any_of_them, inputs)
        for row, layer in zip(matrices, layers, strict=True):
            if layer is not None:
                row[: layer.outputs, : layer.inputs] = torch.tensor(layer.matrix)
        self.register_buffer("matrices", matrices, persistent=False)

    def keep(self, rows: Sequence[int]) -> None:
        """Continues with some of the networks."""
        self.matrices = self.matrices[list(rows)]

    def forward(self, x: Tensor) -> Tensor:
        """[inputs, B] -> [K, outputs, B]."""
        return (self.matrices.flatten(0, 1) @ x).view(*self.matrices.shape[:2], -1)


class Hidden(nn.Module):
    """A hidden layer and its activation; networks without the layer pass their values on."""

    def __init__(self, stages: Sequence[Stage | None], inputs: int, outputs: int):
        super().__init__()
        self.dense = StackedDense(stages, inputs, outputs)
        self.has = Choice([stage is not None for stage in stages])
        anything = next(stage.function for stage in stages if stage is not None)
        self.activation = Functions([s.function if s is not None else anything for s in stages])

    def forward(self, x: Tensor) -> Tensor:
        """[K or none, inputs, B] -> [K, outputs, B]."""
        active: Tensor = self.activation(self.dense(x))
        passes = x.shape == active.shape and not self.has.all
        return torch.where(self.has.is_first, active, x) if passes else active


class StackedDense(nn.Module):
    """K dense layers, weights [K, outputs, inputs]; None where a network has none."""

    def __init__(self, stages: Sequence[Stage | None], inputs: int, outputs: int):
        super().__init__()
        self.stages = tuple(stages)
        self.weight = nn.Parameter(torch.zeros(len(stages), outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(len(stages), outputs, 1))

    def keep(self, rows: Sequence[int]) -> None:
        """Continues with some of the networks."""
        self.stages = tuple(self.stages[k] for k in rows)

    def forward(self, x: Tensor) -> Tensor:
        """[K or none, inputs, B] -> [K, outputs, B]."""
        if x.dim() == 2:  # the same for all
            values = self.weight.flatten(0, 1) @ x
            return values.view(*self.weight.shape[:2], -1) + self.bias
        return torch.baddbmm(self.bias, self.weight, x)
