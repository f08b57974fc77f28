"""Paired comparisons of accuracies over seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEVEL = 0.05
"""Of significance, after the correction for several comparisons."""


@dataclass(frozen=True, slots=True)
class Paired:
    """One sample of accuracies against another of the same seeds.

    Args:
        difference: mean of the first minus the second.
        effect: the mean difference in standard deviations of differences (Cohen's d_z); None if
            these do not vary.
        p_value: of a two-sided paired t-test; None if they do not vary, since its statistic then
            divides by zero.
    """

    difference: float
    effect: float | None
    p_value: float | None

    @classmethod
    def of(cls, first: Sequence[float], second: Sequence[float]) -> Paired:
        """Compares accuracies of the same seeds.

        Example:
            >>> Paired.of([0.9, 0.8, 0.9], [0.8, 0.8, 0.7]).difference
            0.1
        """
        from scipy.stats import ttest_rel

        differences = [a - b for a, b in zip(first, second, strict=True)]
        count = len(differences)
        mean = math.fsum(differences) / count
        squares = math.fsum((d - mean) ** 2 for d in differences)
        deviation = math.sqrt(squares / (count - 1)) if count > 1 else 0.0
        if deviation < 1e-12:
            return cls(round(mean, 12), None, None)
        return cls(round(mean, 12), mean / deviation, float(ttest_rel(first, second).pvalue))


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values corrected for as many comparisons: Holm, Scand. J. Statist. 6, 65 (1979).

    Example:
        >>> holm([0.01, 0.04, 0.03])
        [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    corrected, largest = [0.0] * len(p_values), 0.0
    for place, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[index]))
        corrected[index] = largest
    return corrected


def least_wilcoxon_p(count: int) -> float:
    """The smallest two-sided p-value that Wilcoxon's signed-rank test reaches with so many pairs.

    Example:
        >>> least_wilcoxon_p(5)
        0.0625
    """
    return min(1.0, 2.0 ** (1 - count))
