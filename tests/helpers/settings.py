"""The settings of conf/, changed where a test wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hybhanas.architecture import CHOICES
from hybhanas.cost.model import CostModel
from hybhanas.models.settings import TrainSettings
from hybhanas.search_space import SearchSpace


def cost_model(**changes: object) -> CostModel:
    """The default cost model's settings, but for the changes."""
    return CostModel(**changes)  # type: ignore[arg-type]


def patient(settings: TrainSettings, epochs: int = 2) -> TrainSettings:
    """The same with early stopping after so many epochs without a better accuracy."""
    return replace(settings, patience=epochs)


def train_settings(**changes: object) -> TrainSettings:
    """The default trainer's settings on one CPU, but for the changes."""
    return TrainSettings(**({"accelerator": "cpu"} | changes))  # type: ignore[arg-type]


def everything(**changes: Sequence[object]) -> SearchSpace:
    """A search space with every accepted word, for random architectures."""
    values: dict[str, Sequence[object]] = {
        "qubits": (1, 2, 3, 4, 5),
        "depth": (1, 2, 3),
        "reuploading": (False, True),
        "hidden_layers": (0, 1, 2),
        "hidden_width": (3, 8),
        "learning_rate": (None, 0.01),
        **CHOICES,
    }
    return SearchSpace(**(values | changes))  # type: ignore[arg-type]


def shipped_space(name: str) -> SearchSpace:
    """A search space of the configuration."""
    return SearchSpace.preset(name)
