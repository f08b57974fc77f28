"""The splits of a data set in memory; light to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Some samples: float32 features [samples, features] and int64 classes [samples]."""

    features: np.ndarray
    classes: np.ndarray

    def __len__(self) -> int:
        return len(self.classes)


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """The three splits of a data set."""

    train: Split
    validation: Split
    test: Split
