"""What training to the end gave: scores of each seed, their mean, spread and interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, stdev
from typing import Any

from hybhanas.architecture import Architecture
from hybhanas.models.scores import Scores
from hybhanas.stored import checked

LEVEL = 0.95
"""Of confidence intervals."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Values of several seeds in a few numbers.

    Args:
        mean: of them.
        deviation: the standard deviation of one; None of a single value, as the next two.
        low, high: the 95 % confidence interval of the mean, by Student's t, limited to [0, 1].
    """

    mean: float
    deviation: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of fractions, at least one.

        Example:
            >>> spread = Spread.of([0.90, 0.92, 0.94])  # 4.303 standard errors of 0.02 / sqrt(3)
            >>> round(spread.low, 4), round(spread.high, 4)
            (0.8703, 0.9697)
        """
        mean = fmean(values)
        if len(values) < 2:
            return cls(mean, None, None, None)
        from scipy.stats import t

        deviation = stdev(values)
        half = float(t.ppf((1 + LEVEL) / 2, len(values) - 1)) * deviation / math.sqrt(len(values))
        return cls(mean, deviation, max(mean - half, 0.0), min(mean + half, 1.0))


@dataclass(frozen=True, slots=True)
class TrainedSeed:
    """One of the networks after training.

    Args:
        seed: as the user counts them.
        epochs: that it was trained for.
        validation, test: how well it classifies these splits; None where training failed.
        checkpoint: its path below the folder; None likewise.
        reason: why training failed.
    """

    seed: int
    epochs: int
    validation: Scores | None
    test: Scores | None
    checkpoint: str | None
    reason: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TrainedSeed:
        """The inverse of `dataclasses.asdict`; raises ValueError on other data."""
        plain = checked(cls, data)
        scores = {
            part: plain[part] and Scores(**checked(Scores, plain[part]))
            for part in ("validation", "test")
        }
        return cls(**(plain | scores))


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What training one architecture with several seeds gave."""

    architecture: Architecture
    parameters: int
    seeds: Sequence[TrainedSeed]

    def spread(self, split: str, score: str) -> Spread | None:
        """Of a score of `Scores` on a split, over all seeds that have one; None if none has.

        Args:
            split: validation or test.
            score: the name of a field of `Scores`.
        """
        scores = [getattr(seed, split) for seed in self.seeds]
        values = [getattr(own, score) for own in scores if own is not None]
        known = [value for value in values if value is not None]
        return Spread.of(known) if known else None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, the spread of each score included."""
        spreads = {
            f"{split}_{score}": self.spread(split, score)
            for split in ("validation", "test")
            for score in ("accuracy", "balanced_accuracy", "roc_auc")
        }
        return {
            "architecture": self.architecture.to_dict(),
            "hash": self.architecture.hash,
            "parameters": self.parameters,
            "seeds": [asdict(seed) for seed in self.seeds],
            "spread": {name: spread and asdict(spread) for name, spread in spreads.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TrainingResult:
        """The inverse of `to_dict`."""
        seeds = [TrainedSeed.from_dict(seed) for seed in data["seeds"]]
        return cls(Architecture.from_dict(data["architecture"]), data["parameters"], seeds)
