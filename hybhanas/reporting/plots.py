"""The pictures of searches: a front, what its time is made of, how it moves, many beside it.

Figures are made without pyplot, whose backend and open figures belong to the whole process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import LogNorm

from hybhanas.cost.report import CostReport
from hybhanas.nas.evaluation import EVALUATED, STOPPED, Evaluation
from hybhanas.nas.quantities import PARTS
from hybhanas.nas.recost import FATES, Comparison
from hybhanas.reporting.axes import name_dots, name_times
from hybhanas.reporting.picture import COLOURS, figure, legend_below, save, styled
from hybhanas.reporting.units import duration, total_label

LONGEST = 100
"""Times the total time of the slowest member, where the time axis of a front ends at the latest."""

MOST_NAMED = 24
"""Members of a front that a picture has place to name: those of the first ranks."""


@styled
def plot_front(
    path: Path,
    evaluations: Sequence[Evaluation],
    named: Mapping[str, Evaluation],
    title: str,
    baselines: Mapping[str, float] | None = None,
) -> None:
    """Accuracy against total time, colour by parameters, the front marked and joined, with the 90 %
    interval of its QPU time and its effective execution time; crosses are the networks that were
    stopped at a rung, with their accuracies there. Lines are classical models, by their names and
    accuracies, which take no time of a quantum machine.

    Args:
        path: of the PNG file; see `hybhanas.reporting.picture.save`.
        evaluations: all of the search.
        named: the front, by what is written beside each member.
        title: above the picture.
        baselines: validation accuracies, by name.
    """
    front = [*named.values()]
    known = [e for e in evaluations if e.status == EVALUATED]
    stopped = [e for e in evaluations if e.status == STOPPED]
    drawn = figure(6.6)
    axes = drawn.subplots()
    if stopped:
        axes.scatter(
            [e.values["total_s"] for e in stopped],
            [100 * (1 - e.values["error"]) for e in stopped],
            c="0.6",
            s=20,
            marker="x",
            linewidths=1.0,
            label=f"stopped early ({len(stopped)})",
            zorder=2,
        )
    latest_s = LONGEST * max(e.values["total_s"] for e in front)
    dots = _draw_evaluated(axes, known, front, latest_s)
    best = _best_so_far(front)
    axes.step(*best, where="post", color="black", lw=1.0, ls="-", zorder=1, label="best so far")
    if all(e.cost is not None and e.cost.provenance.total == "qpu" for e in front):
        _draw_interval_and_effective_time(axes, front)
    _draw_baselines(axes, baselines or {})
    axes.set_xscale("log")
    axes.set_xlim(right=min(latest_s, axes.get_xlim()[1]))
    name_times(axes.xaxis)
    axes.set_xlabel(total_label(known))
    axes.set_ylabel("validation accuracy (%)\nof the front after its final training")
    axes.set_title(title)
    drawn.colorbar(dots, ax=axes, label="trainable parameters")
    legend_below(drawn, 2)
    name_dots(
        axes,
        {
            name: (e.values["total_s"], 100 * (1 - e.values["error"]))
            for name, e in [*named.items()][:MOST_NAMED]
        },
    )
    save(drawn, path)


def _draw_evaluated(
    axes: Axes, known: Sequence[Evaluation], front: Sequence[Evaluation], latest_s: float
) -> PathCollection:
    """Draws what was evaluated, the front on top; the dots of the front carry the colours."""
    parameters = [e.values["parameters"] for e in known]
    norm = LogNorm(min(parameters), max(max(parameters), min(parameters) + 1))
    on_front = {e.key for e in front}
    others = [e for e in known if e.key not in on_front]
    beyond = sum(e.values["total_s"] > latest_s for e in others)
    for members, size, edge, label in (
        (
            others,
            28,
            "none",
            f"evaluated ({len(others)}{f', {beyond} beyond' if beyond else ''})",
        ),
        (front, 75, "black", f"Pareto front ({len(front)})"),
    ):
        dots = axes.scatter(
            [e.values["total_s"] for e in members],
            [100 * (1 - e.values["error"]) for e in members],
            c=[e.values["parameters"] for e in members],
            s=size,
            norm=norm,
            cmap="viridis_r",
            edgecolors=edge,
            linewidths=1.2,
            alpha=0.5 if edge == "none" else 1,
            label=label,
            zorder=2 if edge == "none" else 3,
        )
    return dots


def _draw_baselines(axes: Axes, baselines: Mapping[str, float]) -> None:
    """Draws a line for each that is not worse than all dots, and names the others in the legend."""
    low, high = axes.get_ylim()
    styles = cycle(("--", ":", "-.", (0, (4, 1, 1, 1, 1, 1))))
    for (name, accuracy), style in zip(baselines.items(), styles, strict=False):
        label, percent = f"{name}, {100 * accuracy:.1f} %", 100 * accuracy
        if percent < low:
            axes.plot([], [], ls="none", label=f"{label} (below what is drawn)")
        else:
            axes.axhline(percent, color=COLOURS[1], lw=1.2, ls=style, label=label, zorder=1)
    best = max(baselines.values(), default=0.0)
    axes.set_ylim(low, max(high, 100 * best + 0.03 * (high - low)))


def _draw_interval_and_effective_time(axes: Axes, front: Sequence[Evaluation]) -> None:
    accuracies = [100 * (1 - e.values["error"]) for e in front]
    low, high = ([e.values[name] for e in front] for name in ("qpu_low_s", "qpu_high_s"))
    axes.hlines(accuracies, low, high, color="black", lw=1.2, alpha=0.6, label="90 % interval")
    axes.scatter(
        [e.values["effective_s"] for e in front],
        accuracies,
        s=24,
        marker="D",
        facecolors="none",
        edgecolors="0.45",
        linewidths=1.0,
        label="effective execution time of the front",
        zorder=1,
    )


@styled
def plot_anatomy(path: Path, named: Mapping[str, Evaluation], title: str) -> None:
    """For each member of the front, cheapest first, the share of each part of its total time.

    Args:
        path: of the PNG file; see `hybhanas.reporting.picture.save`.
        named: the front, by what is written beside each member; of more the first `MOST_NAMED`.
        title: above the picture.
    """
    chosen = [*named.items()][:MOST_NAMED]
    by_time = sorted(chosen, key=lambda one: one[1].values["log10_total_s"])
    members = [e for _, e in by_time]
    drawn = figure(2.2 + 0.62 * len(members))
    axes = drawn.subplots()
    labels = [
        f"{name}  {duration(e.values['qpu_s'])}, {100 * (1 - e.values['error']):.1f} %\n"
        f"effective {duration(e.values['effective_s'])}"
        for name, e in by_time
    ]
    left = [0.0] * len(members)
    hidden = []
    for part in PARTS:
        shares = [100 * e.values[part.name] / max(e.values["total_s"], 1e-300) for e in members]
        if max(shares) < 0.005:
            hidden.append(part.label)
            continue
        axes.barh(range(len(members)), shares, left=left, label=part.label, height=0.42)
        left = [a + b for a, b in zip(left, shares, strict=True)]
    for place, e in enumerate(members):
        axes.text(0.3, place - 0.25, str(e.architecture), fontsize=9.5, va="bottom")
    axes.grid(visible=False, axis="y")
    axes.set_yticks(range(len(members)), labels)
    axes.set_ylim(len(members) - 0.6, -0.8)
    axes.set_xlim(0, 100)
    rest = f"\nunder 0.005 %: {', '.join(hidden)}" if hidden else ""
    axes.set_xlabel(f"share of {total_label(members)} (%){rest}")
    axes.set_title(title)
    legend_below(drawn, 4)
    save(drawn, path)


@styled
def plot_recost(
    path: Path, old: Sequence[Evaluation], new: Sequence[Evaluation], outcome: Comparison
) -> None:
    """New against old total time of every evaluation, and what became of the front."""
    pairs = [(a, b) for a, b in zip(old, new, strict=True) if a.values and b.values]
    drawn = figure(6.4, 6.4)
    axes = drawn.subplots()
    fates = {e.key: fate for fate in FATES for e in getattr(outcome, fate)}
    for fate, colour, mark, size in (
        ("", "0.75", "o", 18),
        ("stayed", COLOURS[0], "o", 55),
        ("left", COLOURS[1], "v", 55),
        ("joined", COLOURS[2], "^", 55),
    ):
        chosen = [(a, b) for a, b in pairs if fates.get(a.key, "") == fate]
        if not chosen:
            continue
        axes.scatter(
            [a.values["total_s"] for a, _ in chosen],
            [b.values["total_s"] for _, b in chosen],
            s=size,
            color=colour,
            marker=mark,
            edgecolors="black" if fate else "none",
            linewidths=0.7,
            label=f"{fate or 'not on a front'} ({len(chosen)})",
        )
    axes.set(xscale="log", yscale="log")
    ends = axes.get_xlim()
    axes.plot(ends, ends, color="black", lw=1.0, ls="-", label="no change", zorder=1)
    for axis in (axes.xaxis, axes.yaxis):
        name_times(axis)
    backends = [cost.provenance.calibration if cost else "" for cost in _first_costs(pairs)]
    axes.set_xlabel(f"{total_label(old)}\nbefore, {backends[0]}")
    axes.set_ylabel(f"{total_label(new)}\nnow, {backends[1]}")
    axes.set_title(f"order of times: Kendall's tau {outcome.kendall_tau:.3f}")
    legend_below(drawn)
    save(drawn, path)


@styled
def plot_fronts(
    path: Path, panels: Sequence[tuple[str, Mapping[str, Sequence[Evaluation]]]]
) -> None:
    """Accuracy against total time of several fronts, each panel of those that compare.

    Args:
        path: of the PNG file; see `hybhanas.reporting.picture.save`.
        panels: the title of each, and its fronts by their labels.
    """
    count = sum(len(fronts) for _, fronts in panels)
    drawn = figure(1.2 + 3.6 * len(panels) + 0.2 * count)
    map_of_colours = colormaps["turbo"].resampled(count)
    of_all = cycle(COLOURS if count <= len(COLOURS) else map(map_of_colours, range(count)))
    rows = drawn.subplots(len(panels), 1, squeeze=False)[:, 0]
    for axes, (title, fronts) in zip(rows, panels, strict=True):
        for (label, front), colour in zip(fronts.items(), of_all, strict=False):
            times = [e.values["total_s"] for e in front]
            accuracies = [100 * (1 - e.values["error"]) for e in front]
            axes.scatter(times, accuracies, s=30, color=colour, alpha=0.6)
            line = _best_so_far(front)
            axes.step(*line, where="post", ls="-", color=colour, label=f"{label} ({len(front)})")
        axes.set_xscale("log")
        name_times(axes.xaxis)
        axes.set_ylabel("validation accuracy (%)\nin the search")
        axes.set_xlabel(total_label([e for front in fronts.values() for e in front]))
        axes.set_title(title)
    legend_below(drawn, 1)
    save(drawn, path)


def _first_costs(
    pairs: Sequence[tuple[Evaluation, Evaluation]],
) -> tuple[CostReport | None, CostReport | None]:
    return (pairs[0][0].cost, pairs[0][1].cost) if pairs else (None, None)


def _best_so_far(front: Sequence[Evaluation]) -> tuple[list[float], list[float]]:
    """Total times (s), ascending, and the accuracies (%) that are better than all before."""
    times: list[float] = []
    accuracies: list[float] = []
    for e in sorted(front, key=lambda e: e.values["log10_total_s"]):
        accuracy = 100 * (1 - e.values["error"])
        if not accuracies or accuracy > accuracies[-1]:
            times.append(e.values["total_s"])
            accuracies.append(accuracy)
    return times, accuracies
