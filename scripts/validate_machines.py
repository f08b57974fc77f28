"""P against real machines: what archived benchmark jobs kept of their expectation values.

    python scripts/validate_machines.py ibm_jobs_metriq_2025_26.csv --page    # see rebuild_jobs.py

Mirror circuits and QML kernels end in one known string of bits. The chance to read it is

    2^-n (1 + sum over products of Z of what survives of each),

so that (chance - 2^-n) / (1 - 2^-n), the polarisation, is the mean of what survives. P of the same
circuits is that mean over random products of Z, by the machine's shipped snapshot, whose date is
another than the job's. The power is log polarisation / log P: 1 where P is right.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from qiskit import QuantumCircuit
from scipy.stats import spearmanr

from hybhanas.calibration import Calibration
from hybhanas.calibration.snapshot import Snapshot, backends
from hybhanas.cost.bands import Band, combined, of_age, survival_powers
from hybhanas.cost.lives import one_qubit_a_life
from hybhanas.cost.model import SCHEDULINGS, CostModel
from hybhanas.cost.noise import circuit_survival
from hybhanas.cost.pauli_paths import observable_survival
from hybhanas.cost.schedule import schedule
from hybhanas.cost.transpile import Transpiler
from hybhanas.reporting.picture import figure, legend_below, styled
from scripts import page
from scripts.job_time import DataError
from scripts.rebuild_jobs import archived, batches

PART = "machines"
BENCHMARKS = {"Mirror Circuits": "width", "QML Kernel": "num_qubits"}
PRODUCTS = 256  # random products of Z, or all of them where there are fewer
CIRCUITS = 3  # of a job that are costed, the first ones
SEED = 1
SOURCE = (
    "Data: `unitaryfoundation/metriq-data` (CC-BY-4.0), `metriq-gym/*/ibm` at 76b4640: mirror "
    "circuits and QML kernels of October 2025 to August 2026; circuits rebuilt by `metriq-gym`, "
    "mirror circuits with another seed."
)


class Kept(NamedTuple):
    """A job: what it kept, and what P and the chance of no fault say."""

    machine: str
    benchmark: str
    qubits: int
    days: float  # from the snapshot to the job
    measured: float
    p: float
    alap: float  # P, instructions as late as possible
    whole: float
    low: float  # the band of P at this age
    high: float

    @property
    def power(self) -> float:
        """What was kept, as a power of P."""
        return math.log(self.measured) / math.log(self.p)


def products(bits: int) -> list[tuple[int, ...]]:
    """Products of Z over classical bits, all or random ones, the empty one left out."""
    if 2**bits - 1 <= PRODUCTS:
        chosen = np.arange(1, 2**bits)[:, None] >> np.arange(bits) & 1
    else:
        chosen = np.random.default_rng(SEED).integers(2, size=(PRODUCTS, bits))
    return [tuple(map(int, np.flatnonzero(row))) for row in chosen if row.any()]


def survivals(circuit: QuantumCircuit, calibration: Calibration) -> tuple[float, float, float]:
    """P of a measured circuit over products of Z, asap and alap, and its chance of no fault."""
    model = CostModel()
    physical = Transpiler(calibration, model.optimization_level, SEED, None)(circuit, None)
    timed = {scheduling: schedule(physical, calibration, scheduling) for scheduling in SCHEDULINGS}
    whole = circuit_survival(physical, calibration, timed["asap"], model.idle)
    logs = []
    for scheduling in SCHEDULINGS:
        lives, of_lives, windows = one_qubit_a_life(physical, calibration, timed[scheduling])
        read = [
            tuple(lives.measured[bit] for bit in product)
            for product in products(circuit.num_clbits)
        ]
        logs.append(observable_survival(lives, of_lives, windows, model.idle, read, SEED).log_p)
    asap, alap = map(math.exp, logs)
    return asap, alap, math.exp(whole.log_p)


def jobs(rows: Sequence[dict[str, str]], most: int) -> Iterator[Kept]:
    """The jobs with a score, of at most so many qubits, that kept anything."""
    machines = backends()
    known: dict[tuple[str, str, str], tuple[float, float, float]] = {}
    for row in rows:
        name, benchmark = row["machine"].removeprefix("ibm_"), row["benchmark"]
        if benchmark not in BENCHMARKS or not row["score"]:
            continue
        parameters: dict[str, Any] = json.loads(row["params"])
        qubits, score = parameters[BENCHMARKS[benchmark]], float(row["score"])
        if benchmark == "QML Kernel":
            score = (score - 2.0**-qubits) / (1 - 2.0**-qubits)
        if qubits > most or score <= 0:
            continue
        calibration = Calibration.load(Snapshot(snapshot=name))
        key = row["machine"], benchmark, row["params"]
        if key not in known:
            given = parameters | ({"seed": SEED} if benchmark == "Mirror Circuits" else {})
            built = [one for job in batches(benchmark, given, machines[name]()) for one in job]
            both = [survivals(one, calibration) for one in built[:CIRCUITS]]
            known[key] = tuple(map(float, np.mean(both, axis=0)))
        date = datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC)
        days = (date - calibration.date).total_seconds() / 86400
        powers = survival_powers(CostModel(calibration_age_days=abs(days)), calibration)
        p, alap, whole = known[key]
        one = Kept(
            name, benchmark, qubits, days, score, p, alap, whole, p**powers.high, p**powers.low
        )
        print(one, f"{one.power:.2f}", file=sys.stderr, flush=True)
        yield one


def markdown(found: Sequence[Kept]) -> str:
    """A row for each machine and benchmark, and for all."""
    table = pd.DataFrame([one._asdict() | {"power": one.power} for one in found])
    table["power_alap"] = np.log(table.measured) / np.log(table.alap)
    lines = []
    parts = [
        *table.groupby(["machine", "benchmark"], sort=True),
        *((("all", name), part) for name, part in table.groupby("benchmark")),
        (("all", "both"), table),
    ]
    for (machine, benchmark), part in parts:
        ends = np.quantile(part.power, (0.05, 0.95))
        inside = (part.low <= part.measured) & (part.measured <= part.high)
        days = sorted({round(day) for day in part.days})
        lines.append(
            {
                "machine": machine,
                "benchmark": benchmark,
                "jobs": len(part),
                "qubits": f"{part.qubits.min()} to {part.qubits.max()}",
                "days after the snapshot": f"{days[0]} to {days[-1]}",
                "median power": f"{part.power.median():.2f}",
                "median power, alap": f"{part.power_alap.median():.2f}",
                "90 % of powers": f"{ends[0]:.2f} to {ends[1]:.2f}",
                "in the band of P": f"{100 * inside.mean():.0f} %",
                "no-fault chance / measured": f"{(part.whole / part.measured).median():.2f}",
                "Spearman": f"{spearmanr(part.p, part.measured).statistic:.2f}",
            }
        )
    return f"{page.markdown(pd.DataFrame(lines))}\n\n{left_out(table)}"


def left_out(table: pd.DataFrame) -> str:
    """The share of each machine's jobs in the band of the powers of the other machines."""
    shares, inside = [], []
    for machine in sorted(table.machine.unique()):
        own = table.machine == machine
        others = Band(*np.quantile(table.power[~own], (0.05, 0.95)))
        ends = [combined([others, of_age(abs(days))]) for days in table.days[own]]
        low, high = np.transpose(ends)
        of_own = table.power[own].between(low, high)
        shares.append(f"{machine} {100 * of_own.mean():.0f} %")
        inside.append(of_own)
    return (
        "In the band that 90 % of the powers of the other machines and the age give lie of "
        f"{', '.join(shares)}, of all {100 * np.mean(np.concatenate(inside)):.0f} %."
    )


