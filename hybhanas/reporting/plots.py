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
from matplotlib.figure import Figure

from hybhanas.cost.report import CostReport
from hybhanas.nas.evaluation import EVALUATED, STOPPED, Evaluation
from hybhanas.nas.quantities import OVERFLOW, PARTS
from hybhanas.nas.recost import FATES, Comparison
from hybhanas.reporting.picture import save
from hybhanas.reporting.units import STEPS, YEAR_S, duration, total_label

LONGEST = 100
"""Times the total time of the slowest member, where the time axis of a front ends at the latest."""

MOST_NAMED = 24
"""Members of a front that a picture has place to name: those of the first ranks."""


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
    figure = Figure(figsize=(7.5, 5.2), layout="constrained")
    axes = figure.subplots()
    if stopped:
        axes.scatter(
            [e.values["total_s"] for e in stopped],
            [100 * (1 - e.values["error"]) for e in stopped],
            c="0.7",
            s=14,
            marker="x",
            linewidths=0.8,
            label=f"stopped early ({len(stopped)})",
            zorder=2,
        )
    latest_s = LONGEST * max(e.values["total_s"] for e in front)
    dots = _draw_evaluated(axes, known, front, latest_s)
    axes.step(*_best_so_far(front), where="post", color="black", lw=0.8, alpha=0.6, zorder=1)
    if all(e.cost is not None and e.cost.provenance.total == "qpu" for e in front):
        _draw_interval_and_effective_time(axes, front)
    _draw_baselines(axes, baselines or {})
    for name, e in [*named.items()][:MOST_NAMED]:
        place = (e.values["total_s"], 100 * (1 - e.values["error"]))
        axes.annotate(name, place, (6, -11), textcoords="offset points", fontsize=8)
    axes.set_xscale("log")
    axes.set_xlim(right=min(latest_s, axes.get_xlim()[1]))
    _name_times(axes)
    axes.set_xlabel(total_label(known))
    axes.set_ylabel("validation accuracy (%)\nof the front after its final training")
    axes.set_title(title, fontsize=10)
    axes.grid(alpha=0.25, which="major")
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)
    figure.colorbar(dots, ax=axes, label="trainable parameters")
    save(figure, path)


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
            22,
            "none",
            f"evaluated ({len(others)}{f', {beyond} beyond' if beyond else ''})",
        ),
        (front, 60, "black", f"Pareto front ({len(front)})"),
    ):
        dots = axes.scatter(
            [e.values["total_s"] for e in members],
            [100 * (1 - e.values["error"]) for e in members],
            c=[e.values["parameters"] for e in members],
            s=size,
            norm=norm,
            cmap="viridis_r",
            edgecolors=edge,
            linewidths=1.1,
            alpha=0.45 if edge == "none" else 1,
            label=label,
            zorder=2 if edge == "none" else 3,
        )
    return dots


