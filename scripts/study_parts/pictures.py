"""The pictures of docs/study.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd
from matplotlib.figure import Figure

from hybhanas.bench import TOTALS, Benchmark
from hybhanas.reporting.axes import name_times
from hybhanas.reporting.picture import figure, legend_below, styled
from scripts.study_parts.mislead import CIRCUITS, SIMULATED, proxies
from scripts.study_parts.numbers import front
from scripts.study_parts.sensitivity import Change

BACKEND = "ibm_brisbane"
TIMES = {"qpu_time": "QPU time", "effective_time": "effective execution time"}


@styled
def fronts(table: Benchmark) -> Figure:
    """Error against time of all architectures, and where the fronts of stand-ins are."""
    drawn = figure(5.6)
    known, error = proxies(table), 100 * (1 - table.accuracy[:, :, -1].mean(axis=1))
    for axes, total in zip(drawn.subplots(1, 2, sharey=True), TOTALS, strict=True):
        log10_s = table.log10_total_s(BACKEND, total)
        axes.scatter(
            10**log10_s, error, s=6, color="0.8", label="all architectures", rasterized=True
        )
        for name, objective, style in (
            ("FLOPs", known[SIMULATED], {"marker": "x", "color": "C1", "s": 45}),
            ("time", log10_s, {"color": "black", "s": 30}),
            (CIRCUITS, known[CIRCUITS], {"facecolors": "none", "edgecolors": "C0", "s": 130}),
        ):  # fmt: skip
            rows = front(error, objective)
            label = f"front by error and {name}"
            axes.scatter(10 ** log10_s[rows], error[rows], label=label, **style)
        axes.set(xscale="log", xlabel=f"training on {BACKEND}", title=TIMES[total])
        name_times(axes.xaxis)
    drawn.axes[0].set_ylabel("validation error (%), mean of three seeds")
    legend_below(drawn, 2, drawn.axes[0])
    return drawn


def numbers(found: Sequence[Change]) -> pd.DataFrame:
    """Of the picture of changes: a row a change and total."""
    return pd.DataFrame(
        {"kind": one.kind, "changed": one.changed, "total": one.total}
        | {f"tau_{end}": value for end, value in asdict(one.tau).items()}
        | {f"kept_{end}": value for end, value in asdict(one.kept).items()}
        for one in found
    )


@styled
def changes(found: pd.DataFrame) -> Figure:
    """How much order and front keep under each change, with intervals, of both times."""
    rows = found[["kind", "changed"]].drop_duplicates()
    labels = [f"{kind}: {changed}" for kind, changed in rows.itertuples(index=False)]
    drawn = figure(0.36 * len(rows) + 1.5, 9.5)
    panels = drawn.subplots(1, 2, sharey=True)
    for total, colour, mark, above in ((TOTALS[0], "C0", "o", -0.14), (TOTALS[1], "C1", "D", 0.14)):
        of = found[found.total == total]
        places = (of.kind + ": " + of.changed).map(labels.index) + above
        for axes, name in zip(panels, ("tau", "kept"), strict=True):
            value, low, high = (of[f"{name}_{end}"] for end in ("value", "low", "high"))
            axes.hlines(places, low, high, color=colour, lw=2.2, ls="-")
            axes.plot(value, places, mark, ms=5.5, color=colour, label=TIMES[total])
    for axes, label in zip(panels, ("Kendall's tau", "share of the front kept"), strict=True):
        axes.set(xlabel=label)
        axes.set_xlim(right=1.02)
    panels[0].set_yticks(range(len(labels)), labels)
    panels[0].set_ylim(len(labels) - 0.4, -0.6)
    legend_below(drawn, 2, panels[0], title="with the 95 % interval of a bootstrap, by total")
    return drawn
