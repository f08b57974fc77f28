"""Samples that are rows of numbers already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hybhanas.data.source import Source

if TYPE_CHECKING:
    import numpy as np

    from hybhanas.data.steps import Step


@dataclass(frozen=True, kw_only=True)
class NumberSource(Source):
    """A source of arrays [samples, features]."""

    def encoder(self, features: Any) -> Numbers:
        """Takes the numbers as they are."""
        return Numbers()


@dataclass(frozen=True, slots=True)
class Numbers:
    """An `Encoder` of arrays, which it leaves as they are."""

    names: Sequence[str] = ()
    notes: Sequence[str] = ()

    before_components: str = "standardise"

    def scaling(self, values: np.ndarray, scale: str) -> Sequence[Step]:
        """Each feature on its own."""
        from hybhanas.data.steps import scaling

        return scaling(values, scale)

    def strange(self, features: Any) -> Sequence[str]:
        """Nothing: any number is one."""
        return ()

    def __call__(self, features: Any) -> np.ndarray:
        """[samples, features] -> the same."""
        return features
