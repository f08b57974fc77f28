"""Measured jobs, and formulas for their duration: reading, fitting, testing.

The loss is Huber's on residual / sqrt(seconds), since the scatter grows with the duration.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import OptimizeResult, least_squares

from hybhanas.cost.generations import IBM_2023, IBM_2025

REP_DELAY_S = 250e-6  # between two shots; the default of most IBM machines, as they document it
QUICK = {"job_overhead_s": 2.0, "execution_s": 0.00035}  # IBM's published estimate of a job
SHORTEST_S = 0.01  # a job below never reached a machine: it judges, fits nothing
# In sqrt(s): a residual counts linearly beyond 0.4 s of a job of 2 s, beyond 3 s of one of 100 s.
# Identical one-circuit jobs differ by tens of percent because they ran on different machines;
# squares would let the slow ones lead. Of jobs of primitives all but a few agree to percents.
HUBER_SQRT_S = {"many": 0.3, "one": 0.3, "primitives": 0.1}
DRAWS = 200  # bootstrap
HEADERS = {
    "many": ("two_qubit_gates", "depth", "qubits", "shots", "circuits", "seconds"),
    "one": (
        "circuit", "logical_qubits", "shots", "physical_instructions", "ecr_gates", "depth",
        "circuit_s", "seconds",
    ),
    "primitives": (
        "machine", "benchmark", "jobs", "circuits", "shots", "rep_delay_s", "circuit_s",
        "two_qubit_gates", "depth", "seconds",
    ),
}  # fmt: skip
TEXTS = ("circuit", "machine", "benchmark")
POSITIVE = ("jobs", "shots", "circuits", "seconds")
FITTED, IN_TURN = "fitted model", "loading, then shots"
AS_SHIPPED = "qpu_time as it is"
QUICK_FORMULA, GATES_ALONE = "IBM's quick formula", "gates alone"


class DataError(ValueError):
    """Jobs that cannot be fitted or tested. The message is one line."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """Measured jobs.

    Args:
        source: the name of their file, without folders.
        layout: `many` circuits a job, `one`, or jobs of `primitives`, a key of HEADERS.
        columns: the numbers of each column but the last, float arrays of shape (rows,).
        seconds: measured, of shape (rows,).
        machines: their names, of shape (rows,), where the file has them.
    """

    source: str
    layout: str
    columns: dict[str, np.ndarray]
    seconds: np.ndarray
    machines: np.ndarray | None = None

    def take(self, rows: np.ndarray) -> Jobs:
        """The jobs at these indices, or where this mask is true."""
        columns = {name: column[rows] for name, column in self.columns.items()}
        machines = None if self.machines is None else self.machines[rows]
        return replace(self, columns=columns, seconds=self.seconds[rows], machines=machines)

    def reached(self) -> np.ndarray:
        """Which jobs are long enough to have reached a machine, booleans of shape (rows,)."""
        return self.seconds >= SHORTEST_S

    def features(self) -> np.ndarray:
        """Everything but the measured seconds, of shape (rows, columns)."""
        return np.stack(list(self.columns.values()), axis=1)

    def groups(self) -> np.ndarray:
        """For each row the index of its distinct feature row, of shape (rows,)."""
        return np.unique(self.features(), axis=0, return_inverse=True)[1].reshape(-1)


@dataclass(frozen=True, slots=True)
class Form:
    """A formula of a job's seconds.

    Args:
        free: the constants that are fitted.
        held: those at a value of their own.
        overlap: whether loading goes on beside the shots, so that the longer of them counts.
    """

    free: tuple[str, ...] = ()
    held: dict[str, float] = field(default_factory=dict)
    overlap: bool = False


class Score(NamedTuple):
    """How far predicted seconds are from measured ones.

    Args:
        r2: the explained fraction of the variance, NaN where nothing varies.
        mae_s: the mean absolute error, in seconds.
        median_error: the median of |predicted - measured| / measured.
        p90_error: its 90th percentile.
        within_20: the share of jobs whose error is at most 20 %.
    """

    r2: float
    mae_s: float
    median_error: float
    p90_error: float
    within_20: float


def read(path: Path) -> Jobs:
    """Reads a CSV file of jobs.

    Raises:
        DataError: a header that is not one of HEADERS, no rows, or a value that is missing, not a
            number, negative, or 0 where a job cannot have it.
        OSError: the file cannot be read.
    """
    try:
        lines = pd.read_csv(path, header=None, dtype=str, na_filter=False, encoding="utf-8-sig")
    except ValueError as error:  # of pandas, or of the encoding
        raise DataError(f"{path} is no CSV file: {str(error).strip()}") from error
    names = tuple(lines.iloc[0])
    layout = next((layout for layout, columns in HEADERS.items() if columns == names), None)
    if layout is None:
        accepted = " or ".join(",".join(columns) for columns in HEADERS.values())
        raise DataError(f"{path} has an unknown header; accepted: {accepted}")
    if len(lines) == 1:
        raise DataError(f"{path} has a header and no rows")
    columns = {
        name: _numbers(path, name, lines[at][1:])
        for at, name in enumerate(names)
        if name not in TEXTS
    }
    seconds = columns.pop("seconds")
    texts = {name: lines[at][1:].to_numpy(str) for at, name in enumerate(names) if name in TEXTS}
    return Jobs(path.name, layout, columns, seconds, texts.get("machine"))


def _numbers(path: Path, name: str, texts: pd.Series[str]) -> np.ndarray:
    values = pd.to_numeric(texts, errors="coerce").to_numpy(float)
    least = "above 0" if name in POSITIVE else "of at least 0"
    accepted = np.isfinite(values) & ((values > 0) | ((values == 0) & (name not in POSITIVE)))
    if not accepted.all():
        row = int(np.argmin(accepted))
        found = f"{texts.iloc[row]!r}, not a number {least}"
        raise DataError(f"{path}, row {row + 1}: {name} is {found}")
    return values


def forms(layout: str) -> dict[str, Form]:
    """The formulas that are compared, by name, for a layout that is a key of HEADERS."""
    if layout == "primitives":
        free = ("job_overhead_s", "execution_overhead_s")
        known = dict.fromkeys(("delays", "circuit_times"), 1.0)
        return {
            FITTED: Form(free, known),
            AS_SHIPPED: Form(held=known | {name: getattr(IBM_2025, name) for name in free}),
            QUICK_FORMULA: Form(held=QUICK),
        }
    shipped = IBM_2023
    execution = {"execution_s": REP_DELAY_S + shipped.execution_overhead_s}
    if layout == "many":
        overheads = {
            name: getattr(shipped, name) for name in ("job_overhead_s", "circuit_overhead_s")
        }
        return {
            FITTED: Form(("job_overhead_s", "circuit_overhead_s", "execution_s", "layer_s")),
            AS_SHIPPED: Form(("layer_s",), overheads | execution),
            QUICK_FORMULA: Form(held=QUICK),
            GATES_ALONE: Form(("layer_s",)),
        }
    gates = {"circuit_times": 1.0}
    alone = {
        "job_overhead_s": shipped.job_overhead_s + shipped.circuit_overhead_s,
        "program_loading_s": shipped.program_loading_s,
    }
    shots = gates | {"execution_s": REP_DELAY_S}
    return {
        FITTED: Form(("job_overhead_s", "program_loading_s"), shots, overlap=True),
        AS_SHIPPED: Form((), gates | execution | alone, overlap=True),
        IN_TURN: Form(("job_overhead_s", "program_loading_s"), shots),
        QUICK_FORMULA: Form(held=QUICK),
        GATES_ALONE: Form(held=gates),
    }


def terms(jobs: Jobs) -> dict[str, np.ndarray]:
    """What each constant multiplies, arrays of shape (rows,)."""
    columns = jobs.columns
    shots = columns["shots"]
    executions = shots * columns.get("circuits", 1.0)
    always = {"job_overhead_s": columns.get("jobs", np.ones(len(shots))), "execution_s": executions}
    if jobs.layout == "primitives":
        return always | {
            "execution_overhead_s": executions,
            "delays": executions * columns["rep_delay_s"],
            "circuit_times": executions * columns["circuit_s"],
        }
    if jobs.layout == "many":
        return always | {
            "circuit_overhead_s": columns["circuits"],
            "layer_s": shots * columns["depth"],
        }
    return always | {
        "circuit_times": shots * columns["circuit_s"],
        "program_loading_s": columns["ecr_gates"],
    }


def predict(form: Form, constants: dict[str, float], jobs: Jobs) -> np.ndarray:
    """The seconds of each job under a formula's constants, of shape (rows,)."""
    columns = terms(jobs)
    parts = {name: value * columns[name] for name, value in constants.items()}
    if form.overlap:
        shots_s = parts.pop("execution_s") + parts.pop("circuit_times")
        parts["loading or shots"] = np.maximum(parts.pop("program_loading_s"), shots_s)
    return sum(parts.values(), np.zeros(1))


