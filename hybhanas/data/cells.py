"""The cells of a table: which columns are numbers, which name categories, what is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from hybhanas.data.samples import as_setting, listed, rows_text
from hybhanas.errors import ConfigError

NUMBER, CATEGORY = "number", "category"
"""What a column holds."""

MOSTLY = 0.5
"""A column in which more than this fraction of the cells are numbers is one of numbers."""


def kinds(table: pd.DataFrame, categorical: Collection[str]) -> dict[str, str]:
    """What each column holds; truth values are numbers, 0 and 1.

    Args:
        table: the training rows, as they are read.
        categorical: columns that name categories, even by numbers.
    """
    found = {}
    for name, column in table.items():
        cells = column.dropna()
        numbers = _numbers(cells).notna().sum() if len(cells) else 0
        is_number = name not in categorical and (not len(cells) or numbers > MOSTLY * len(cells))
        found[str(name)] = NUMBER if is_number else CATEGORY
    return found


def typed(table: pd.DataFrame, kinds: Mapping[str, str], setting: str) -> pd.DataFrame:
    """The table with numbers as float64 and categories as texts; NaN and None where a cell is
    missing or infinite.

    Raises:
        ConfigError: text in a column of numbers; the message names rows and column.
    """
    columns = {}
    for name, kind in kinds.items():
        column = table[name]
        if kind == CATEGORY:
            pairs = zip(column.tolist(), column.isna(), strict=True)
            texts = [None if missing else _text(cell) for cell, missing in pairs]
            columns[name] = pd.Series(texts, dtype=object)
            continue
        numbers = _numbers(column)
        wrong = np.flatnonzero(numbers.isna() & column.notna())
        if len(wrong):
            cells, quoted = sorted({str(cell) for cell in column.iloc[wrong]}), as_setting(name)
            raise ConfigError(
                f"{setting} is not accepted: column {name} holds numbers, but in "
                f"{rows_text(wrong.tolist())} {listed(cells)}; dataset.categorical=[{quoted}] "
                f"takes it as one of categories, dataset.missing_texts=['{cells[0]}'] as missing"
            )
        values = numbers.to_numpy(dtype=np.float64, na_value=np.nan).copy()
        values[~np.isfinite(values)] = np.nan
        columns[name] = pd.Series(values)
    return pd.DataFrame(columns)


def where_missing(table: pd.DataFrame) -> tuple[np.ndarray, str]:
    """The rows with a missing cell, and a text that names them with their columns."""
    missing = table.isna()
    rows = np.flatnonzero(missing.any(axis=1))
    columns = [
        f"{rows_text(np.flatnonzero(missing[name]).tolist())} of column {name}"
        for name in missing.columns[missing.any(axis=0)]
    ]
    return rows, listed(columns, 3)


def counting(table: pd.DataFrame) -> list[str]:
    """The columns whose cells rise by 1 from row to row, as the number of a sample does."""
    return [
        str(name)
        for name, column in table.items()
        if len(column) > 2 and bool((_numbers(column).diff().iloc[1:] == 1).all())
    ]


def _numbers(column: pd.Series) -> pd.Series:
    """The cells as numbers, NaN where they are none."""
    try:
        return pd.to_numeric(column, errors="coerce")
    except TypeError:  # a cell that is a list or the like
        return pd.Series(np.nan, index=column.index)


def _text(cell: object) -> str:
    """A cell as a person writes it: a column of whole numbers with a missing one holds floats."""
    is_whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if is_whole else cell)  # type: ignore[call-overload]


def unknown_columns(wanted: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Those that the table does not have."""
    return [name for name in wanted if name not in set(columns)]
