"""Looking results up in a benchmark: by hand, in the shipped tables, and by the page alone."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import timeit
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from hybhanas import atomic, bench
from hybhanas.architecture import Architecture
from hybhanas.bench.file import ABOUT
from hybhanas.errors import ConfigError
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.table_evaluator import evaluations
from tests.helpers import ROOT
from tests.helpers.benchmarks import SHIPPED, by_hand, of

TABLES = {  # architectures, epochs, backends
    "iris_small": (64, 12, 9), "digits_small": (64, 12, 9), "digits_medium": (2520, 30, 20),
    "iris_medium": (2520, 30, 20), "wine_medium": (2520, 30, 20),
    "bars_and_stripes_medium": (2520, 30, 20),
}  # fmt: skip
VALIDATED = {"iris": 30, "wine": 36, "bars_and_stripes": 60, "digits": 360}
SMALL = SHIPPED / "digits_small.parquet"
ALONE = """
import sys
class Nothing:
    def find_spec(self, name, path=None, target=None):
        known = {*sys.stdlib_module_names, "hybhanas", "numpy", "pyarrow"}
        if name.partition(".")[0] not in known and not name.startswith("_sysconfigdata"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Nothing())
from hybhanas import bench
table = bench.load(sys.argv[1])
print(len(table), table.query(table.front(table.backends[0])[0]))
"""


def test_answers_are_those_of_the_table_and_means_over_seeds():
    table = by_hand()
    assert [table.query(of(2), seed=1, epoch=e) for e in (1, 2, 3)] == [0.5, 0.25, 0.75]
    assert table.query(of(2), seed=2) == 0.25
    assert table.query(of(2)) == 0.5  # of 0.75 and 0.25
    assert np.isnan(table.query(of(3)))  # diverged with seed 2
    assert table.query({"qubits": 4, "rotations": "ry", "entanglement": "none"}, seed=2) == 0.5
    assert of(4) in table
    assert of(5) not in table
    assert [a.qubits for a in table] == [2, 3, 4]


def test_the_twin_of_an_architecture_is_asked_for_likewise(tmp_path):
    table = by_hand()
    assert table.query(of(2), seed=1, epoch=3) - table.query(of(2), 1, 3, twin=True) == 0.5
    assert table.query(of(3), twin=True) == 0.25
    assert table.curve(of(4), seed=2, twin=True).tolist() == [0.25] * 3
    bench.save(replace(table, twins=None), tmp_path / "none.parquet")
    none = bench.load(tmp_path / "none.parquet")
    assert none.query(of(2)) == 0.5
    with pytest.raises(ConfigError, match="twin=True .* the table of by hand has no classical tw"):
        none.query(of(2), twin=True)


def test_a_choice_that_makes_no_difference_makes_none():
    genes = {"qubits": 2, "rotations": "ry", "entanglement": "none", "entangler": "cz"}
    assert by_hand().query(genes, seed=1) == 0.75


def test_the_front_has_what_nothing_is_better_than_and_is_known():
    table = by_hand()
    # Errors of seed 1 are 1/4, 1/8 and 0 at 10, 100 and 10,000 s: each pays for the next.
    assert [a.qubits for a in table.front("large", seed=1)] == [4, 3, 2]
    # Means are 1/2, unknown, and 1/4.
    assert [a.qubits for a in table.front("large")] == [4, 2]
    # There the circuit of 3 qubits is cheaper than that of 2, but larger; that of 4 does not fit.
    assert [a.qubits for a in table.front("small", seed=1)] == [3, 2]
    assert table.points("large", "effective_time", 1)[0].tolist() == [0.25, 0.0, 20.0]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda t: t.query(of(5)), "5q x1 ry ry .* is not in the table of by hand; accepted: one"),
        (lambda t: t.query({"qbits": 2}), "qbits is unknown .did you mean qubits"),
        (lambda t: t.query(of(2), seed=3), "seed=3 is unknown; accepted: 1, 2"),
        (lambda t: t.query(of(2), epoch=0), "epoch=0 is not accepted: an integer from 1 to 3"),
        (lambda t: t.query(of(2), epoch=4), "epoch=4 is not accepted: an integer from 1 to 3"),
        (lambda t: t.query(of(2), epoch=1.5), "epoch=1.5 is not accepted: an integer from 1"),
        (lambda t: t.query(of(2), epoch="2"), "epoch='2' is not accepted: an integer from 1"),
        (lambda t: t.query(of(2), seed=[1]), r"seed=.1. is unknown; accepted: 1, 2"),
        (lambda t: t.query(5), "architecture=5 is not accepted: an Architecture, or its choices"),
        (lambda t: t.query(np.eye(2)), r"architecture=array.* is not accepted: an Architecture"),
        (lambda t: t.query({"depth": 1}), "{'depth': 1} is not accepted: .*, at least qubits"),
        (lambda t: t.front("larg"), "backend=larg is unknown .did you mean large"),
        (lambda t: t.front("large", "time"), "total=time is unknown.*; accepted: qpu_time, eff"),
    ],
)  # fmt: skip
def test_what_is_not_in_the_table_is_named_in_one_line(ask, message):
    with pytest.raises(ConfigError, match=message) as raised:
        ask(by_hand())
    assert "\n" not in str(raised.value)


def test_a_table_is_read_as_it_was_written(tmp_path):
    table = by_hand()
    digest = bench.save(table, tmp_path / "hand.parquet")
    read = bench.load(tmp_path / "hand.parquet")
    assert read.architectures == table.architectures
    for name in ("accuracy", "loss", "test_accuracy", "parameters"):
        np.testing.assert_allclose(getattr(read, name), getattr(table, name), rtol=1e-6)
        if name in ("accuracy", "test_accuracy", "parameters"):
            np.testing.assert_array_equal(getattr(read.twins, name), getattr(table.twins, name))
    np.testing.assert_array_equal(read.points("small"), table.points("small"))
    assert (read.seeds, read.backends, read.about) == (table.seeds, table.backends, table.about)
    assert read.space == table.space
    content = (tmp_path / "hand.parquet").read_bytes()
    assert digest == hashlib.sha256(content).hexdigest()
    assert b"by hand" in content, "what it is about can be read in any tool"


def test_a_damaged_table_is_refused_before_it_is_parsed(tmp_path):
    path = tmp_path / "hand.parquet"
    digest = bench.save(by_hand(), path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=f"its SHA-256 is .*, not {digest[:16]}"):
        bench.load(path)
    for damaged in (b"", b"\xff\xfe\n"):
        (tmp_path / "hand.parquet.sha256").write_bytes(damaged)
        with pytest.raises(ConfigError, match=r"hand.parquet.sha256 is no checksum of sha256sum"):
            bench.load(path)
    (tmp_path / "hand.parquet.sha256").unlink()
    with pytest.raises(ConfigError, match=r"hand.parquet.sha256 does not exist; accepted: a table"):
        bench.load(path)
    with pytest.raises(ConfigError, match="its SHA-256 is"):
        bench.load(path, sha256=digest)


def test_another_parquet_file_or_none_is_refused_in_one_line(tmp_path):
    pa.parquet.write_table(pa.table({"a": [1]}), tmp_path / "other.parquet")
    (tmp_path / "text.parquet").write_text("PAR1")
    for name in ("other", "text"):
        content = (tmp_path / f"{name}.parquet").read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        with pytest.raises(ConfigError, match="it is no benchmark") as raised:
            bench.load(tmp_path / f"{name}.parquet", digest)
        assert "\n" not in str(raised.value)
    with pytest.raises(ConfigError, match="none.parquet does not exist"):
        bench.load(tmp_path / "none.parquet")


@pytest.mark.parametrize(
    "about", ['"text"', "[]", "null", "{}", "[" * 100_000, '{"format": 1, "seeds": 5}', "{"]
)
def test_a_file_that_says_something_else_of_itself_is_refused_in_one_line(about, tmp_path):
    path = tmp_path / "other.parquet"
    table = pa.table({"a": [1]}).replace_schema_metadata({ABOUT: about})
    pa.parquet.write_table(table, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(ConfigError, match=r"other.parquet is .* it is no benchmark: .+") as raised:
        bench.load(path, digest)
    assert "\n" not in str(raised.value)


def test_garbled_bytes_under_a_checksum_of_their_own_are_refused_in_one_line(tmp_path):
    path, rng, refused = tmp_path / "hand.parquet", np.random.default_rng(1), 0
    bench.save(by_hand(), path)
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    for _ in range(200):
        garbled = whole.copy()
        garbled[rng.integers(len(whole), size=3)] = rng.integers(256, size=3)
        path.write_bytes(garbled.tobytes())
        try:
            bench.load(path, hashlib.sha256(garbled.tobytes()).hexdigest())
        except ConfigError as error:
            refused += 1
            assert "\n" not in str(error)
    assert refused > 100


def test_a_table_that_is_written_over_is_never_beside_the_checksum_of_another(
    tmp_path, monkeypatch
):
    path = tmp_path / "hand.parquet"
    bench.save(by_hand(), path)
    changed = replace(by_hand(), accuracy=by_hand().accuracy / 2)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(atomic, "write_text", killed)
        bench.save(changed, path)
    with pytest.raises(ConfigError, match=r"hand.parquet.sha256 does not exist"):
        bench.load(path)
    bench.save(changed, path)
    assert bench.load(path).query(of(2)) == 0.25


def test_reading_and_asking_needs_numpy_and_pyarrow_only():
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(SMALL)], cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    count, accuracy = done.stdout.split()
    assert int(count) == 64
    assert 0.5 < float(accuracy) <= 1


@pytest.mark.parametrize(("name", "size"), TABLES.items())
def test_shipped_tables_are_whole_and_agree_with_the_search_on_the_front(name, size):
    table = bench.load(SHIPPED / f"{name}.parquet")
    assert (len(table), table.epochs, len(table.backends)) == size
    assert len(table.seeds) == 3
    assert (table.twins is not None) == (len(table.backends) == 20)
    twins = () if table.twins is None else (table.twins.accuracy,)
    for counts in (a * VALIDATED[table.name] for a in (table.accuracy, *twins)):
        np.testing.assert_allclose(counts, np.round(counts), err_msg="whole samples, none NaN")
        assert not np.isnan(counts).any()
    early = (values[..., :8].ravel() for values in (table.accuracy, table.loss))
    assert np.corrcoef(*early)[0, 1] < -0.75, "before any overfits"
    box = {"error": 1.0, "log10_total_s": 12.0, "parameters": 30000.0}
    objectives = Objectives(tuple(box), box, {})
    for total in bench.TOTALS:
        front = table.front("ibm_torino", total)
        found = objectives.front([*evaluations(table, "ibm_torino", total).values()])
        assert set(front) == {e.architecture for e in found}
        assert len(front) == len(found) > 5


def test_the_tables_take_less_than_8_megabytes_together():
    assert {path.stem for path in SHIPPED.glob("*.parquet")} == {*TABLES}
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 8_000_000


@pytest.mark.parametrize("twin", [False, True])
@pytest.mark.parametrize("asked", [lambda a: a, Architecture.to_dict])
def test_an_answer_takes_less_than_50_microseconds(asked, twin):
    table = bench.load(SHIPPED / "iris_medium.parquet")
    question = asked(table.architectures[-1])
    asking = timeit.repeat(
        lambda: table.query(question, seed=2, epoch=5, twin=twin), number=100, repeat=20
    )
    assert min(asking) / 100 < 50e-6


def test_a_strategy_of_twenty_lines_runs_by_the_page_alone(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    (code,) = re.findall(r"```python\n(# A strategy.*?)```", _page(), re.DOTALL)
    assert len(code.splitlines()) <= 25
    exec(compile(code, "docs/benchmark.md", "exec"), {})
    fraction = float(capsys.readouterr().out.split()[0])
    assert 0.8 < fraction <= 1


def test_the_snippets_of_the_page_run(monkeypatch):
    monkeypatch.chdir(ROOT)
    space: dict[str, object] = {}
    snippets = re.findall(r"```python\n(.*?)```", _page(), re.DOTALL)
    assert len(snippets) >= 3
    for code in snippets:
        exec(compile(code, "docs/benchmark.md", "exec"), space)


def _page() -> str:
    return (ROOT / "docs" / "benchmark.md").read_text()
