"""Confidence intervals of fractions."""

from __future__ import annotations


def wilson(fraction: float, samples: int) -> tuple[float, float]:
    """The 95 % interval of a fraction that was seen in so many samples.

    E. B. Wilson, J. Am. Stat. Assoc. 22, 209 (1927).

    Example:
        >>> [round(end, 3) for end in wilson(0.9, 100)]
        [0.826, 0.945]
    """
    from scipy.stats import binomtest

    seen = round(fraction * samples)
    interval = binomtest(seen, samples).proportion_ci(confidence_level=0.95, method="wilson")
    return float(interval.low), float(interval.high)


def interval_of(accuracy: float | None, samples: int | None) -> tuple[float, float] | None:
    """`wilson` of an accuracy on a split; None where there is none, or the split is not known.

    Example:
        >>> low, high = interval_of(0.9, 100)
        >>> round(low, 3), round(high, 3)
        (0.826, 0.945)
    """
    if accuracy is None or not samples:
        return None
    return wilson(accuracy, samples)
