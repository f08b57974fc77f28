"""Numbers that are written with a decimal comma."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybhanas.data.cells import MOSTLY
from hybhanas.data.samples import as_setting, listed

_NUMBER = r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?(?:[eE][+-]?\d+)?"
"""With dots between thousands, or none."""


def columns_with(table: pd.DataFrame, leave: Collection[str]) -> list[str]:
    """The columns of texts in which most cells are such numbers, at least one with a comma.

    Args:
        table: as it was read.
        leave: columns that are none of numbers.
    """
    found = []
    for name in table.columns:
        cells = table[name].dropna()
        if name in leave or pd.api.types.is_numeric_dtype(cells) or not len(cells):
            continue
        texts = cells.astype(str).str.strip()
        are_numbers = texts.str.fullmatch(_NUMBER)
        if are_numbers.mean() > MOSTLY and texts[are_numbers].str.contains(",").any():
            found.append(str(name))
    return found


def converted(column: pd.Series) -> pd.Series:
    """The same column with a decimal point in every such number, and no dots of thousands.

    Example:
        >>> converted(pd.Series(["1.361,5", "-4,35", "unknown"])).tolist()
        ['1361.5', '-4.35', 'unknown']
    """
    texts = column.astype(object).where(column.notna(), None)
    are_numbers = texts.astype(str).str.strip().str.fullmatch(_NUMBER)
    plain = texts.astype(str).str.replace(".", "").str.replace(",", ".")
    return texts.where(~are_numbers, plain)


def refusal(table: pd.DataFrame, columns: Collection[str]) -> str:
    """Why a table is refused whose settings do not say that it has decimal commas."""
    name = next(iter(columns))
    cells = table[name].dropna().astype(str)
    example = cells[cells.str.contains(",")].iloc[0]
    also = f", and so {'does' if len(columns) == 2 else 'do'} {listed([*columns][1:])}"
    return (
        f"column {name} holds numbers with a decimal comma, such as {example}"
        f"{also if len(columns) > 1 else ''}; dataset.decimal=comma reads them, "
        f"dataset.categorical=[{as_setting(name)}] takes them as categories"
    )
