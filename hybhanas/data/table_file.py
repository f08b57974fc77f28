"""Tables in files: CSV and Parquet."""

from __future__ import annotations

import codecs
import gzip
import warnings
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hybhanas.data.files import existing_file
from hybhanas.data.samples import Given, Samples, as_setting, listed
from hybhanas.data.source import Source
from hybhanas.errors import ConfigError, unknown

if TYPE_CHECKING:
    import pandas as pd

    from hybhanas.data.columns import Table

MISSING = ("refuse", "drop", "fill")
"""What `missing` accepts."""

MOST_COLUMNS = 10_000
"""Columns of a file, at most."""

DECIMALS, ENCODINGS = ("point", "comma"), ("utf-8", "cp1252", "latin-1", "utf-16")
"""What `decimal` accepts, and some of what `encoding` does."""

SEPARATORS = (",", ";", "\t", "|")
"""Of these the header has the one that separates columns."""


@dataclass(frozen=True, kw_only=True)
class TableFile(Source):
    """A table with a header, one sample a row.

    Columns of numbers are features. Columns of texts name categories, each of which becomes a
    feature of 0 and 1. Columns that are constant in the training split are left out.

    Raises:
        ConfigError: a value that is not accepted.
    """

    path: str | None = None  # of the table
    validation_path: str | None = None  # of the validation split; null: taken from `path`
    test_path: str | None = None  # of the test split; null: taken from `path`
    target: str | None = None  # the column with the labels
    drop: Sequence[str] = ()  # columns to leave out
    categorical: Sequence[str] = ()  # columns of numbers that name categories
    missing: str = "refuse"  # cells that are missing or infinite; drop: their rows; or fill
    missing_texts: Sequence[str] = ()  # that mean a missing cell, besides an empty one, NA and NaN

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.missing not in MISSING:
            raise unknown("dataset.missing", self.missing, MISSING)

    @property
    def _paths(self) -> dict[str, str | None]:
        optional = ("validation_path", "test_path")
        given = {name: getattr(self, name) for name in optional if getattr(self, name) is not None}
        return {"path": self.path} | given

    def check(self) -> None:
        """Checks that the files are there.

        Raises:
            ConfigError: one that is not.
        """
        for setting, value in self._paths.items():
            existing_file(f"dataset.{setting}", value, "a table")

    def read(self) -> Given:
        """The rows of each file, cells as numbers or texts."""
        from hybhanas.data import cells

        tables = {
            f"dataset.{setting}={value}": self._checked(Path(str(value)).expanduser(), setting)
            for setting, value in self._paths.items()
        }
        (setting, train), *others = tables.items()
        self._check_columns(setting, list(map(str, train.columns)), tables)
        features = [c for c in map(str, train.columns) if c not in {self.target, *self.drop}]
        if not features:
            raise ConfigError(f"{setting} is not accepted: no column besides {self.target}")
        kinds = cells.kinds(train[features], self.categorical)
        counting = cells.counting(train[[c for c in features if kinds[c] == cells.NUMBER]])
        notes = [
            f"column {name} counts the rows and is taken as a feature; "
            f"dataset.drop=[{as_setting(name)}] leaves it out"
            for name in counting
        ]
        parts = {
            setting: self._samples(table, kinds, setting, notes)
            for setting, table in [(setting, train), *others]
        }
        names = [s.partition("=")[0].removeprefix("dataset.") for s in parts]
        of = dict(zip(names, parts.values(), strict=True))
        return Given(of["path"], of.get("validation_path"), of.get("test_path"), notes)

    def encoder(self, features: Any) -> Table:
        """One-hot categories; a missing cell becomes the median or the most frequent category."""
        from hybhanas.data.columns import fitted

        return fitted(features, f"dataset.path={self.path}")

    @abstractmethod
    def table(self, path: Path, setting: str) -> pd.DataFrame:
        """The table of a file.

        Raises:
            ConfigError: it cannot be read.
        """

    def _checked(self, path: Path, setting: str) -> pd.DataFrame:
        setting = f"dataset.{setting}={path}"
        table = self.table(path, setting)
        if len(table.columns) > MOST_COLUMNS:
            raise too_many_columns(setting, len(table.columns))
        if not len(table):
            raise ConfigError(f"{setting} is not accepted: it has no rows")
        return table.reset_index(drop=True).rename(columns=str)

    def _check_columns(
        self, setting: str, columns: Sequence[str], tables: dict[str, pd.DataFrame]
    ) -> None:
        """Refuses settings that name no column, and files with other columns."""
        for name, wanted in (
            ("target", [self.target]), ("drop", self.drop), ("categorical", self.categorical),
        ):  # fmt: skip
            for column in wanted:
                if column not in columns:
                    near = get_close_matches(str(column), columns, n=1)
                    hint = f" (did you mean {near[0]}?)" if near else ""
                    shown = "null" if column is None else column
                    raise ConfigError(
                        f"dataset.{name}={shown} is not a column of {setting}{hint}; accepted: "
                        f"{listed(columns, 20)}"
                    )
        for other, table in tables.items():
            ours, theirs = {*columns} - {*self.drop}, {*map(str, table.columns)}
            lacks = sorted(ours - theirs)
            more = sorted(theirs - ours - {*self.drop})
            if lacks or more:
                differs = [f"it lacks {listed(lacks)}"] if lacks else []
                differs += [f"it has {listed(more)} besides"] if more else []
                raise ConfigError(
                    f"{other} is not accepted: its columns are not those of {setting}: "
                    f"{', '.join(differs)}"
                )

    def _samples(
        self, table: pd.DataFrame, kinds: dict[str, str], setting: str, notes: list[str]
    ) -> Samples:
        """The rows of one file, without or with those in which a cell is missing."""
        import numpy as np

        from hybhanas.data import cells

        labels = cells.typed(table, {str(self.target): cells.CATEGORY}, setting)
        typed = cells.typed(table, kinds, setting)
        whole = labels.join(typed) if self.missing != "fill" else labels
        rows, where = cells.where_missing(whole)
        filled, filled_where = cells.where_missing(typed)
        if len(rows) and self.missing != "drop":
            ways = "drop leaves such rows out" + (
                ", fill takes the median or the most frequent category"
                if self.missing == "refuse" else ""
            )  # fmt: skip
            raise ConfigError(
                f"{setting} is not accepted: missing or infinite in {where}; dataset.missing={ways}"
            )
        if len(rows):
            notes.append(f"left out, {len(rows)} of {len(table)} rows of {setting}: {where}")
        elif len(filled):
            notes.append(f"filled in {len(filled)} rows of {setting}: {filled_where}")
        kept = np.setdiff1d(np.arange(len(table)), rows)
        if not len(kept):
            raise ConfigError(f"{setting} is not accepted: a cell is missing in every row")
        target = table[self.target]
        values = target if target.dtype.kind in "iuf" else labels[self.target]
        return Samples(typed.loc[kept], values.loc[kept].to_numpy(), setting)


