"""What the study computes of points and of samples: fronts, what they cost, intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import kendalltau

from hybhanas.bench.benchmark import nondominated

SEED = 1
DRAWS = 200
"""Of a bootstrap."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with the ends of its interval."""

    value: float
    low: float
    high: float

    def text(self, form: str) -> str:
        """`0.91 (0.88 to 0.94)`, in a format such as `.2f`."""
        return f"{self.value:{form}} ({self.low:{form}} to {self.high:{form}})"


def front(*objectives: np.ndarray) -> np.ndarray:
    """The rows that no other one dominates, all objectives [rows] to be minimised; those with a NaN
    are left out.
    """
    points = np.column_stack(objectives)
    known = np.flatnonzero(np.isfinite(points).all(axis=1))
    return known[nondominated(points[known])]


def excess(members: np.ndarray, error: np.ndarray, log10_s: np.ndarray) -> np.ndarray:
    """By how much the members take longer than the fastest of all that is at least as accurate, in
    powers of ten [members]; 0 of a member that nothing dominates in error and time.

    Example:
        >>> excess(np.array([0, 1]), np.array([0.2, 0.1, 0.1]), np.array([1.0, 3.0, 2.0])).tolist()
        [0.0, 1.0]
    """
    order = np.argsort(error, kind="stable")
    fastest = np.fmin.accumulate(log10_s[order])
    last = np.searchsorted(error[order], error[members], side="right") - 1
    found: np.ndarray = log10_s[members] - fastest[last]
    return found


def kept(old: np.ndarray, new: np.ndarray) -> float:
    """The share of the members of a front that are on another one, too."""
    return float(np.isin(old, new).mean())


def tau(a: np.ndarray, b: np.ndarray) -> float:
    """Kendall's rank correlation of two columns, where both are known; NaN of fewer than two."""
    both = np.isfinite(a) & np.isfinite(b)
    if both.sum() < 2:
        return float("nan")
    return float(kendalltau(a[both], b[both]).statistic)


def bootstrap(statistic: Callable[[np.ndarray], float], count: int, draws: int = DRAWS) -> Estimate:
    """A statistic of rows, with the interval that 95 % of resampled rows give.

    Args:
        statistic: of the numbers of rows, some of them several times.
        count: of rows.
        draws: of rows with replacement.
    """
    rng = np.random.default_rng(SEED)
    found = [statistic(rng.integers(count, size=count)) for _ in range(draws)]
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return Estimate(statistic(np.arange(count)), float(low), float(high))


def median(values: np.ndarray, draws: int = DRAWS) -> Estimate:
    """The median of a sample, with its interval by bootstrap."""
    return bootstrap(lambda rows: float(np.median(values[rows])), len(values), draws)


def spread(values: Sequence[float]) -> Estimate:
    """The median of several cases, and the smallest and the largest."""
    return Estimate(float(np.median(values)), float(np.min(values)), float(np.max(values)))
