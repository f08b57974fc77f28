"""The state of one network's training, from which it can be resumed: weights, Adam's moments."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from hybhanas.models.adam import MOMENTS, StackedAdam
from hybhanas.models.population import Population


@dataclass(frozen=True, slots=True)
class TrainingState:
    """A network after some epochs, on the CPU.

    Args:
        epochs: that it was trained for.
        weights: the state_dict of its HQNN.
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
    def start(cls, weights: Mapping[str, Tensor]) -> TrainingState:
        """Weights before the first epoch."""
        return cls(0, dict(weights), {}, {})

    @classmethod
    def from_bytes(cls, content: bytes) -> TrainingState:
        """The inverse of `to_bytes`; executes nothing that is in there."""
        return cls(**torch.load(io.BytesIO(content), weights_only=True))


def states_of(population: Population, optimizer: StackedAdam, epochs: int) -> list[TrainingState]:
    """The state of each network, in the order of `population.models`."""
    parameters: dict[str, Tensor] = dict(population.named_parameters())
    moments = [
        {name: optimizer.moment(parameter, moment) for name, parameter in parameters.items()}
        for moment in MOMENTS
    ]
    parts = [map(_copied, population.split(padded)) for padded in (parameters, *moments)]
    return [TrainingState(epochs, *own) for own in zip(*parts, strict=True)]


def restore_moments(
    optimizer: StackedAdam, population: Population, states: Sequence[TrainingState], steps: int
) -> None:
    """Gives the optimizer the moments of networks that were trained before.

    Args:
        optimizer: of the population's parameters.
        population: the networks.
        states: of each, in the order of `population.models`.
        steps: that each has done.
    """
    padded = [population.pad([getattr(state, moment) for state in states]) for moment in MOMENTS]
    for name, parameter in population.named_parameters():
        optimizer.state[parameter] = {
            moment: own[name] for moment, own in zip(MOMENTS, padded, strict=True)
        }
    optimizer.resume_at(steps)


def _copied(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().clone() for name, tensor in tensors.items()}
