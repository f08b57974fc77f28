"""Samples as they are read, before anything is fitted to them; light to import."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np

    from hybhanas.data.steps import Step


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """What one file holds, or one part of it.

    Args:
        features: an array [samples, ...], or a pandas table.
        labels: [samples], numbers or texts.
        setting: that names where they are from, for messages: `dataset.path=my.csv`.
    """

    features: Any
    labels: np.ndarray
    setting: str

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: np.ndarray) -> Samples:
        """Some of them, by their indices."""
        features = self.features
        taken = features.iloc[rows] if hasattr(features, "iloc") else features[rows]
        return Samples(taken, self.labels[rows], self.setting)


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What a source read.

    Args:
        train: the training samples; those of the splits that are None are taken from it.
        validation, test: splits that the user gives.
        notes: what was repaired, a line each.
    """

    train: Samples
    validation: Samples | None = None
    test: Samples | None = None
    notes: Sequence[str] = ()


class Encoder(Protocol):
    """Turns features as they are read into one row of numbers a sample; fitted to the training
    split.

    Attributes:
        names: of the numbers; empty where they have none.
        notes: what was repaired, a line each.
        before_components: how features are scaled before principal components are taken.
    """

    @property
    def names(self) -> Sequence[str]: ...  # noqa: D102  described above, as the next one

    @property
    def notes(self) -> Sequence[str]: ...  # noqa: D102

    @property
    def before_components(self) -> str: ...  # noqa: D102

    def scaling(self, values: np.ndarray, scale: str) -> Sequence[Step]:
        """What the setting `scale` means, fitted to the encoded training split."""
        ...

    def typed(self, samples: Any) -> Any:
        """Samples as a user has them, in the form that this encodes.

        Raises:
            ValueError: they are not of that kind.
        """
        ...

    def strange(self, features: Any) -> Sequence[str]:
        """What the training split did not have, a line each."""
        ...

    def __call__(self, features: Any) -> np.ndarray:
        """Samples as read -> [samples, numbers]."""
        ...


def listed(items: Sequence[object], most: int = 5) -> str:
    """Items by name, the first few of many.

    Example:
        >>> listed([3, 7, 9], most=2)
        '3, 7 and 1 more'
    """
    shown = ", ".join(map(str, items[:most]))
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"


def as_setting(name: str) -> str:
    """A name as an element of a list on the command line: in quotes where those are needed.

    Example:
        >>> as_setting("age"), as_setting("size (cm)")
        ('age', '"size (cm)"')
    """
    return name if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) else f'"{name}"'


def rows_text(indices: Sequence[int]) -> str:
    """Rows as a person counts them, from 1, below the header if there is one.

    Example:
        >>> rows_text([2]), rows_text([2, 6])
        ('row 3', 'rows 3, 7')
    """
    numbers = [int(index) + 1 for index in indices]
    return f"row{'s' if len(numbers) > 1 else ''} {listed(numbers)}"
