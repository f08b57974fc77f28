"""The picture of a comparison of searches: what each has found after how much training."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from hybhanas.reporting.picture import figure, legend_below, styled

SHOWN = "Hypervolume against epochs of training"
COLUMNS = 3
TICKS = (0.5, 0.8, 0.9, 0.95, 0.99, 1.0)
NEAREST = 2e-3  # of the scale: what is missing shows down to this fraction


@styled
def picture(numbers: pd.DataFrame) -> Figure:
    """Share of the true hypervolume against epochs, a panel a search: median and quartiles, and
    the medians of the others in grey.
    """
    searches = dict(list(numbers.groupby("search", sort=False)))
    medians = {
        name: of[(of["median"].diff() != 0) | (of.epochs == of.epochs.max())]
        for name, of in searches.items()
    }
    rows = math.ceil(len(searches) / COLUMNS)
    drawn = figure(0.9 + 2.5 * rows, 9.5)
    grid = drawn.subplots(rows, COLUMNS, sharex=True, sharey=True, squeeze=False)
    for axes in grid.flat[len(searches) :]:
        axes.remove()
    for axes in grid.flat[max(0, len(searches) - COLUMNS) : len(searches)]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel("epochs of training, in all")
    for axes, (name, own) in zip(grid.flat, searches.items(), strict=False):
        for other in medians.values():
            axes.step(other.epochs, other["median"], where="post", color="0.8", lw=1.0, ls="-")
        axes.fill_between(own.epochs, own.low, own.high, step="post", alpha=0.25, lw=0, color="C0")
        line = medians[name]
        axes.step(line.epochs, line["median"], where="post", color="C0", ls="-")
        axes.set_title(name)
        axes.set_yscale("function", functions=(_stretched, _compressed))
        axes.set(ylim=(0.5, 1), xlim=(0, numbers.epochs.max()))
        axes.set_yticks(TICKS)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    drawn.supylabel("share of the true hypervolume")
    handles = [
        Line2D([], [], color="C0", ls="-", label="median over seeds"),
        Patch(color="C0", alpha=0.25, lw=0, label="quartiles"),
        Line2D([], [], color="0.8", lw=1.0, ls="-", label="medians of the others"),
    ]
    legend_below(drawn, 3, handles=handles)
    return drawn


def _stretched(fraction: np.ndarray) -> np.ndarray:
    """A scale on which the last hundredth is as wide as the tenths before it."""
    return -np.log10(1 + NEAREST - np.clip(fraction, 0, 1))


def _compressed(height: np.ndarray) -> np.ndarray:
    return 1 + NEAREST - 10 ** -np.asarray(height, float)
