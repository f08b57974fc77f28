"""What a circuit contributes, as a table."""

from __future__ import annotations

import statistics

from rich.table import Table

from hybhanas.evidence.verdict import TRAINED, Contribution, finished


def contribution_table(contribution: Contribution) -> Table:
    """A network, its variants and the baselines: parameters, accuracy and how they differ."""
    table = Table(
        title=str(contribution.architecture), title_style="bold", header_style="bold", box=None
    )
    for name in ("", "parameters", "test %", "difference", "effect size", "p"):
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    own = f"{contribution.parameters} ({contribution.angles} angles)"
    table.add_row(TRAINED, own, percent(contribution.accuracies), "", "", "")
    for rival in contribution.rivals:
        table.add_row(
            rival.name,
            str(rival.parameters),
            percent(rival.accuracies),
            f"{100 * rival.difference:+.1f}",
            "-" if rival.effect is None else f"{rival.effect:+.1f}",
            "-" if rival.p_value is None else f"{rival.p_value:.2g}",
        )
    return table


def percent(accuracies: tuple[float, ...]) -> str:
    """The mean and, if accuracies vary, their standard deviation: `95.0 +- 0.8`. Trainings that
    diverged are counted beside it: `95.0 +- 0.8, 1 diverged`.
    """
    known = finished(accuracies)
    parts = []
    if known:
        parts = [f"{100 * statistics.fmean(known):.1f}"]
        if len(set(known)) > 1:
            parts[0] += f" +- {100 * statistics.stdev(known):.1f}"
    if diverged := len(accuracies) - len(known):
        parts.append(f"{diverged} diverged")
    return ", ".join(parts)
