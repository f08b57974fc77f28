"""A table as numbers: categories one-hot, missing values replaced, constant columns left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hybhanas.data.cells import CATEGORY, NUMBER, typed
from hybhanas.data.samples import as_setting, listed
from hybhanas.data.steps import Step, scaling
from hybhanas.errors import ConfigError

MOST_CATEGORIES = 100
"""Categories of one column, at most: it becomes as many features."""

FEW = 10
"""Of more categories there are at least two rows to each, or they are dates, names or the like."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that became features.

    Args:
        name: in the header.
        categories: that the training split has; empty for a column of numbers.
        fill: replaces a missing cell: the median, or the most frequent category.
    """

    name: str
    categories: tuple[str, ...]
    fill: float | str

    @property
    def features(self) -> list[str]:
        """The names of its features; two categories share one, of 0 and 1."""
        shown = self.categories[1:] if len(self.categories) == 2 else self.categories
        return [f"{self.name}={category}" for category in shown] or [self.name]

    def encoded(self, cells: pd.Series) -> np.ndarray:
        """[samples] -> [samples, features]; a category that training did not have is none."""
        if not self.categories:
            return cells.to_numpy(dtype=np.float64, na_value=np.nan)[:, None].copy()
        values = cells.to_numpy(dtype=object)[:, None]
        shown = self.categories[1:] if len(self.categories) == 2 else self.categories
        return (values == np.array(shown, dtype=object)).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Table:
    """An `Encoder` of typed tables; see `hybhanas.data.cells.typed`."""

    columns: tuple[Column, ...]
    notes: Sequence[str]
    before_components: str = "standardise"

    @property
    def names(self) -> list[str]:
        """Of the features."""
        return [feature for column in self.columns for feature in column.features]

    def scaling(self, values: np.ndarray, scale: str) -> Sequence[Step]:
        """Each feature on its own."""
        return scaling(values, scale)

    def typed(self, samples: Any) -> pd.DataFrame:
        """A table with the columns of the training split, and perhaps others.

        Raises:
            ValueError: it is no such table.
        """
        table = pd.DataFrame(samples).reset_index(drop=True)
        kinds = {c.name: CATEGORY if c.categories else NUMBER for c in self.columns}
        if missing := [name for name in kinds if name not in table]:
            raise ConfigError(f"the samples are not accepted: they lack column {listed(missing)}")
        return typed(table, kinds, "the table")

    def strange(self, features: Any) -> Sequence[str]:
        """Categories that the training split did not have; they are none of its categories."""
        notes = []
        for column in self.columns:
            seen = {*column.categories}
            new = sorted({*features[column.name].dropna()} - seen) if seen else []
            if new:
                notes.append(f"taken as no category of column {column.name}: {listed(new)}")
        return notes

    def __call__(self, features: Any) -> np.ndarray:
        """A table -> [samples, features]."""
        parts = []
        for column in self.columns:
            cells = features[column.name]
            parts.append(column.encoded(cells.where(cells.notna(), column.fill)))
        return np.concatenate(parts, axis=1)


def fitted(table: pd.DataFrame, setting: str) -> Table:
    """Fits a table's encoding to the training split.

    Args:
        table: typed.
        setting: that names the file, for messages.

    Raises:
        ConfigError: no column varies, or one has more categories than there are features to take.
    """
    columns, constant = [], []
    for name in map(str, table.columns):
        cells = table[name].dropna()
        distinct = cells.nunique()
        if distinct < 2:
            constant.append(name)
        elif cells.dtype != object:
            columns.append(Column(name, (), float(cells.median())))
        elif distinct > MOST_CATEGORIES or (distinct > FEW and 2 * distinct > len(cells)):
            raise ConfigError(
                f"{setting} is not accepted: column {name} has {distinct} categories in "
                f"{len(table)} rows, such as {listed(sorted(cells.unique()), 2)}; accepted: "
                f"at most {MOST_CATEGORIES}, which rows share; dataset.drop=[{as_setting(name)}] "
                "leaves it out"
            )
        else:
            counts = cells.value_counts()
            common = min(counts.index[counts == counts.max()])
            columns.append(Column(name, tuple(sorted(cells.unique())), common))
    if not columns:
        raise ConfigError(f"{setting} is not accepted: no column varies in the training split")
    notes = [f"left out, constant in the training split: {listed(constant)}"] if constant else []
    return Table(tuple(columns), notes)
