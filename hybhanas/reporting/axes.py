"""Axes that people read: times by name, numbers in digits, names of dots that do not overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PathCollection
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter
from matplotlib.transforms import Bbox
from numpy.typing import ArrayLike

from hybhanas.nas.quantities import OVERFLOW
from hybhanas.reporting.units import STEPS, YEAR_S, duration

MOST_TICKS, FEWEST_TICKS = 8, 3
"""Of an axis of times."""

_DECADES, _CLOSER = (1, 10, 100), (1, 2, 5, 10, 20, 50, 100, 200, 500)
_TENS = (1, 2, 5, 10, 20, 30)
MULTIPLES: tuple[dict[str, tuple[int, ...]], ...] = (
    {},
    {"us": _DECADES, "ms": _DECADES, "s": (1, 10), "min": (1, 10), "d": _DECADES, "y": _DECADES},
    {"us": _CLOSER, "ms": _CLOSER, "s": _TENS, "min": _TENS}
    | {"h": (1, 2, 4, 8, 12), "d": _CLOSER[:8], "y": _CLOSER},
)
"""What times have ticks, ever closer: multiples of a unit, without an entry the unit alone."""

PLACES = ((7, -12), (7, 5), (-7, 5), (-7, -12), (0, 9), (0, -17), (14, -3), (-14, -3))
"""Where the name of a dot may stand, in points from it, the first that is free."""


def name_times(axis: Axis) -> None:
    """Ticks of an axis of seconds at times that people name, a second, an hour, a year, or at its
    ends if it has less than two of them.
    """
    left, right = sorted(axis.get_view_interval())
    right = min(right, 10 * OVERFLOW)
    getattr(axis.axes, f"set_{axis.axis_name}lim")(left, right)  # type: ignore[attr-defined]
    shown: list[tuple[float, str]] = []
    for multiples in MULTIPLES:
        named = [
            (n * at_s, f"{n} {unit}") for at_s, unit in STEPS for n in multiples.get(unit, (1,))
        ]
        named += [(1e3 * YEAR_S, "1,000 y")]
        named += [(10.0**power * YEAR_S, rf"$10^{{{power}}}$ y") for power in range(6, 300, 3)]
        shown = [(at_s, name) for at_s, name in named if left <= at_s <= right]
        if len(shown) >= FEWEST_TICKS:
            break
    shown = shown[:: len(shown) // (MOST_TICKS + 1) + 1]
    if len(shown) < 2:
        shown = [(at_s, duration(at_s)) for at_s in (left, right)]
    axis.set_ticks([at_s for at_s, _ in shown], [name for _, name in shown])
    axis.set_ticks([], minor=True)


def plain_numbers(axis: Axis) -> None:
    """Ticks of a logarithmic axis as numbers in digits, `0.1` and `2,000`, instead of powers."""
    low, high = axis.get_view_interval()
    decades = abs(np.log10(high) - np.log10(low))
    every = (1.0,) if decades > 3 else (1.0, 3.0) if decades > 1.5 else (1.0, 2.0, 5.0)
    few = MaxNLocator(5) if decades < 0.8 else LogLocator(subs=every, numticks=99)
    axis.set_major_locator(few)
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axis.set_minor_formatter(NullFormatter())


def name_dots(axes: Axes, named: Mapping[str, tuple[float, float]], size: float = 10.5) -> None:
    """Writes names beside dots, each where it covers no other name or named dot, if that is
    possible, and fewest of the other dots.

    Args:
        axes: whose limits are final.
        named: places in data, by what is written there.
        size: of the letters, in points.
    """
    axes.figure.draw_without_rendering()  # type: ignore[union-attr]
    scattered = [one for one in axes.collections if isinstance(one, PathCollection)]
    dots = _in_points(axes, [*named.values()])
    others = np.concatenate([dots, *(_in_points(axes, one.get_offsets()) for one in scattered)])
    taken: list[Bbox] = []
    for (name, at), dot in zip(named.items(), dots, strict=True):
        boxes = [_box(dot, place, 0.62 * size * len(name), size) for place in PLACES]
        crowds = [_crowd(box, taken, dots, others) for box in boxes]
        best = int(np.argmin(crowds))
        taken.append(boxes[best])
        x, y = PLACES[best]
        axes.annotate(
            name, at, (x, y), textcoords="offset points", fontsize=size,
            ha="left" if x > 0 else "right" if x < 0 else "center",
        )  # fmt: skip


def _in_points(axes: Axes, places: ArrayLike) -> np.ndarray:
    """Places in data as points from the lower left of the figure, [places, 2]."""
    at = np.ma.getdata(np.asarray(places, float)).reshape(-1, 2)
    return axes.transData.transform(at) * 72 / axes.figure.dpi


def _box(dot: np.ndarray, place: tuple[int, int], width: float, height: float) -> Bbox:
    left = dot[0] + place[0] - (0 if place[0] > 0 else width if place[0] < 0 else width / 2)
    bottom = dot[1] + place[1]
    return Bbox.from_bounds(left, bottom, width, height)


def _crowd(box: Bbox, taken: Sequence[Bbox], named: np.ndarray, others: np.ndarray) -> int:
    """How bad a place is: names and named dots weigh more than any number of other dots."""
    hidden = box.count_overlaps(taken) + int(box.padded(5).count_contains(named))
    return len(others) * hidden + int(box.padded(3).count_contains(others))
