"""A benchmark as a file: Parquet with zstd, and its SHA-256 beside it."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hybhanas import atomic
from hybhanas.architecture import Architecture
from hybhanas.bench.benchmark import TOTALS, Benchmark, Costs, Twins
from hybhanas.errors import ConfigError
from hybhanas.stored import read_bytes

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 1
MAX_BYTES = 500_000_000
MALFORMED = (
    ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RecursionError, TypeError,
    ValueError,
)  # fmt: skip
"""What reading raises where a file holds other values than a benchmark does."""

ABOUT = "hybhanas.bench"
"""The key of the file's metadata under which `Benchmark.about` stands, as JSON."""

GENES = tuple(field.name for field in fields(Architecture))
PROXIES = ("flops", "classical_flops", "simulation_flops")


def load(path: str | Path, sha256: str | None = None) -> Benchmark:
    """Reads a benchmark; nothing of the file is executed.

    Args:
        path: of the Parquet file.
        sha256: that it must have, 64 hex digits; None: as the file `PATH.sha256` beside it says.

    Raises:
        ConfigError: there is no such file, it has another checksum, or it is no benchmark.
    """
    path = Path(path).expanduser()
    try:
        content = read_bytes(path, MAX_BYTES)
        expected = sha256 or _first_word(checksum_path(path))
    except FileNotFoundError as error:
        raise ConfigError(
            f"bench={path} is not accepted: {Path(error.filename).name} does not exist; accepted: "
            "a table with its .sha256 beside it, or load(path, sha256=...)"
        ) from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"bench={path} is not accepted: {error}") from None
    found = hashlib.sha256(content).hexdigest()
    if found != expected.lower():
        raise ConfigError(
            f"bench={path} is not accepted: its SHA-256 is {found[:16]}..., not {expected[:16]}...;"
            " it is damaged or another version"
        )
    pa = _pyarrow()
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(io.BytesIO(content))
        about = json.loads((file.metadata.metadata or {})[ABOUT.encode()])
        return from_table(file.read(), about)
    except (pa.ArrowException, *MALFORMED) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise ConfigError(f"bench={path} is not accepted: it is no benchmark: {reason}") from None


def _first_word(path: Path) -> str:
    """The checksum in a file, of which `sha256sum` writes the name after it."""
    words = read_bytes(path).split()
    if not words or not words[0].isalnum():
        raise ValueError(f"{path.name} is no checksum of sha256sum")
    return words[0].decode()


def save(benchmark: Benchmark, path: str | Path) -> str:
    """Writes a benchmark and its checksum, in the form of `sha256sum`, each at once or not at all.
    A table that has no checksum was not written to its end.

    Returns:
        The SHA-256 of the file.
    """
    pa = _pyarrow()
    import pyarrow.parquet

    path, content = Path(path), io.BytesIO()
    table, about = to_table(benchmark), json.dumps(_about(benchmark), sort_keys=True)
    # Few losses are the same: their bytes, each kind together, take half of what a dictionary does.
    lists = {c.name for c in table.schema if pa.types.is_fixed_size_list(c.type)}
    paths = [f"{name}.list.element" if name in lists else name for name in table.column_names]
    split = [p for p in paths if p.startswith("loss_")]
    with pyarrow.parquet.ParquetWriter(
        content,
        table.schema,
        compression="zstd",
        compression_level=19,
        write_statistics=False,
        use_dictionary=[p for p in paths if p not in split],
        use_byte_stream_split=split,
        store_schema=False,  # of Arrow's own, several times as large as that of Parquet
    ) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({ABOUT: about})
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    checksum_path(path).unlink(missing_ok=True)  # before it is that of another table
    atomic.write_bytes(path, content.getvalue())
    atomic.write_text(checksum_path(path), f"{digest}  {path.name}\n")
    return digest


def checksum_path(path: Path) -> Path:
    """The file with the checksum of a table."""
    return path.with_name(f"{path.name}.sha256")


