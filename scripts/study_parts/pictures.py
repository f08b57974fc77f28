"""The pictures of docs/study.md."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
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


@styled
def changes(found: Sequence[Change]) -> Figure:
    """How much order and front keep under each change of QPU time, with intervals."""
    shown = [one for one in found if one.total == TOTALS[0]][::-1]
    drawn = figure(0.34 * len(shown) + 1.4, 9.5)
    places = np.arange(len(shown))
    for axes, (name, label) in zip(
        drawn.subplots(1, 2, sharey=True),
        (("tau", "Kendall's tau of times"), ("kept", "share of the front kept")),
        strict=True,
    ):
        estimates = [getattr(one, name) for one in shown]
        ends = [e.low for e in estimates], [e.high for e in estimates]
        axes.hlines(places, *ends, color="C0", lw=2.5, label="95 % bootstrap interval")
        axes.scatter([e.value for e in estimates], places, s=40, color="C0", zorder=3)
        axes.set(xlabel=label, xlim=(min(0, *ends[0]), 1.03))
    labels = [f"{one.kind}: {one.changed}" for one in shown]
    drawn.axes[0].set_yticks(places, labels)
    drawn.axes[0].set_ylim(-0.7, len(shown) - 0.3)
    legend_below(drawn, 1, drawn.axes[0])
    return drawn