def _name_times(axes: Axes) -> None:
    """Ticks at times that people name, a second, an hour, a year, of an axis of seconds."""
    left, right = axes.get_xlim()
    right = min(right, 10 * OVERFLOW)
    axes.set_xlim(left, right)
    named = [(at_s, f"1 {unit}") for at_s, unit in STEPS]
    named += [(10.0**power * YEAR_S, rf"$10^{{{power}}}$ y") for power in range(3, 300, 3)]
    shown = [(at_s, name) for at_s, name in named if left <= at_s <= right]
    shown = shown[:: 1 + len(shown) // 12] or [(left, duration(left))]
    axes.set_xticks([at_s for at_s, _ in shown], [name for _, name in shown])
    axes.minorticks_off()


def _draw_baselines(axes: Axes, baselines: Mapping[str, float]) -> None:
    styles = cycle(("--", ":", "-.", (0, (4, 1, 1, 1, 1, 1))))
    for (name, accuracy), style in zip(baselines.items(), styles, strict=False):
        label = f"{name}, {100 * accuracy:.1f} %"
        axes.axhline(100 * accuracy, color="tab:red", lw=0.9, ls=style, label=label, zorder=1)


def _draw_interval_and_effective_time(axes: Axes, front: Sequence[Evaluation]) -> None:
    accuracies = [100 * (1 - e.values["error"]) for e in front]
    low, high = ([e.values[name] for e in front] for name in ("qpu_low_s", "qpu_high_s"))
    axes.hlines(accuracies, low, high, color="black", lw=0.6, alpha=0.5, label="90 % interval")
    axes.scatter(
        [e.values["effective_s"] for e in front],
        accuracies,
        s=12,
        marker="D",
        facecolors="none",
        edgecolors="0.6",
        linewidths=0.7,
        label="its effective execution time",
        zorder=1,
    )


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
    figure = Figure(figsize=(8.5, 1.8 + 0.55 * len(members)), layout="constrained")
    axes = figure.subplots()
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
        axes.barh(range(len(members)), shares, left=left, label=part.label, height=0.45)
        left = [a + b for a, b in zip(left, shares, strict=True)]
    for place, e in enumerate(members):
        axes.text(0.3, place - 0.27, str(e.architecture), fontsize=8, va="bottom")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_yticks(range(len(members)), labels, fontsize=9)
    axes.set_ylim(len(members) - 0.6, -0.8)
    axes.set_xlim(0, 100)
    rest = f"\nunder 0.005 %: {', '.join(hidden)}" if hidden else ""
    axes.set_xlabel(f"share of {total_label(members)} (%){rest}", fontsize=8)
    axes.set_title(title, fontsize=10)
    figure.legend(loc="outside lower center", ncols=4, fontsize=8)
    save(figure, path)


def plot_recost(
    path: Path, old: Sequence[Evaluation], new: Sequence[Evaluation], outcome: Comparison
) -> None:
    """New against old total time of every evaluation, and what became of the front."""
    pairs = [(a, b) for a, b in zip(old, new, strict=True) if a.values and b.values]
    figure = Figure(figsize=(6.2, 5.2), layout="constrained")
    axes = figure.subplots()
    fates = {e.key: fate for fate in FATES for e in getattr(outcome, fate)}
    for fate, colour, size in (
        ("", "0.75", 14),
        ("stayed", "tab:blue", 40),
        ("left", "tab:red", 40),
        ("joined", "tab:green", 40),
    ):
        chosen = [(a, b) for a, b in pairs if fates.get(a.key, "") == fate]
        axes.scatter(
            [10 ** a.values["log10_total_s"] for a, _ in chosen],
            [10 ** b.values["log10_total_s"] for _, b in chosen],
            s=size,
            color=colour,
            edgecolors="black" if fate else "none",
            linewidths=0.5,
            label=f"{fate or 'not on a front'} ({len(chosen)})",
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    low, high = axes.get_xlim()
    axes.plot([low, high], [low, high], color="black", lw=0.8, alpha=0.5)
    backends = [cost.provenance.calibration if cost else "" for cost in _first_costs(pairs)]
    axes.set_xlabel(f"{total_label(old)} before (s), {backends[0]}")
    axes.set_ylabel(f"{total_label(new)} now (s), {backends[1]}")
    axes.set_title(f"Kendall tau {outcome.kendall_tau:.3f}", fontsize=10)
    axes.legend(fontsize=8)
    axes.grid(alpha=0.25)
    save(figure, path)


def plot_fronts(path: Path, fronts: Mapping[str, Sequence[Evaluation]]) -> None:
    """Accuracy against total time of several fronts, by their labels, over each other."""
    figure = Figure(figsize=(8, 5 + 0.16 * len(fronts)), layout="constrained")
    axes = figure.subplots()
    colours = colormaps["tab10" if len(fronts) <= 10 else "turbo"].resampled(max(len(fronts), 10))
    for index, (label, front) in enumerate(fronts.items()):
        times = [e.values["total_s"] for e in front]
        accuracies = [100 * (1 - e.values["error"]) for e in front]
        axes.scatter(times, accuracies, s=22, color=colours(index), alpha=0.6)
        axes.step(
            *_best_so_far(front),
            where="post",
            color=colours(index),
            label=f"{label} ({len(front)})",
        )
    axes.set_xscale("log")
    axes.set_xlabel(f"{total_label([e for front in fronts.values() for e in front])} (s)")
    axes.set_ylabel("validation accuracy (%)")
    axes.grid(alpha=0.25, which="major")
    figure.legend(loc="outside lower center", ncols=1, fontsize=8)
    save(figure, path)


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
