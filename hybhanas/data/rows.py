"""Arrays as features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hybhanas.data.steps import Step, scaling


@dataclass(frozen=True, slots=True)
class Numbers:
    """An `Encoder` of arrays, which it leaves as they are."""

    names: Sequence[str] = ()
    notes: Sequence[str] = ()
    before_components: str = "standardise"

    def scaling(self, values: np.ndarray, scale: str) -> Sequence[Step]:
        """Each feature on its own."""
        return scaling(values, scale)

    def typed(self, samples: Any) -> np.ndarray:
        """[samples, ...] -> [samples, features], as floats.

        Raises:
            ValueError: they are no such array.
        """
        values = np.asarray(samples, dtype=np.float64)
        return values.reshape(len(values), -1)

    def strange(self, features: Any) -> Sequence[str]:
        """Nothing: any number is one."""
        return ()

    def __call__(self, features: Any) -> np.ndarray:
        """[samples, features] -> the same."""
        return features
