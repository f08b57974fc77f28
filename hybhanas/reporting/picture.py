"""A picture as files: PNG to look at, PDF and SVG for papers."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from hybhanas import atomic
from hybhanas.nas.run_folder import pictures

DPI = 130
"""Of PNG files."""

WITHOUT_DATE: dict[str, dict[str, None]] = {
    ".png": {},
    ".pdf": {"CreationDate": None},
    ".svg": {"Date": None},
}
"""By suffix, the metadata that keeps a file free of the time of drawing."""


def save(figure: Figure, path: Path) -> None:
    """Writes a figure as PNG, PDF and SVG beside each other; the same figure gives the same bytes.

    Args:
        figure: what was drawn.
        path: of the PNG file; the others have its stem.
    """
    for file in pictures(path):
        content = io.BytesIO()
        # ticks beyond what a double holds are not drawn
        with np.errstate(over="ignore"), rc_context({"svg.hashsalt": path.stem}):
            figure.savefig(
                content, format=file.suffix[1:], dpi=DPI, metadata=WITHOUT_DATE[file.suffix]
            )
        atomic.write_bytes(file, content.getvalue())
