"""The style of every picture, and a picture as files: PNG to look at, PDF and SVG for papers.

A function that draws is decorated with `styled`, gets its figure from `figure` and hands it to
`save`. Figures are made without pyplot, whose backend and open figures belong to the whole process.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from cycler import cycler
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from hybhanas import atomic
from hybhanas.nas.run_folder import pictures

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Told apart with any colour vision: those of Okabe and Ito, without their yellow. `C0` to `C6`."""

STYLE: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.labelsize": 12,
    "axes.prop_cycle": cycler(linestyle=("-", "--")) * cycler(color=COLOURS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 12,
    "figure.constrained_layout.use": True,
    "figure.titlesize": 12,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana"],  # that of matplotlib, and one as wide elsewhere
    "font.size": 11,
    "grid.color": "0.9",
    "image.cmap": "viridis_r",
    "legend.fontsize": 10.5,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "pdf.fonttype": 42,  # letters, which publishers ask for, and not drawings of letters
    "savefig.dpi": 150,
    "svg.fonttype": "none",  # letters here too
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
}
"""Settings of matplotlib. Letters of 11 points are readable where a picture is shown at half size.
"""

WIDTH = 8.0
"""Inches of a picture that is as wide as a page."""

WITHOUT_DATE: dict[str, dict[str, None]] = {
    ".png": {},
    ".pdf": {"CreationDate": None},
    ".svg": {"Date": None},
}
"""By suffix, the metadata that keeps a file free of the time of drawing."""

styled = rc_context(STYLE)
"""Decorates a function that draws: all that it makes has the style."""


def figure(height: float, width: float = WIDTH) -> Figure:
    """An empty figure, so many inches high and wide; of what is decorated with `styled`."""
    return Figure(figsize=(width, height))


def legend_below(drawn: Figure, columns: int = 3, of: Axes | None = None, **more: Any) -> Legend:
    """A legend under the figure, where it covers no data.

    Args:
        drawn: the figure.
        columns: of the legend.
        of: the axes whose labels it has; default: of all.
        more: arguments of matplotlib's legend.
    """
    labels = of.get_legend_handles_labels() if of else ()
    return drawn.legend(*labels, loc="outside lower center", ncols=columns, **more)


def save(drawn: Figure, path: Path) -> None:
    """Writes a figure as PNG, PDF and SVG beside each other; the same figure gives the same bytes.

    Args:
        drawn: the figure.
        path: of the PNG file; the others have its stem.
    """
    for file in pictures(path):
        atomic.write_bytes(file, as_bytes(drawn, file))


def as_bytes(drawn: Figure, file: Path) -> bytes:
    """A figure in the format of a file's suffix; its stem tells names within an SVG apart."""
    content = io.BytesIO()
    # ticks beyond what a double holds are not drawn
    with np.errstate(over="ignore"), rc_context(STYLE | {"svg.hashsalt": file.stem}):
        drawn.draw_without_rendering()
        drawn.set_layout_engine("none")  # all files have this layout
        drawn.savefig(content, format=file.suffix[1:], metadata=WITHOUT_DATE[file.suffix])
    return content.getvalue()