def fit(jobs: Jobs, form: Form, scale: float | None = None) -> dict[str, float]:
    """The constants of a formula, the fitted ones at least 0, the held ones as they are.

    Jobs shorter than SHORTEST_S are left out. `scale` replaces the loss's of HUBER_SQRT_S.

    Raises:
        DataError: the jobs are too few or too alike to tell the constants apart.
    """
    if not form.free:
        return form.held
    jobs = jobs.take(jobs.reached())
    columns, rows = terms(jobs), len(jobs.seconds)
    largest = np.array([max(columns[name].max(initial=0), 1e-300) for name in form.free])
    matrix = np.stack([columns[name] for name in form.free], axis=1) / largest
    if rows < len(largest) or np.linalg.matrix_rank(matrix) < len(largest):
        raise DataError(
            f"{jobs.source}: {rows} rows to fit are too few or too alike to tell "
            f"{', '.join(form.free)} apart"
        )
    weight = 1 / np.sqrt(jobs.seconds)

    def named(most_s: np.ndarray) -> dict[str, float]:
        return dict(zip(form.free, map(float, most_s / largest), strict=True)) | form.held

    def solved(first_s: float) -> OptimizeResult:
        return least_squares(
            lambda most_s: (predict(form, named(most_s), jobs) - jobs.seconds) * weight,
            x0=np.array([first_s, *[jobs.seconds.mean()] * (len(largest) - 1)]),
            bounds=(0, np.inf),
            loss="huber",
            f_scale=scale or HUBER_SQRT_S[jobs.layout],
            x_scale="jac",
        )

    starts = jobs.seconds.min() * np.array([0.1, 0.5, 1.0])  # with overlap, one may be led astray
    found = min((solved(first_s) for first_s in starts), key=lambda result: result.cost)
    return named(np.where(found.x < 1e-6, 0.0, found.x))  # what a bound stops is not exactly 0


