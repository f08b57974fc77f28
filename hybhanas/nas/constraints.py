"""Constraints: bounds on quantities of a candidate, checked before it is trained."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.quantities import find


@dataclass(frozen=True, slots=True)
class Constraints:
    """Bounds by name of quantity: lower bounds where larger is better, else upper bounds.

    Example: `{"log10_total_s": 6, "p_survival": 0.1}`.

    Raises:
        ConfigError: not a quantity that is known before training, or a bound that is not a number.
    """

    bounds: Mapping[str, float]

    def __post_init__(self) -> None:
        for name, bound in self.bounds.items():
            find("search.constraints", name, before_training=True)
            if not math.isfinite(bound):
                raise ConfigError(f"search.constraints.{name}={bound} is not accepted: a number")

    def broken(self, costed: Evaluation) -> tuple[float, str]:
        """By how much a costed candidate violates the bounds, and which ones.

        Returns:
            The excess relative to the bound, summed over violated bounds (0 if there are none),
            and one line that names them.
        """
        violation, reasons = 0.0, []
        for name, bound in self.bounds.items():
            quantity = find("search.constraints", name, before_training=True)
            value = quantity.value(costed)
            excess = quantity.sign * (value - bound)
            if excess > 0:
                violation += excess / (abs(bound) or 1.0)
                side = "at most" if quantity.better == "smaller" else "at least"
                reasons.append(f"{name}={value:.4g}, {side} {bound:g}")
        return violation, "; ".join(reasons)
