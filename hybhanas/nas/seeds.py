"""What several seeds of its initial weights say of a member of a front."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, variance
from typing import Any

from hybhanas.nas.training_result import LEVEL
from hybhanas.stored import checked


@dataclass(frozen=True, slots=True)
class SeedScores:
    """One network of a member after its final training, and its classical twin of the same seed.

    Args:
        seed: counted on from that of the run, as `task=train` counts them.
        validation_accuracy, test_accuracy: fractions of samples; None where training failed.
        twin_validation_accuracy, twin_test_accuracy: likewise of the twin.
    """

    seed: int
    validation_accuracy: float | None
    test_accuracy: float | None
    twin_validation_accuracy: float | None = None
    twin_test_accuracy: float | None = None

    @classmethod
    def from_dict(cls, data: Any) -> SeedScores:
        """The inverse of `dataclasses.asdict`; raises ValueError on other data."""
        scores = cls(**checked(cls, data))
        accuracies = (scores.validation_accuracy, scores.test_accuracy)
        if any(not 0 <= accuracy <= 1 for accuracy in accuracies if accuracy is not None):
            raise ValueError(f"the accuracies of a seed are {accuracies}")
        return scores


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of those that are known; None if none is.

    Example:
        >>> mean([0.5, None, 1.0])
        0.75
    """
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def welch(first: Sequence[float], second: Sequence[float]) -> tuple[float, float] | None:
    """The 95 % confidence interval of the difference of two means, the first minus the second.

    Welch's, for samples of different variances: Biometrika 34, 28 (1947). Networks of different
    architectures share no initial weights, so that their seeds are no pairs.

    Returns:
        None if one of them has fewer than two values, which tell no variance.

    Example:
        >>> low, high = welch([0.90, 0.92, 0.94], [0.80, 0.82, 0.84])  # 4 degrees of freedom
        >>> round(low, 4), round(high, 4)  # 0.1 -+ 2.776 sqrt(2 / 3) 0.02
        (0.0547, 0.1453)
    """
    if min(len(first), len(second)) < 2:
        return None
    from scipy.stats import t

    parts = [(variance(values) / len(values), len(values) - 1) for values in (first, second)]
    squared, difference = sum(part for part, _ in parts), fmean(first) - fmean(second)
    if squared == 0:
        return difference, difference
    freedom = squared**2 / sum(part**2 / count for part, count in parts)
    half = float(t.ppf((1 + LEVEL) / 2, freedom)) * math.sqrt(squared)
    return difference - half, difference + half