@styled
def picture(jobs: pd.DataFrame) -> Figure:
    """P with its band against the measured polarisation of jobs, by machine."""
    drawn = figure(6.4, 6.4)
    axes = drawn.subplots()
    for (machine, own), mark in zip(jobs.groupby("machine"), "osD^v", strict=False):
        band = own.p - own.low, own.high - own.p
        axes.errorbar(
            own.measured, own.p, yerr=np.abs(band), fmt=mark, ms=6, mfc="none", elinewidth=0.8,
            label=machine,
        )  # fmt: skip
    axes.axline((0, 0), (1, 1), color="black", lw=1, ls="-", zorder=1, label="equal")
    axes.set(xlabel="measured polarisation", ylabel="P with its band", xlim=(0, 1), ylim=(0, 1))
    legend_below(drawn, 5)
    return drawn


def main(given: list[str] | None = None) -> int:
    """Prints the table; 0, or 2 after an error."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archive", type=Path, help="rows of metriq-data")
    parser.add_argument("--most", type=int, default=32, help="qubits (default 32)")
    parser.add_argument("--page", action="store_true", help="fill docs/validation.md")
    arguments = parser.parse_args(given)
    try:
        rows = archived(arguments.archive)
    except (DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    found = list(jobs(rows, arguments.most))
    if not found:
        print(f"error: no job of at most {arguments.most} qubits has a score", file=sys.stderr)
        return 2
    said = markdown(found)
    print(said)
    if arguments.page:
        command = [arguments.archive.name, "--page"]
        body = f"{SOURCE}\n\n{said}"
        text = page.section(PART, "validate_machines", command, body, "P against real machines")
        page.publish(PART, text, picture, pd.DataFrame(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
