"""Tables of a user's own: what becomes a feature, and what is said of what cannot be learned."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hybhanas.data.in_memory import InMemoryData
from hybhanas.data.table_file import Csv, Parquet
from hybhanas.errors import ConfigError

FILES = Path(__file__).parent / "files"
ROWS = [f"{i % 7}.5,{'red' if i % 3 else 'blue'},{'yes' if i % 2 else 'no'}" for i in range(40)]


def load(path: Path, target: str = "label", **settings: object) -> InMemoryData:
    return Csv(name="mine", path=str(path), target=target, seed=0, **settings).load()


@pytest.fixture
def csv(tmp_path):
    """Writes a table: `size` is a number, `colour` a category, `label` the class."""

    def write(*rows: str, header: str = "size,colour,label", name: str = "my.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n")
        return path

    return write


def test_penguins_are_learned_from_their_file():
    data = load(FILES / "penguins.csv", "species", missing="drop")
    assert data.class_names == ["Adelie", "Chinstrap", "Gentoo"]
    splits = data.splits
    assert sum(map(len, (splits.train, splits.validation, splits.test))) == 333
    assert data.features == 9  # 4 lengths and masses, a year, 3 islands, the sex
    (note,) = data.notes
    assert note.startswith("left out, 11 of 344 rows of dataset.path=")
    assert "rows 4, 272 of column bill_length_mm" in note


def test_tabs_and_quoted_names_are_read():
    data = load(FILES / "anes96.csv", "vote", drop=["popul"])
    assert (data.features, data.class_names) == (8, ["0", "1"])
    assert (
        load(FILES / "anes96.csv", "vote", categorical=["educ"]).features == 8 + 7
    )  # educ has seven


def test_missing_cells_are_named_or_repaired_as_asked(csv):
    rows = [*ROWS[:3], ",red,yes", *ROWS[4:7], "inf,,no", *ROWS[8:]]
    with pytest.raises(ConfigError, match=r"my.csv is not accepted: missing or infinite in "
                       r"rows 4, 8 of column size, row 8 of column colour; dataset.missing=drop "
                       r"leaves such rows out, fill takes"):  # fmt: skip
        load(csv(*rows))
    dropped, filled = (load(csv(*rows), missing=way) for way in ("drop", "fill"))
    assert dropped.train_samples + 2 in {filled.train_samples, filled.train_samples + 1}
    assert filled.notes[0].startswith("filled in 2 rows of dataset.path=")
    with pytest.raises(ConfigError, match="in row 1 of column label; dataset.missing=drop leaves"):
        load(csv("1,red,", *ROWS), missing="fill")


def test_text_among_numbers_is_named_and_may_mean_missing(csv):
    rows = [*ROWS[:4], "?,red,yes", *ROWS[5:]]
    with pytest.raises(ConfigError, match="column size holds numbers, but in row 5 [?]; "):
        load(csv(*rows))
    assert load(csv(*rows), missing_texts=["?"], missing="drop").notes
    assert load(csv(*rows), categorical=["size"]).features == 8 + 1


def test_constant_columns_are_left_out_and_said(csv):
    data = load(csv(*(f"5,{row}" for row in ROWS), header="same,size,colour,label"))
    assert data.features == 2
    assert [*data.notes] == ["left out, constant in the training split: same"]


def test_given_files_are_the_splits_and_nothing_is_fitted_to_them(csv):
    train, test = csv(*ROWS), csv("1000,green,yes", "0,blue,no", name="test.csv")
    data = load(train, test_path=str(test))
    assert (len(data.splits.test), len(data.splits.train)) == (2, 32)
    np.testing.assert_allclose(data.splits.train.features.mean(0), 0, atol=1e-6)
    assert data.splits.test.features[0, 0] > 100
    assert [*data.notes] == ["taken as no category of column colour: green"]
    both = load(train, test_path=str(test), validation_path=str(test))
    assert (both.train_samples, len(both.splits.validation)) == (40, 2)


MISTAKES = {
    "other columns": (
        ["1,yes"], {"header": "length,label"},
        "test.csv is not accepted: its columns are not those of .*my.csv: it lacks colour, size, "
        "it has length besides",
    ),
    "an unseen label": (
        ["1,red,yes", "1,red,maybe"], {},
        "test.csv is not accepted: row 2 with the label maybe, which no training row has",
    ),
    "text in a number column": (
        ["big,red,yes"], {}, "test.csv is not accepted: column size holds numbers, but in row 1 big"
    ),
    "no rows": ([], {}, "test.csv is not accepted: it has no rows"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_test_file_that_does_not_fit_is_refused(mistake, csv):
    rows, how, message = MISTAKES[mistake]
    with pytest.raises(ConfigError, match=message) as error:
        load(csv(*ROWS), test_path=str(csv(*rows, name="test.csv", **how)))
    assert "\n" not in str(error.value)


def test_labels_that_cannot_be_learned_are_named(csv):
    with pytest.raises(ConfigError, match="all rows have the label yes; at least two classes"):
        load(csv("1,red,yes", "2,blue,yes"))
    with pytest.raises(ConfigError, match="class maybe has row 41 alone, and 3 are needed"):
        load(csv(*ROWS, "1,red,maybe"))
    with pytest.raises(ConfigError, match="40 different labels in 40 rows, such as 0.0, 0.1, 0.2"):
        load(csv(*(f"{i % 3},red,{i / 10}" for i in range(40))))
    assert load(csv(*ROWS, "1,red,maybe"), classes=["yes", "no"]).classes == 2


def test_wrong_names_are_told_the_near_ones(csv):
    path = csv(*ROWS)
    with pytest.raises(ConfigError, match="target=lable is not a column .*did you mean label"):
        load(path, "lable")
    with pytest.raises(ConfigError, match="drop=colr is not a column of .* .did you mean colour"):
        load(path, drop=["colr"])
    with pytest.raises(ConfigError, match="there is no such file .did you mean .*/my.csv"):
        load(path.with_name("mi.csv"))
    with pytest.raises(ConfigError, match="is not accepted: a folder; the path of a table"):
        load(path.parent)
    with pytest.raises(ConfigError, match="dataset.path=null is not accepted: the path of"):
        Csv(name="mine", target="label", seed=0).load()


def test_files_that_are_no_tables_are_refused(tmp_path, csv):
    def refused(content: bytes, message: str, name: str = "bad.csv") -> None:
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(ConfigError, match=message) as error:
            load(path)
        assert "\n" not in str(error.value)

    refused(b"", "bad.csv is not accepted: the file is empty")
    refused(b"\n\n", "bad.csv is not accepted: it has no columns")
    refused(b"size,label\n", "bad.csv is not accepted: it has no rows")
    refused(b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "it is no text in utf-8: 'utf-8' codec can't decode")
    refused(
        b"a,label\n1,2\n3,4\n5,6,7\n", "bad.csv is not accepted: .*more cells|Expected 2 fields"
    )
    refused(b"a,label\n1,2,3\n4,5,6\n", "its rows have more cells than its header")
    refused(b"label\nyes\nno\n", "no column besides label")
    refused(b"a,label\n" + b"1,yes\n1,no\n" * 9, "no column varies in the training split")
    wide = ",".join(f"x{i}" for i in range(10**6)).encode()
    refused(wide + b"\n", "1,000,000 columns; at most 10,000")
    compressed = gzip.compress(b"a,label\n1,yes\n" * 999)
    refused(compressed[: len(compressed) // 2], "bad.csv.gz is not accepted: ", "bad.csv.gz")


def test_a_column_of_free_texts_is_refused(csv):
    header = "name,size,colour,label"
    path = csv(*(f"name{i},{row}" for i, row in enumerate(ROWS * 6)), header=header)
    with pytest.raises(ConfigError, match="column name has 144 categories in 144 rows, such as "
                       r"name\d+, name\d+ and 142 more; accepted: at most 100, "
                       "which rows share; dataset.drop"):  # fmt: skip
        load(path)
    assert load(path, drop=["name"]).features == 2


def test_decimal_commas_are_named_and_read_as_asked(csv):
    header = "Länge;Preis;Farbe;label"
    rows = [f"{i % 7},5;1.{100 + i},25;{'rot' if i % 3 else 'blau'};{i % 2}" for i in range(40)]
    path = csv(*rows, header=header)
    with pytest.raises(ConfigError, match="column Länge holds numbers with a decimal comma, such "
                       "as 0,5, and so does Preis; dataset.decimal=comma reads them, "
                       'dataset.categorical=."Länge". takes them as categories'):  # fmt: skip
        load(path)
    points = [f"{i % 7}.5;{1100 + i}.25;{'rot' if i % 3 else 'blau'};{i % 2}" for i in range(40)]
    expected = load(csv(*points, header=header, name="points.csv"), scale="none")
    found = load(path, decimal="comma", scale="none")
    np.testing.assert_array_equal(found.splits.train.features, expected.splits.train.features)
    assert found.features == 3
    assert load(path, categorical=["Länge"], decimal="comma").features == 1 + 1 + 7


def test_a_file_in_another_encoding_is_named_and_read_as_asked(tmp_path):
    path = tmp_path / "my.csv"
    rows = [f"{i % 7},{'grün' if i % 3 else 'blau'},{i % 2}" for i in range(40)]
    path.write_bytes("\n".join(["größe,farbe,label", *rows]).encode("cp1252"))
    with pytest.raises(ConfigError, match="it is no text in utf-8: .* dataset.encoding=cp1252"):
        load(path)
    data = load(path, encoding="cp1252")
    assert data.features == 2
    for encoding in ("ascii7", "hex"):
        with pytest.raises(ConfigError, match=f"^dataset.encoding={encoding} is unknown; accepted"):
            load(path, encoding=encoding)


def test_dates_and_names_are_no_categories_even_in_a_short_file(csv):
    days = [f"{i % 7}.5,2024-01-{i % 28 + 1:02},{i % 2}" for i in range(40)]
    with pytest.raises(ConfigError, match=r"column day has \d\d categories in 24 rows, such as "
                       r"2024-01-.* which rows share; dataset.drop=.day. leaves it"):  # fmt: skip
        load(csv(*days, header="size,day,label"))
    eight = [f"{i % 7}.5,kind {i % 8},{i % 2}" for i in range(40)]
    assert load(csv(*eight, header="size,kind,label")).features == 1 + 8


def test_a_column_that_counts_the_rows_is_said(csv):
    rows = [f"{i + 1},{row}" for i, row in enumerate(ROWS)]
    (note,) = load(csv(*rows, header="row no,size,colour,label")).notes
    assert note.startswith("column row no counts the rows and is taken as a feature")
    assert 'dataset.drop=["row no"] leaves it out' in note


def test_a_file_is_known_by_its_content_and_not_by_its_path(csv):
    one, same = load(csv(*ROWS)), load(csv(*ROWS, name="other.csv"))
    changed = load(csv("0.4,blue,no", *ROWS[1:]))
    renamed = load(csv(*(row.replace("yes", "yet") for row in ROWS)))
    assert one.hash == same.hash
    assert len({one.hash, changed.hash, renamed.hash}) == 3


def test_gzipped_and_semicolons(tmp_path, csv):
    path = tmp_path / "my.csv.gz"
    text = "\n".join(["size;colour;label", *(row.replace(",", ";") for row in ROWS)])
    path.write_bytes(gzip.compress(text.encode()))
    assert load(path).hash == load(csv(*ROWS)).hash


def test_truth_values_are_numbers(csv):
    rows = [f"{i % 3 == 0},{row}" for i, row in enumerate(ROWS)]
    data = load(csv(*rows, header="flag,size,colour,label"), scale="none")
    assert {*np.unique(data.splits.train.features[:, 0])} == {0.0, 1.0}


def test_parquet_gives_what_csv_gives(tmp_path, csv):
    pandas, _ = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    path = tmp_path / "my.parquet"
    pandas.read_csv(csv(*ROWS)).to_parquet(path)
    parquet = Parquet(name="mine", path=str(path), target="label", seed=0).load()
    assert parquet.hash == load(csv(*ROWS)).hash
    lists = pandas.DataFrame({"x": [[i, i] for i in range(200)], "label": [0, 1] * 100})
    lists.to_parquet(tmp_path / "lists.parquet")
    with pytest.raises(ConfigError, match="column x has 120 categories in 120 rows"):
        Parquet(name="l", path=str(tmp_path / "lists.parquet"), target="label", seed=0).load()
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ConfigError, match="my.parquet is not accepted: "):
        Parquet(name="mine", path=str(path), target="label", seed=0).load()


def test_pandas_is_imported_only_for_tables():
    code = (
        "import sys\n"
        "from hybhanas.hydra_app.compose import composed\n"
        "from hybhanas.hydra_app.check import check\n"
        "from omegaconf import OmegaConf\n"
        "config = composed('dataset=csv', 'dataset.path=tests/data/files/penguins.csv')\n"
        "OmegaConf.resolve(config)\n"
        "check(config)\n"
        "print(config.dataset.name, {'pandas', 'pyarrow', 'sklearn', 'torch'} & {*sys.modules})"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout.split() == ["penguins", "set()"]
