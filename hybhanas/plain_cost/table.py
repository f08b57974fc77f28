"""The table of `hybhanas cost`: a row of two lines for a file on a backend."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hybhanas.cost.job import JobCost
from hybhanas.cost.money import paid_together
from hybhanas.cost.report import Money
from hybhanas.cost.survival import VANISHING
from hybhanas.errors import printable
from hybhanas.reporting.terminal import fitted, print_line, terminal
from hybhanas.reporting.units import dollar_band, dollars, duration, duration_band

COLUMNS = (
    "qubits", "2q\ngates", "circuit", "P", "executions", "QPU time\n(90 %)", "cost\n(90 %)",
    "effective",
)  # fmt: skip
FILE_WIDTH = 8
"""Of the names of files, at least."""

NARROW = 100
"""Columns of a terminal below which a space alone stands between two figures."""


def show(costs: Sequence[tuple[str, JobCost]], console: Console | None = None) -> None:
    """Prints what each file costs, and what that is based on."""
    if not costs:
        return
    console = console or _console(max(len(name) for name, _ in costs))
    found = table(costs, console.width < NARROW)
    names = [[str(cell) for cell in one.cells] for one in found.columns if one.min_width]
    spare = sum(max(0, max(map(len, cells)) - FILE_WIDTH) for cells in names)
    console.print(fitted(found, console, spare))
    for line in dict.fromkeys(line for _, job in costs for line in notes(job)):
        print_line(console, line, style="dim")


def table(costs: Sequence[tuple[str, JobCost]], narrow: bool = False) -> Table:
    """A file on a backend each row, below a figure the interval that the head of its column names.

    Names that are wider than their column are folded, and figures are whole.
    """
    backends = list(dict.fromkeys(job.provenance.backend for _, job in costs))
    found = Table(box=None, header_style="bold", pad_edge=False, collapse_padding=narrow)
    found.add_column("file", overflow="fold", min_width=FILE_WIDTH)
    if len(backends) > 1:
        found.add_column("backend", overflow="fold", min_width=FILE_WIDTH)
    for name in COLUMNS:
        found.add_column(name, justify="right", no_wrap=True)
    for name, job in costs:
        found.add_row(Text(printable(name)), *_on(job, backends), *_row(job))
    for backend in backends:
        jobs = [job for _, job in costs if job.provenance.backend == backend]
        if len(jobs) > 1:
            found.add_row("all", *_on(jobs[0], backends), *_all(jobs))
    return found


def _on(job: JobCost, backends: Sequence[str]) -> list[Text]:
    return [Text(job.provenance.backend)] if len(backends) > 1 else []


def _all(jobs: Sequence[JobCost]) -> list[str]:
    low_s, high_s = sum(job.qpu_low_s for job in jobs), sum(job.qpu_high_s for job in jobs)
    qpu_s = sum(job.qpu_s for job in jobs)
    return [
        *("" for _ in range(4)),
        f"{sum(job.executions for job in jobs):,}",
        f"{duration(qpu_s)}\n{duration_band(low_s, high_s)}",
        _paid(paid_together([job.money for job in jobs])),
        duration(sum(job.effective_s for job in jobs)),
    ]


def _console(longest: int) -> Console:
    """That of the terminal; in a file no name is folded, however long it is."""
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
        f"{duration(job.qpu_s)}\n{duration_band(job.qpu_low_s, job.qpu_high_s)}",
        _paid(job.money),
        duration(job.effective_s),
    ]


def _paid(money: Money | None) -> str:
    """A price, and below it its interval, which only one of seconds has."""
    if money is None:
        return "-"
    paid = dollars(money.cost_usd)
    if money.cost_low_usd == money.cost_high_usd:
        return paid
    return f"{paid}\n{dollar_band(money.cost_low_usd, money.cost_high_usd)}"


def notes(job: JobCost) -> list[str]:
    """On what the figures are based."""
    origin = job.provenance
    lines = [
        f"{origin.backend}, calibration of {origin.calibration_date[:10]} "
        f"({origin.calibration_source}), repetition delay {duration(origin.rep_delay_s)}"
    ]
    if job.price is not None:
        lines.append(f"cost: {job.price.words}")
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
