"""The pictures of docs/study.md."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from hybhanas.bench import TOTALS, Benchmark
from scripts import page
from scripts.study_parts.mislead import CIRCUITS, SIMULATED, proxies
from scripts.study_parts.numbers import front
from scripts.study_parts.sensitivity import Change

BACKEND = "ibm_brisbane"


def fronts(table: Benchmark) -> bytes:
    """Error against time of all architectures, and where the fronts of stand-ins are, as PNG."""
    figure = Figure(figsize=(11, 4.4), layout="constrained")
    known, error = proxies(table), 1 - table.accuracy[:, :, -1].mean(axis=1)
    for axes, total in zip(figure.subplots(1, 2, sharey=True), TOTALS, strict=True):
        log10_s = table.log10_total_s(BACKEND, total)
        axes.scatter(10**log10_s, error, s=4, color="0.8", label="all architectures")
        for name, objective, style in (
            ("FLOPs", known[SIMULATED], {"marker": "x", "color": "C3", "s": 26}),
            ("time", log10_s, {"color": "black", "s": 26}),
            (CIRCUITS, known[CIRCUITS], {"facecolors": "none", "edgecolors": "C0", "s": 110}),
        ):  # fmt: skip
            rows = front(error, objective)
            axes.scatter(
                10 ** log10_s[rows], error[rows], label=f"front by error and {name}", **style
            )
        axes.set(xscale="log", xlabel=f"training on {BACKEND} (s), {total}")
        axes.grid(alpha=0.25)
    figure.axes[0].set_ylabel("validation error, mean of three seeds")
    figure.axes[0].legend(fontsize=8)
    return page.png(figure)


def changes(found: Sequence[Change]) -> bytes:
    """How much order and front keep under each change of QPU time, with intervals, as PNG."""
    shown = [one for one in found if one.total == TOTALS[0]][::-1]
    figure = Figure(figsize=(11, 0.26 * len(shown) + 1.2), layout="constrained")
    places = np.arange(len(shown))
    for axes, (name, label) in zip(
        figure.subplots(1, 2, sharey=True),
        (("tau", "Kendall's tau of times"), ("kept", "share of the front kept")),
        strict=True,
    ):
        estimates = [getattr(one, name) for one in shown]
        axes.hlines(places, [e.low for e in estimates], [e.high for e in estimates], color="C0")
        axes.scatter([e.value for e in estimates], places, s=18, color="C0", zorder=3)
        axes.set(xlabel=label, xlim=(min(0, *(e.low for e in estimates)), 1.02))
        axes.grid(alpha=0.25)
    labels = [f"{one.kind}: {one.changed}" for one in shown]
    figure.axes[0].set_yticks(places, labels, fontsize=8)
    return page.png(figure)
