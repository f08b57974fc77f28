"""What `task=verify` found of a member, as the page of its search shows it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import fmean
from typing import Any


def verification(result: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows of a member's file in `verified/`, in plain JSON types.

    Raises:
        KeyError, TypeError, ValueError: it is something else.

    Example:
        >>> noisy = {"accuracy": 0.5, "low": 0.25, "high": 0.75, "flips": 1}
        >>> kept = dict.fromkeys(("ideal", "noisy", "mitigated"), noisy)
        >>> kept |= {"backend": "ibm_fez", "calibration_date": "2025-02-26T19:33:06+00:00"}
        >>> kept |= {"on": "aer", "verdict": "survives", "samples": 4, "shots": 100}
        >>> found = verification(kept | {"predicted": [0.5, 1.0], "seen": [0.75, 0.75]})
        >>> found["predicted"], found["seen"], found["noisy"]["interval"], found["noisy"]["flips"]
        (0.75, 0.75, [0.25, 0.75], 1)
    """
    accuracies = {
        name: {
            "accuracy": _finite(result[name]["accuracy"]),
            "interval": [_finite(result[name][side]) for side in ("low", "high")],
            "flips": int(result[name]["flips"]),
        }
        for name in ("ideal", "noisy", "mitigated")
    }
    words = {name: str(result[name]) for name in ("backend", "calibration_date", "on", "verdict")}
    numbers = {name: int(result[name]) for name in ("samples", "shots")}
    means = {name: fmean(map(_finite, result[name])) for name in ("predicted", "seen")}
    return words | numbers | means | accuracies


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"it holds {value}")
    return number
