"""Tables of task=verify: what it will take, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from hybhanas.reporting.units import duration
from hybhanas.verify.outcome import Accuracy, Outcome


def plan_table(plans: Sequence[Any], samples: int, on: str) -> Table:
    """Circuits, executions, seconds and dollars of each member, before anything runs."""
    where = "on the machine" if on == "machine" else "in Aer; times are those of the machine"
    table = Table(title=f"{samples} test samples {where}", title_justify="left")
    for name in (
        "rank",
        "network",
        "qubits",
        "P",
        "shots",
        "executions",
        "QPU time",
        "90 %",
        "USD",
    ):
        table.add_column(name, justify="left" if name == "network" else "right")
    for plan in plans:
        low, high = plan.job.qpu_low_s, plan.job.qpu_high_s
        table.add_row(
            str(plan.rank),
            str(plan.member.evaluation.architecture),
            str(len(plan.laid_out.used)),
            f"{min(plan.predicted):.3f} to {max(plan.predicted):.3f}",
            f"{plan.shots:,}",
            f"{plan.job.executions:,}",
            duration(plan.job.qpu_s),
            f"{duration(low)} to {duration(high)}",
            "unknown" if plan.usd is None else f"{plan.usd:.2f}",
        )
    return table


def outcome_table(plans: Sequence[Any], outcomes: Sequence[Outcome]) -> Table:
    """Accuracies with 95 % intervals, flips, and predicted against seen survival."""
    table = Table(title="accuracy % (95 % interval), class flips", title_justify="left")
    for name in ("rank", "network", "ideal", "noisy", "flips", "mitigated", "flips"):
        table.add_column(name, justify="left" if name == "network" else "right")
    for name in ("P predicted", "P seen", "median error", "observables"):
        table.add_column(name, justify="right")
    for plan, one in zip(plans, outcomes, strict=True):
        error = "" if one.median_error is None else f"{100 * one.median_error:.1f} %"
        table.add_row(
            str(plan.rank),
            str(plan.member.evaluation.architecture),
            _shown(one.ideal),
            _shown(one.noisy),
            str(one.noisy.flips),
            _shown(one.mitigated),
            str(one.mitigated.flips),
            f"{sum(one.predicted) / len(one.predicted):.3f}",
            f"{sum(one.seen) / len(one.seen):.3f}",
            error,
            f"{one.precise} of {len(one.seen)}",
        )
    return table


def _shown(one: Accuracy) -> str:
    return f"{100 * one.accuracy:.1f} ({100 * one.low:.1f} to {100 * one.high:.1f})"