@dataclass(frozen=True, kw_only=True)
class Csv(TableFile):
    """A text file of separated columns, plain or gzipped.

    Raises:
        ConfigError: a value that is not accepted.
    """

    separator: str | None = None  # of columns; null: the one of , ; tab | that the header has
    decimal: str = "point"  # of numbers; or comma, with points between thousands
    encoding: str = "utf-8"  # of the text; cp1252 or latin-1 for what older programs write

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.decimal not in DECIMALS:
            raise unknown("dataset.decimal", self.decimal, DECIMALS)
        try:
            "text".encode(self.encoding)  # codecs such as hex are none of text
        except LookupError:
            raise unknown("dataset.encoding", self.encoding, ENCODINGS) from None

    def table(self, path: Path, setting: str) -> pd.DataFrame:
        """The table of a CSV file."""
        import pandas as pd

        utf_8 = codecs.lookup(self.encoding).name == "utf-8"
        encoding = "utf-8-sig" if utf_8 else self.encoding  # which may begin with a mark
        opener = gzip.open if path.suffix == ".gz" else open
        try:
            with opener(path, "rt", encoding=encoding) as file:
                header = file.readline()
            separator = self.separator or max(SEPARATORS, key=header.count)
            if header.count(separator) >= MOST_COLUMNS:
                raise too_many_columns(setting, header.count(separator) + 1)
            with warnings.catch_warnings():
                warnings.simplefilter("error", pd.errors.ParserWarning)
                table = pd.read_csv(
                    path,
                    sep=separator,
                    index_col=False,
                    na_values=[*self.missing_texts],
                    skipinitialspace=True,
                    low_memory=False,
                    decimal="," if self.decimal == "comma" else ".",
                    encoding=encoding,
                )
            return self._with_points(table.rename(columns=lambda n: n.strip().strip("'")), setting)
        except pd.errors.EmptyDataError:
            reason = "it has no columns"
        except pd.errors.ParserWarning:
            reason = "its rows have more cells than its header"
        except pd.errors.ParserError as error:
            reason = str(error).removeprefix("Error tokenizing data. C error: ")
        except UnicodeDecodeError as error:
            reason = f"it is no text in {self.encoding}: {error}; dataset.encoding=cp1252 reads "
            reason += "what older programs write"
        except (OSError, EOFError) as error:
            reason = f"it is no text file: {error}"
        raise ConfigError(f"{setting} is not accepted: {' '.join(reason.split())}")

    def _with_points(self, table: pd.DataFrame, setting: str) -> pd.DataFrame:
        """The table with a decimal point in every number."""
        from hybhanas.data import decimal_comma

        named = decimal_comma.columns_with(table, {*self.categorical, *self.drop, str(self.target)})
        if named and self.decimal != "comma":
            reason = decimal_comma.refusal(table, named)
            raise ConfigError(f"{setting} is not accepted: {reason}")
        return table.assign(**{name: decimal_comma.converted(table[name]) for name in named})


@dataclass(frozen=True, kw_only=True)
class Parquet(TableFile):
    """A Parquet file; needs pyarrow, the extra `parquet`."""

    def table(self, path: Path, setting: str) -> pd.DataFrame:
        """The table of a Parquet file."""
        import pandas as pd

        try:
            return pd.read_parquet(path, engine="pyarrow")
        except ImportError:
            raise ConfigError(
                "dataset=parquet needs pyarrow: pip install 'hybhanas[parquet]'"
            ) from None
        except (OSError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
        raise ConfigError(f"{setting} is not accepted: {reason}")


def too_many_columns(setting: str, count: int) -> ConfigError:
    """Builds the error for a table that no network takes."""
    return ConfigError(f"{setting} is not accepted: {count:,} columns; at most {MOST_COLUMNS:,}")