def intervals(jobs: Jobs, form: Form) -> dict[str, tuple[float, float]]:
    """The 90 % interval of each fitted constant, by a bootstrap over distinct feature rows."""
    groups = jobs.groups()
    number = groups.max() + 1
    rng = np.random.default_rng(1)
    seen = []
    for _ in range(DRAWS):
        times = np.bincount(rng.integers(number, size=number), minlength=number)
        constants = fit(jobs.take(np.repeat(np.arange(len(groups)), times[groups])), form)
        seen.append([constants[name] for name in form.free])
    ends = np.quantile(seen, (0.05, 0.95), axis=0).T
    return {name: (float(a), float(b)) for name, (a, b) in zip(form.free, ends, strict=True)}


def judge(form: Form, constants: dict[str, float], jobs: Jobs) -> Score:
    """How far the seconds under a formula's constants are from the measured ones."""
    error = np.abs(predict(form, constants, jobs) - jobs.seconds)
    variance = float(np.sum((jobs.seconds - jobs.seconds.mean()) ** 2))
    relative = error / jobs.seconds
    return Score(
        r2=1 - float(np.sum(error**2)) / variance if variance else math.nan,
        mae_s=float(error.mean()),
        median_error=float(np.median(relative)),
        p90_error=float(np.quantile(relative, 0.9)),
        within_20=float(np.mean(relative <= 0.2)),
    )


def band(measured_s: np.ndarray, predicted_s: np.ndarray) -> tuple[float, float]:
    """The ends of measured / predicted between which 90 % of further jobs lie (conformal ranks)."""
    ratios = np.sort(measured_s / predicted_s)
    high = min(int(np.ceil(0.95 * (len(ratios) + 1))), len(ratios)) - 1
    return float(ratios[len(ratios) - 1 - high]), float(ratios[high])
