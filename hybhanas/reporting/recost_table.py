"""A search costed again: its evaluations as rows, and the changes of its front as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.quantities import finite_values
from hybhanas.nas.recost import FATES, Comparison
from hybhanas.reporting.units import duration


def recost_rows(
    old: Sequence[Evaluation], new: Sequence[Evaluation], outcome: Comparison
) -> list[dict[str, Any]]:
    """A flat row per evaluation: its time before and after, and what became of it on the front.

    Args:
        old: the evaluations of the search.
        new: the same with their new costs, in the same order.
        outcome: `compare(old, new, ...)`.
    """
    fates = {e.key: fate for fate in FATES for e in getattr(outcome, fate)}
    return [
        {
            "architecture": after.architecture.hash,
            "status": after.status,
            "validation_accuracy": after.validation_accuracy,
            "parameters": after.parameters,
            "old_log10_total_s": finite_values(before, ["log10_total_s"])["log10_total_s"],
            "new_log10_total_s": finite_values(after, ["log10_total_s"])["log10_total_s"],
            "front": fates.get(after.key, ""),
            "reason": after.reason,
        }
        for before, after in zip(old, new, strict=True)
    ]


def front_changes_table(outcome: Comparison) -> Table:
    """The members of the old and the new front; those that left show their old time."""
    table = Table(title="the front", title_style="bold", title_justify="left", box=None)
    table.add_column("")
    table.add_column("architecture")
    for name in ("accuracy %", "QPU time", "effective", "parameters"):
        table.add_column(name, justify="right")
    for fate in FATES:
        for member in getattr(outcome, fate):
            table.add_row(
                fate,
                str(member.architecture),
                f"{100 * (1 - member.values['error']):.1f}",
                duration(member.values["qpu_s"]) + (" before" if fate == "left" else ""),
                duration(member.values["effective_s"]),
                str(member.parameters),
            )
    return table
