"""Runs that repeat a search with other seeds: what they have in common, and how far they spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

SEED = "seed"
"""The setting that repetitions of a search differ in."""


def label(settings: Mapping[str, Any]) -> str:
    """Settings as the command line names them."""
    return " ".join(f"{name}={value}" for name, value in settings.items())


def label_but_seed(settings: Mapping[str, Any]) -> str:
    """What repetitions have in common; empty where nothing but the seed tells them from others.

    Example:
        >>> label_but_seed({"backend": "ibm_fez", "seed": 3})
        'backend=ibm_fez'
    """
    return label({name: value for name, value in settings.items() if name != SEED})


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The lower quartile, the median and the upper quartile, by linear interpolation.

    Example:
        >>> quartiles([1, 2, 3, 4, 5])
        (2.0, 3.0, 4.0)
    """
    low, middle, high = np.percentile(values, [25, 50, 75])
    return float(low), float(middle), float(high)