def to_table(benchmark: Benchmark) -> pa.Table:
    """One row an architecture: genes, sizes, curves by seed, and costs by backend."""
    pa = _pyarrow()
    epochs = benchmark.epochs
    columns: dict[str, Any] = {"hash": [a.hash for a in benchmark]}
    columns |= {name: [getattr(a, name) for a in benchmark] for name in GENES}
    columns["learning_rate"] = pa.array(columns["learning_rate"], pa.float64())
    columns |= {"parameters": benchmark.parameters} | dict(benchmark.proxies)
    if benchmark.twins is not None:
        columns["twin_parameters"] = benchmark.twins.parameters
    for i, seed in enumerate(benchmark.seeds):
        curves = {"accuracy": benchmark.accuracy, "loss": benchmark.loss.astype(np.float32)}
        columns[f"test_accuracy_{seed}"] = benchmark.test_accuracy[:, i]
        if (twins := benchmark.twins) is not None:
            curves["twin_accuracy"] = twins.accuracy
            columns[f"twin_test_accuracy_{seed}"] = twins.test_accuracy[:, i]
        for name, values in curves.items():
            flat = pa.array(values[:, i].ravel())
            columns[f"{name}_{seed}"] = pa.FixedSizeListArray.from_arrays(flat, epochs)
    for backend, costs in benchmark.costs.items():
        for total in TOTALS:
            columns[f"log10_{total}_s_{backend}"] = costs.log10_total_s[total]
        columns[f"log10_p_survival_{backend}"] = costs.log10_p_survival
    return pa.table(columns)


def _about(benchmark: Benchmark) -> dict[str, Any]:
    own = {"format": FORMAT, "seeds": benchmark.seeds, "backends": benchmark.backends}
    return dict(benchmark.about) | own


def from_table(table: pa.Table, about: dict[str, Any]) -> Benchmark:
    """The inverse of `to_table`.

    Args:
        table: the rows.
        about: what the file says besides.

    Raises:
        KeyError, TypeError, ValueError: it is another table.
    """
    if about.pop("format") != FORMAT:
        raise ValueError(f"it has another format than {FORMAT}")
    seeds, backends = about.pop("seeds"), about.pop("backends")
    genes = zip(*(table.column(name).to_pylist() for name in GENES), strict=True)
    return Benchmark(
        architectures=[Architecture(**dict(zip(GENES, own, strict=True))) for own in genes],
        seeds=tuple(seeds),
        accuracy=_curves(table, "accuracy", seeds),
        loss=_curves(table, "loss", seeds),
        test_accuracy=_of_seeds(table, "test_accuracy", seeds),
        parameters=_numbers(table, "parameters"),
        proxies={name: _numbers(table, name) for name in PROXIES},
        costs={
            backend: Costs(
                {total: _numbers(table, f"log10_{total}_s_{backend}") for total in TOTALS},
                _numbers(table, f"log10_p_survival_{backend}"),
            )
            for backend in backends
        },
        about=about,
        twins=_twins(table, seeds),
    )


def _twins(table: pa.Table, seeds: Sequence[int]) -> Twins | None:
    if "twin_parameters" not in table.column_names:
        return None
    return Twins(
        _curves(table, "twin_accuracy", seeds),
        _of_seeds(table, "twin_test_accuracy", seeds),
        _numbers(table, "twin_parameters"),
    )


def _of_seeds(table: pa.Table, name: str, seeds: Sequence[int]) -> np.ndarray:
    """[architectures, seeds]."""
    return np.column_stack([_numbers(table, f"{name}_{seed}") for seed in seeds])


def _numbers(table: pa.Table, name: str) -> np.ndarray:
    return table.column(name).to_numpy()


def _curves(table: pa.Table, name: str, seeds: Sequence[int]) -> np.ndarray:
    """[architectures, seeds, epochs]."""
    columns = [table.column(f"{name}_{seed}").combine_chunks() for seed in seeds]
    return np.stack([c.flatten().to_numpy().reshape(len(c), -1) for c in columns], axis=1)


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ImportError:
        raise ConfigError(
            "a benchmark needs pyarrow, which is not installed: pip install 'hybhanas[bench]'"
        ) from None
    return pyarrow
