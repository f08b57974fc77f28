"""How samples are split and prepared, as settings; light to import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hybhanas.errors import ConfigError, unknown

SCALES = ("standardise", "angle", "none")
"""What `scale` accepts."""


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """How a data set is split and prepared.

    The test split is drawn first, the validation split from the rest, both stratified by class,
    unless they are given. Everything that is fitted (scaling, principal components, categories,
    what replaces a missing value) is fitted to the training split alone.

    Raises:
        ConfigError: a value that is not accepted.
    """

    name: str  # of the data set, part of file names
    validation_fraction: float = 0.2  # of all samples
    test_fraction: float = 0.2  # of all samples
    batch_size: int = 64  # samples of a training batch
    classes: Sequence[Any] | None = None  # the labels to keep; null: all of them
    limit: int | None = None  # samples to draw, stratified by class, before they are split
    pca: int | None = None  # principal components to take instead of the features
    scale: str = "standardise"  # of each feature; angle: to [-pi/2, pi/2]; or none
    seed: int  # of the split and of the order of batches

    def __post_init__(self) -> None:
        fractions = {n: getattr(self, n) for n in ("validation_fraction", "test_fraction")}
        for setting, value in fractions.items():
            if not 0 < value < 1:
                raise ConfigError(f"dataset.{setting}={value} is not accepted: between 0 and 1")
        if sum(fractions.values()) >= 1:
            both = " and ".join(
                f"dataset.{setting}={value}" for setting, value in fractions.items()
            )
            raise ConfigError(f"{both} are not accepted: they must sum to less than 1")
        for setting in ("batch_size", "limit", "pca"):
            value = getattr(self, setting)
            if value is not None and value < 1:
                raise ConfigError(f"dataset.{setting}={value} is not accepted: at least 1")
        if self.scale not in SCALES:
            raise unknown("dataset.scale", self.scale, SCALES)
        if self.classes is not None and len(set(map(str, self.classes))) < 2:
            chosen = [*self.classes]
            raise ConfigError(f"dataset.classes={chosen} is not accepted: at least two labels")
