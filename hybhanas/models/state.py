"""Where the training of one network stands, so that it can go on: weights and Adam's moments."""

from __future__ import annotations

import copy
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from hybhanas.models.adam import StackedAdam
from hybhanas.models.population import Population


@dataclass(frozen=True, slots=True)
class TrainingState:
    """A network after some epochs, on the CPU.

    Args:
        epochs: that it was trained for.
        weights: the state of its HQNN.
        mean, square: Adam's moments, by the names of the weights they belong to.
    """

    epochs: int
    weights: dict[str, Tensor]
    mean: dict[str, Tensor]
    square: dict[str, Tensor]

    def to_bytes(self) -> bytes:
        """What `from_bytes` reads."""
        content = io.BytesIO()
        torch.save(asdict(self), content)
        return content.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> TrainingState:
        """The inverse of `to_bytes`; executes nothing that is in there."""
        return cls(**torch.load(io.BytesIO(content), weights_only=True))


def states_of(population: Population, optimizer: StackedAdam, epochs: int) -> list[TrainingState]:
    """The state of each network, in the order of `population.models`, which hold the weights."""
    weights = _states(population)
    moments = {}
    for name in ("mean", "square"):
        kept = [parameter.data for parameter in population.parameters()]
        for parameter in population.parameters():
            moment = optimizer.state.get(parameter, {}).get(name)
            parameter.data = torch.zeros_like(parameter) if moment is None else moment
        population.write_back()
        moments[name] = _states(population)
        for parameter, data in zip(population.parameters(), kept, strict=True):
            parameter.data = data
        population.write_back()
    return [
        TrainingState(epochs, *parts)
        for parts in zip(weights, moments["mean"], moments["square"], strict=True)
    ]


def restore_moments(
    optimizer: StackedAdam, population: Population, states: Sequence[TrainingState], steps: int
) -> None:
    """Puts Adam's moments back, which are padded as the weights are.

    Args:
        optimizer: of the population's parameters.
        population: the networks.
        states: of each, in the order of `population.models`.
        steps: that each has done.
    """
    parameters = list(population.parameters())
    for parameter in parameters:
        optimizer.state[parameter] = {}
    for name in ("mean", "square"):
        moments = copy.deepcopy(population.models)
        for model, state in zip(moments, states, strict=True):
            model.load_state_dict(getattr(state, name))
        padded = Population(moments, population.simulator).parameters()
        for parameter, moment in zip(parameters, padded, strict=True):
            optimizer.state[parameter][name] = moment.detach().to(parameter.device)
    optimizer.go_on_from(steps)


def _states(population: Population) -> list[dict[str, Tensor]]:
    return [
        {name: tensor.detach().cpu().clone() for name, tensor in model.state_dict().items()}
        for model in population.models
    ]
