"""A cost as a person reads it, and the costs of many circuits or machines as a ranking."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from hybhanas.cost.report import CostReport
from hybhanas.nas.quantities import OVERFLOW, PARTS
from hybhanas.reporting.units import (
    TOTALS,
    dollars,
    duration,
    duration_band,
    energy,
    number,
)


def cost_table(report: CostReport) -> Table:
    """The circuit, what survives noise, and the parts of the time."""
    table = Table(box=None, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    for row in [*_circuit(report), *_noise(report), *_time(report)]:
        table.add_row(*map(Text, row))
    return table


def _circuit(report: CostReport) -> list[tuple[str, str, str]]:
    circuit = report.circuit
    return [
        ("qubits", str(circuit.qubits), ""),
        ("depth", str(circuit.depth), f"{circuit.physical_instructions} physical instructions"),
        (
            "two-qubit gates",
            str(circuit.two_qubit_gates),
            f"{circuit.added_two_qubit_gates} of them added by routing",
        ),
        ("circuit time", duration(circuit.time_s), report.provenance.timing),
        ("  if all coupled", duration(circuit.all_to_all_s), "median gates, nothing to route"),
        ("  routing", duration(circuit.routing_s), _share(circuit.routing_s, circuit.time_s)),
    ]


def _noise(report: CostReport) -> list[tuple[str, str, str]]:
    noise, runs, origin = report.noise, report.executions, report.provenance
    return [
        ("P gates", f"{noise.p_gate:.4g}", ""),
        ("P readout", f"{noise.p_readout:.4g}", ""),
        ("P idle", f"{noise.p_idle:.4g}", report.provenance.idle),
        (
            "P survival",
            number(noise.log10_p_survival),
            f"90 % interval {noise.p_survival_low:.4g} to "
            f"{noise.p_survival_high:.4g} at an age of {origin.calibration_age_days:g} days",
        ),
        *_meaning(report.provenance.p_survival_is),
        (
            "shots",
            f"{runs.shots:,}",
            f"{number(runs.log10_shots_effective)} effective, "
            f"exponent {report.provenance.sampling_exponent}",
        ),
    ]


def _meaning(words: str) -> list[tuple[str, str, str]]:
    lines = textwrap.wrap(words, 76)
    return [("  which is" if i == 0 else "", "", line) for i, line in enumerate(lines)]


def _time(report: CostReport) -> list[tuple[str, str, str]]:
    time, origin = report.time, report.provenance
    runs = report.executions
    judged = "job times, P and layouts" if origin.layouts > 1 else "job times and P"
    rows = [
        (
            f"QPU time, {origin.phase}",
            duration(time.qpu_s),
            f"90 % interval {duration(time.qpu_low_s)} to {duration(time.qpu_high_s)}: {judged}",
        ),
        (
            "effective time",
            duration(time.effective_s),
            f"gates, routing and noise alone; 90 % interval {duration(time.effective_low_s)} to "
            f"{duration(time.effective_high_s)}",
        ),
        (
            "jobs",
            f"{runs.jobs:,}",
            f"{runs.circuits:,} circuits; job times of {origin.generation}, mode {origin.mode}",
        ),
    ]
    if origin.phase == "training":
        alone = f"{runs.circuits_per_sample_separate} if each angle were shifted alone"
        rows.append(
            ("circuits a sample", str(runs.circuits_per_sample), f"{origin.gradient}; {alone}")
        )
    if origin.mode == "session":
        rows.append(("billed", duration(time.billed_s), "with the classical time between jobs"))
    beyond = f"{number(time.log10_total_s)} s, " if time.total_s >= OVERFLOW else ""
    note = f"{beyond}{TOTALS[origin.total]} and classical; {origin.cost_model}"
    rows.append((f"total, {origin.phase}", duration(time.total_s), note))
    if origin.layouts > 1:
        spread = f"x {10**time.log10_total_spread:.3g}"
        note = f"most expensive / cheapest of {origin.layouts} layouts"
        rows.append(("  layouts", spread, f"{note}; kept seed {origin.transpiler_seed}"))
    for part in PARTS:
        seconds = part.get(_Costed(report))
        if seconds:
            share = _share(seconds, time.total_s)
            rows.append((f"  {part.label}", duration(seconds), share))
    rows += _money(report)
    rows.append(("latency", duration(time.latency_s), "one sample, one inference"))
    joules = energy(report.energy.log10_total_j)
    return [*rows, (f"energy, {origin.phase}", joules, origin.device)]


def _money(report: CostReport) -> list[tuple[str, str, str]]:
    money, price = report.money, report.provenance.price
    if money is None:
        lines = textwrap.wrap(price, 76)
        return [("cost" if i == 0 else "", "", line) for i, line in enumerate(lines)]
    ends = f"90 % interval {dollars(money.cost_low_usd)} to {dollars(money.cost_high_usd)}"
    return [(f"cost, {report.provenance.phase}", dollars(money.cost_usd), ends), ("", "", price)]


@dataclass(frozen=True, slots=True)
class _Costed:
    cost: CostReport


def _share(part_s: float, whole_s: float) -> str:
    share = part_s / whole_s
    return "" if math.isnan(share) else f"{100 * share:.3g} %"  # two infinities have no ratio


def ranking_table(named: Sequence[tuple[str, CostReport]]) -> Table:
    """Costs by what tells their runs apart, cheapest by their totals first."""
    table = Table(title="cheapest first", title_style="bold", box=None)
    for name in (
        "run", "QPU time", "90 %", "effective", "circuit", "routing", "P", "2q gates",
    ):  # fmt: skip
        table.add_column(name, justify="left" if name == "run" else "right")
    for name, report in sorted(named, key=lambda one: one[1].time.log10_total_s):
        table.add_row(
            Text(name),
            duration(report.time.qpu_s),
            duration_band(report.time.qpu_low_s, report.time.qpu_high_s),
            duration(report.time.effective_s),
            duration(report.circuit.time_s),
            duration(report.circuit.routing_s),
            number(report.noise.log10_p_survival),
            str(report.circuit.two_qubit_gates),
        )
    return table
