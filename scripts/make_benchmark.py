"""Makes a benchmark table: a space whose every architecture is trained, as is its classical twin,
and costed.

    python scripts/make_benchmark.py outputs/digits.parquet dataset=digits search_space=medium
    python scripts/make_benchmark.py outputs/iris.parquet dataset=iris search_space=small --seeds 5

Trained groups and costed backends are kept in the folder --parts, where what was killed continues;
another table with the same folder takes from it what they have in common. Costs are in full on each
of --backends: the name of an option of backend=, with further overrides behind it.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hybhanas.bench import TOTALS, Benchmark, load, save
from hybhanas.bench.benchmark import Costs, Twins
from hybhanas.bench.file import checksum_path
from hybhanas.circuit import lay_out
from hybhanas.errors import ConfigError
from hybhanas.hydra_app.compose import composed
from hybhanas.nas.quantities import PROXIES
from scripts.benchmark_parts import (
    Plan,
    check,
    cost_settings,
    costed,
    trained,
    training_settings,
    twin_parameters,
)

SNAPSHOTS = (
    "pittsburgh", "kingston", "miami", "strasbourg", "hanoi", "prague", "washington", "brooklyn",
    "guadalupe", "melbourne", "casablanca",
)  # fmt: skip
BACKENDS = (
    "ibm_brisbane", "ibm_sherbrooke", "ibm_torino", "ibm_fez", "ibm_marrakesh", "ibm_boston",
    "ibm_nighthawk", "google_willow", "ionq_forte",
    *(f"snapshot backend.snapshot={name} backend.name=ibm_{name}" for name in SNAPSHOTS),
)  # fmt: skip
"""Three vendors, two kinds of qubits, 7 to 156 of them, calibrations from 2021 to 2026."""

LICENCE = "CC-BY-4.0"


def planned(  # noqa: PLR0913 - what a table is made of
    path: Path,
    overrides: Sequence[str],
    seeds: int,
    backends: Sequence[str],
    parts: Path | None = None,
    twins: bool = False,
) -> Plan:
    """The plan of a table in a file: so many seeds, from that of the configuration; its parts are
    beside it unless they have a folder.

    Raises:
        ConfigError: see `check`.
    """
    first = composed(*overrides).seed
    folder = parts or path.with_suffix(".parts")
    numbers = tuple(range(first, first + seeds))
    plan = Plan(tuple(overrides), numbers, tuple(backends), folder, twins)
    check(plan)
    return plan


def made(plan: Plan, notify: Callable[[str], None]) -> Benchmark:
    """Trains and costs what is not known yet, and puts it together."""
    architectures = [*plan.space.architectures()]
    numbers = {a.hash: i for i, a in enumerate(architectures)}
    networks, training = _filled(plan, numbers, trained(plan, notify))
    cpu_s, twins = {"training": networks.cpu_s}, None
    if plan.twins:
        filled, _ = _filled(plan, numbers, trained(plan, notify, twins=True))
        evaluator = plan.evaluator()
        sizes = np.array([twin_parameters(a, evaluator) for a in architectures])
        twins = Twins(filled.accuracy, filled.test, sizes)
        cpu_s["twins"] = filled.cpu_s
    sizes = {name: np.full(len(numbers), np.nan) for name in ("parameters", *PROXIES)}
    costs: dict[str, Costs] = {}
    costing: dict[str, Any] = {}
    cpu_s["costs"] = 0.0
    for backend, part in costed(plan, notify):
        found = {name: np.full(len(numbers), np.nan) for name in (*TOTALS, "log10_p_survival")}
        for name, row in part["rows"].items():
            if row is not None:
                for column, values in (found | sizes).items():
                    values[numbers[name]] = (row | row["proxies"])[column]
        costs[backend] = Costs({t: found[t] for t in TOTALS}, found["log10_p_survival"])
        costing[backend] = part["settings"]
        cpu_s["costs"] += part["cpu_s"]
    return Benchmark(
        architectures=architectures,
        seeds=plan.seeds,
        accuracy=networks.accuracy,
        loss=networks.loss,
        test_accuracy=networks.test,
        parameters=sizes.pop("parameters"),
        proxies=sizes,
        costs=costs,
        about={
            "dataset": composed(*plan.overrides).dataset.name,
            "space": json.loads(json.dumps(asdict(plan.space))),
            "training": training,
            "costs": costing,
            "cpu_s": {name: round(seconds) for name, seconds in cpu_s.items()},
            "cpu": _cpu(),
            "licence": LICENCE,
        },
        twins=twins,
    )


@dataclass
class _Filled:
    """Arrays of `Benchmark` of networks or twins, and the CPU seconds that they took."""

    accuracy: np.ndarray
    loss: np.ndarray
    test: np.ndarray
    cpu_s: float = 0.0


def _filled(
    plan: Plan, numbers: Mapping[str, int], parts: Iterable[tuple[int, dict[str, Any]]]
) -> tuple[_Filled, dict[str, Any]]:
    """What parts hold, and the settings of each seed; `numbers` are of rows, by hash."""
    shape = len(numbers), len(plan.seeds), plan.evaluator().epochs
    filled = _Filled(np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape[:2], np.nan))
    settings: dict[str, Any] = {}
    for seed, part in parts:
        place = plan.seeds.index(seed)
        for name, row in part["rows"].items():
            filled.accuracy[numbers[name], place] = _numbers(row["accuracy"])
            filled.loss[numbers[name], place] = _numbers(row["loss"])
            filled.test[numbers[name], place] = _number(row["test"])
        settings[str(seed)] = part["settings"]
        filled.cpu_s += part["cpu_s"]
    return filled, settings


def table_of(overrides: Sequence[str], seeds: int, path: Path) -> Benchmark:
    """The table of a configuration's space, on its backend; made and kept if there is no such file,
    or if its writing was interrupted: it has parts, but no checksum.

    Raises:
        ConfigError: the file holds a table of other settings.
    """
    plan = planned(path, overrides, seeds, ("",))
    interrupted = plan.folder.exists() and not checksum_path(path).exists()
    if interrupted or not path.exists():
        save(made(plan, lambda _: None), path)
    benchmark = load(path)
    if others := [*differing(plan, benchmark)]:
        raise ConfigError(
            f"--table={path} is not accepted: it holds another {', '.join(others)}; "
            "accepted: a new file, or one of these settings"
        )
    return benchmark


def differing(plan: Plan, benchmark: Benchmark) -> Iterator[str]:
    """The settings in which a table is not what a plan wants."""
    if benchmark.space != plan.space:
        yield "search_space"
    if benchmark.seeds != plan.seeds:
        yield f"seed (those of the table are {', '.join(map(str, benchmark.seeds))})"
        return
    names: list[str] = []
    for seed in plan.seeds:
        held = benchmark.about["training"][str(seed)]
        names += _other(held, training_settings(plan.evaluator(f"seed={seed}")))
    for total in TOTALS:
        evaluator = plan.evaluator(f"cost_model={total}")
        held = benchmark.about["costs"].get(evaluator.estimator.calibration.name)
        names += ["backend"] if held is None else _other(held[total], cost_settings(evaluator))
    yield from dict.fromkeys(names)


def _other(held: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    """Versions may differ: a table is read under later ones than it was made with. The first tables
    do not name the data with the costs; they are those of training.
    """
    for name in wanted:
        if name in held and name != "versions":
            yield from _unlike(name, held[name], wanted[name])


def _unlike(name: str, held: Any, wanted: Any) -> Iterator[str]:
    """The settings in which a table has another value. Those that are null and that a table does
    not name were added after it was made, and null means that they are not used.
    """
    if isinstance(held, Mapping) and isinstance(wanted, Mapping):
        for key in dict.fromkeys((*held, *wanted)):
            yield from _unlike(f"{name}.{key}", held.get(key), wanted.get(key))
    elif held != wanted:
        shown = isinstance(held, bool | int | float | str) and len(str(held)) < 32
        yield f"{name} (that of the table is {held})" if shown else name


def _numbers(values: Sequence[float | None]) -> list[float]:
    return [_number(value) for value in values]


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _cpu() -> str:
    """The name of this computer's processor, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _against(twins: Twins, benchmark: Benchmark) -> str:
    """How networks compare with their twins on the test split, means over seeds."""
    from hybhanas.quantum.variants import twin_shape

    points = 100 * (benchmark.test_accuracy - twins.test_accuracy).mean(axis=1)
    compared = np.isfinite(points)  # both fit, and none of their trainings diverged
    points, left_out = points[compared], np.sum(~compared)
    kept = (a for a, is_kept in zip(benchmark, compared, strict=True) if is_kept)
    wide = np.array([twin_shape(lay_out(a)).bottleneck == 0 for a in kept], dtype=bool)
    share = f"{wide.mean():.0%}" if len(wide) else "none"
    return (
        "points of test accuracy of a network above its twin, means over seeds; medians and "
        f"quartiles: {_quartiles(points)}; of the {share} of architectures whose twin has no "
        f"bottleneck: {_quartiles(points[wide])}; {left_out} were not compared, since training "
        "diverged or a circuit does not fit"
    )


