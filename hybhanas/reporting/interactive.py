"""The front as a page: every evaluation a dot that names its architecture under the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import plotly.graph_objects as go

from hybhanas import atomic
from hybhanas.nas.evaluation import EVALUATED, STOPPED, Evaluation
from hybhanas.reporting.units import duration, total_label


def write_front_page(
    path: Path, evaluations: Sequence[Evaluation], front: Sequence[Evaluation], title: str
) -> None:
    """Writes one HTML file that needs no network."""
    on_front = {e.key for e in front}
    others = [e for e in evaluations if e.status == EVALUATED and e.key not in on_front]
    stopped = [e for e in evaluations if e.status == STOPPED]
    figure = go.Figure(
        [
            *([_dots(stopped, "stopped early", 5, 0.3)] if stopped else []),
            _dots(others, "evaluated", 7, 0.45),
            _dots(front, "Pareto front", 12, 1.0),
        ],
        go.Layout(
            title=title,
            xaxis={
                "title": f"{total_label(evaluations)} (s)",
                "type": "log",
                "exponentformat": "power",
            },
            yaxis={"title": "validation accuracy (%)"},
            template="plotly_white",
        ),
    )
    atomic.write_text(path, figure.to_html(include_plotlyjs=True, full_html=True))


def _dots(evaluations: Sequence[Evaluation], name: str, size: int, opacity: float) -> go.Scatter:
    values = [e.values for e in evaluations]
    return go.Scatter(
        x=[v["total_s"] for v in values],
        y=[100 * (1 - v["error"]) for v in values],
        text=[
            f"{e.architecture}<br>QPU time {duration(v['qpu_s'])}, "
            f"effective {duration(v['effective_s'])}, {v['parameters']:.0f} parameters"
            for e, v in zip(evaluations, values, strict=True)
        ],
        hovertemplate="%{y:.1f} %<br>%{text}<extra></extra>",
        mode="markers",
        name=f"{name} ({len(values)})",
        marker={"size": size, "opacity": opacity},
    )
