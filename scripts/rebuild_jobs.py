"""Rebuilds the circuits of archived benchmark jobs, for `fit_job_time.py`.

    python scripts/rebuild_jobs.py ibm_jobs_metriq_2025_26.csv jobs.csv

The archive, `unitaryfoundation/metriq-data` (CC-BY-4.0), names each job's machine, benchmark,
parameters (JSON) and QPU seconds. The package `metriq-gym` builds the circuits of a benchmark from
its parameters; it needs Python 3.12 and belongs into an environment of its own, with hybhanas-cost.
Here they are transpiled for the machine's snapshot as `metriq-gym` does, so that a job has its
number of circuits, and the mean of their time, two-qubit gates and depth.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, transpile

from hybhanas import atomic
from hybhanas.calibration.snapshot import backends
from scripts.job_time import DataError

COLUMNS = (
    "machine", "benchmark", "jobs", "circuits", "shots", "rep_delay_s", "circuit_s",
    "two_qubit_gates", "depth", "seconds",
)  # fmt: skip
NEEDED = ("timestamp", "machine", "benchmark", "params", "runtime_s", "score")
"""Columns of the archive."""

MOST = 3
"""Circuits of a job that are transpiled, evenly spaced by depth."""


def archived(path: Path) -> list[dict[str, str]]:
    """The rows of the archive.

    Raises:
        DataError: it is another file, or `metriq-gym`, which rebuilds its circuits, is missing.
        OSError: the file cannot be read.
    """
    if find_spec("metriq_gym") is None:
        raise DataError(
            "metriq-gym is not installed: pip install metriq-gym, in an environment of its own "
            "with Python 3.12 or newer"
        )
    with path.open() as file:
        rows = list(csv.DictReader(file))
    if not rows or not set(NEEDED) <= rows[0].keys():
        raise DataError(f"{path} is no archive of metriq-data: rows with {', '.join(NEEDED)}")
    return rows


def batches(benchmark: str, parameters: dict[str, Any], backend: Any) -> list[list[QuantumCircuit]]:
    """The circuits of each job that a benchmark submits."""
    gym = import_module("metriq_gym.run")
    validator = import_module("metriq_gym.schema_validator")
    kind = import_module("metriq_gym.constants").JobType(benchmark)
    if "max_qubits" in parameters:  # as earlier versions wrote one number of qubits
        kept = ("benchmark_name", "shots", "max_circuits", "method", "use_midcircuit_measurement")
        parameters = {"num_qubits": parameters["max_qubits"]} | {k: parameters[k] for k in kept}
    if benchmark == "EPLG":  # its layers run side by side: four qubits take as long as a hundred
        parameters = parameters | {"num_qubits_in_chain": 4}
    given = validator.validate_and_create_model({"benchmark_name": benchmark} | parameters)
    handler = gym.setup_benchmark(argparse.Namespace(), given, kind)
    device = _device(backend)
    if benchmark == "CLOPS":  # one template, whose gates the service twirls for each circuit
        template, _ = handler._build_template(device, parameterized=False)
        return [[template] * given.num_circuits]
    return [batch.circuits for batch in handler.estimate_resources_handler(device)]


def _device(backend: Any) -> Any:
    """A machine as metriq-gym asks it for its coupling map."""
    base = import_module("qbraid.runtime").QiskitBackend
    device = object.__new__(type("Device", (base,), {"id": backend.name, "num_qubits": None}))
    device._backend = backend
    return device


def features(jobs: Sequence[Sequence[QuantumCircuit]], backend: Any) -> dict[str, float]:
    """What a cost knows of jobs: circuits, and the means of their time, gates and depth."""
    circuits = sorted((circuit for job in jobs for circuit in job), key=QuantumCircuit.depth)
    chosen = {(2 * i + 1) * len(circuits) // (2 * MOST): None for i in range(MOST)}
    known: dict[int, np.ndarray] = {}

    def measured(circuit: QuantumCircuit) -> np.ndarray:
        if id(circuit) not in known:
            physical = transpile(circuit, backend, seed_transpiler=1)
            gates = sum(len(i.qubits) == 2 for i in physical.data if i.operation.name != "barrier")
            seconds = physical.estimate_duration(backend.target, unit="s")
            known[id(circuit)] = np.array([seconds, gates, physical.depth()])
        return known[id(circuit)]

    means = np.mean([measured(circuits[i]) for i in chosen], axis=0)
    names = ("circuit_s", "two_qubit_gates", "depth")
    return {
        "jobs": len(jobs),
        "circuits": len(circuits),
        **dict(zip(names, map(float, means), strict=True)),
    }


def rebuilt(rows: Sequence[dict[str, str]]) -> Iterator[dict[str, Any]]:
    """A row of COLUMNS for each archived job that says how long it took."""
    machines = backends()
    known: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in rows:
        if not row["runtime_s"]:
            continue
        key = row["machine"], row["benchmark"], row["params"]
        backend = machines[row["machine"].removeprefix("ibm_")]()
        parameters = json.loads(row["params"])
        if key not in known:
            known[key] = features(batches(row["benchmark"], parameters, backend), backend)
            print(*key[:2], known[key], row["runtime_s"], file=sys.stderr)
        yield {
            "machine": row["machine"],
            "benchmark": row["benchmark"],
            "shots": parameters["shots"],
            "rep_delay_s": backend.configuration().default_rep_delay,
            "seconds": float(row["runtime_s"]),
        } | known[key]


def main(given: list[str] | None = None) -> int:
    """Writes the jobs; 0, or 2 after an error."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archive", type=Path, help="rows of metriq-data")
    parser.add_argument("jobs", type=Path, help="to write")
    arguments = parser.parse_args(given)
    try:
        rows = archived(arguments.archive)
    except (DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    lines = [",".join(COLUMNS)]
    lines += [",".join(str(job[name]) for name in COLUMNS) for job in rebuilt(rows)]
    atomic.write_text(arguments.jobs, "\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