def _quartiles(values: np.ndarray) -> str:
    if not len(values):
        return "none"
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    return f"{middle:.1f} ({low:.1f} to {high:.1f})"


def main(given: Sequence[str] | None = None) -> None:
    """Writes the table and prints what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, help="the Parquet file to write")
    parser.add_argument("overrides", nargs="*", help="of the configuration, as dataset=wine")
    parser.add_argument("--seeds", type=int, default=3, metavar="N")
    parser.add_argument(
        "--parts", type=Path, metavar="FOLDER", help="default: the table's name, with .parts"
    )
    parser.add_argument("--backends", nargs="+", default=BACKENDS, metavar="'NAME OVERRIDE'")
    arguments = parser.parse_intermixed_args(sys.argv[1:] if given is None else given)
    started = time.perf_counter()
    try:
        wanted = arguments.overrides, arguments.seeds, arguments.backends, arguments.parts
        plan = planned(arguments.table, *wanted, twins=True)
        benchmark = made(plan, lambda line: print(line, file=sys.stderr, flush=True))
        digest = save(benchmark, arguments.table)
    except ConfigError as error:
        parser.error(str(error))
    cpu_s = benchmark.about["cpu_s"]
    assert benchmark.twins is not None
    print(_against(benchmark.twins, benchmark))
    print(
        f"{len(benchmark):,} architectures of {benchmark.name}, {len(benchmark.seeds)} seeds of "
        f"{benchmark.epochs} epochs, {len(benchmark.backends)} backends\n"
        f"CPU seconds on {benchmark.about['cpu']}: {cpu_s['training']:,} to train, "
        f"{cpu_s['twins']:,} for their twins, {cpu_s['costs']:,} to cost; "
        f"this run took {time.perf_counter() - started:,.0f} s\n"
        f"{arguments.table}: {arguments.table.stat().st_size:,} bytes, SHA-256 {digest}"
    )


if __name__ == "__main__":
    main()
