"""Confidence intervals of fractions."""

from __future__ import annotations

import math

Z_95 = 1.959964
"""Of a normal distribution, 95 % lie within so many standard deviations of its mean."""


def wilson(fraction: float, samples: int) -> tuple[float, float]:
    """The 95 % interval of a fraction that was seen in so many samples.

    E. B. Wilson, J. Am. Stat. Assoc. 22, 209 (1927).

    Example:
        >>> [round(end, 3) for end in wilson(0.9, 100)]
        [0.826, 0.945]
    """
    n, z2 = samples, Z_95**2
    middle = (fraction + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * math.sqrt(fraction * (1 - fraction) / n + z2 / (4 * n**2))
    return max(0.0, middle - half), min(1.0, middle + half)
