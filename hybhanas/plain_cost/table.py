"""The table of `hybhanas cost`: a row a file."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from hybhanas.cost.estimator import VANISHING
from hybhanas.cost.job import JobCost
from hybhanas.reporting.terminal import terminal
from hybhanas.reporting.units import duration

COLUMNS = (
    "qubits", "2q gates", "circuit", "P", "executions", "QPU time", "90 % of jobs", "effective",
)  # fmt: skip


def show(costs: Sequence[tuple[str, JobCost]], console: Console | None = None) -> None:
    """Prints what each file costs, and what that is based on."""
    if not costs:
        return
    console = console or _console(max(len(name) for name, _ in costs))
    table = Table(box=None, header_style="bold")
    table.add_column("file", overflow="fold")
    for name in COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    for name, job in costs:
        table.add_row(name, *_row(job))
    if len(costs) > 1:
        jobs = [job for _, job in costs]
        table.add_row(
            "all", "", "", "", "", f"{sum(job.executions for job in jobs):,}",
            duration(sum(job.qpu_s for job in jobs)),
            _interval(sum(job.qpu_low_s for job in jobs), sum(job.qpu_high_s for job in jobs)),
            duration(sum(job.effective_s for job in jobs)),
        )  # fmt: skip
    console.print(table)
    for line in dict.fromkeys(line for _, job in costs for line in notes(job)):
        console.print(line, style="dim", markup=False, highlight=False, soft_wrap=True)


def _console(longest: int) -> Console:
    """That of the terminal; in a file each row is a line, however long its name is."""
    console = terminal()
    return console if console.is_terminal else Console(width=longest + 130)


def _row(job: JobCost) -> list[str]:
    (pub,) = job.pubs
    return [
        str(pub.qubits),
        str(pub.two_qubit_gates),
        duration(pub.circuit_s),
        f"{pub.p_survival:.3f}{'*' if pub.p_survival_is == VANISHING else ''}",
        f"{job.executions:,}",
        duration(job.qpu_s),
        _interval(job.qpu_low_s, job.qpu_high_s),
        duration(job.effective_s),
    ]


def _interval(low_s: float, high_s: float) -> str:
    return f"{duration(low_s)} to {duration(high_s)}"


def notes(job: JobCost) -> list[str]:
    """On what the figures are based."""
    origin = job.provenance
    lines = [
        f"{origin.backend}, calibration of {origin.calibration_date[:10]} "
        f"({origin.calibration_source}), repetition delay {duration(origin.rep_delay_s)}"
    ]
    (pub,) = job.pubs
    if job.options != "none":
        lines.append(
            f"options: {job.options}; to {pub.name} they add {job.options_executions:,} "
            f"executions and {duration(job.options_s)} of QPU time"
        )
    lines += [
        f"  {pub.name} at noise factor {one.noise_factor:g}: {duration(one.circuit_s)}, "
        f"{one.two_qubit_gates} two-qubit gates, P {one.p_survival:.3f}"
        for one in pub.noise_factors[1:]
    ]
    if pub.p_survival_is == VANISHING:
        lines.append(f"* {VANISHING}")
    return [*lines, *job.assumptions]
