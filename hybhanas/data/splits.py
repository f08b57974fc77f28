"""The splits of a data set in memory; light to import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from hybhanas.data.steps import Step


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Some samples: float32 features [samples, features] and int64 classes [samples].

    Features may be bytes instead, a quarter of the memory; `steps` then make floats of each batch.
    """

    features: np.ndarray
    classes: np.ndarray
    steps: Sequence[Step] = ()

    def __len__(self) -> int:
        return len(self.classes)


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """The three splits of a data set."""

    train: Split
    validation: Split
    test: Split
