"""Axes that people read."""

from __future__ import annotations

import pytest

from hybhanas.reporting.axes import name_dots, name_times, plain_numbers
from hybhanas.reporting.picture import figure, styled


@styled
def logarithmic(low: float, high: float):
    axes = figure(3).subplots()
    axes.set(xscale="log", yscale="log", xlim=(low, high), ylim=(low, high))
    return axes


@pytest.mark.parametrize(
    ("low_s", "high_s", "names"),
    [
        (0.5e-6, 4e7, ["1 us", "1 ms", "1 s", "1 min", "1 h", "1 d", "1 y"]),
        (2.0, 5000.0, ["10 s", "1 min", "10 min", "1 h"]),
        (2.0, 60.0, ["2 s", "5 s", "10 s", "20 s", "30 s", "1 min"]),
        (3.1, 3.2, ["3.1 s", "3.2 s"]),
        (3000.0, 5000.0, ["50 min", "1.39 h"]),
    ],
)
def test_an_axis_of_seconds_has_ticks_at_times_that_people_name(low_s, high_s, names):
    axes = logarithmic(low_s, high_s)
    for axis in (axes.xaxis, axes.yaxis):
        name_times(axis)
        assert [label.get_text() for label in axis.get_ticklabels()] == names


@pytest.mark.parametrize(
    ("low", "high", "names"),
    [
        (0.02, 2000, ["0.1", "1", "10", "100", "1,000"]),
        (0.4, 9, ["0.5", "1", "2", "5"]),
        (0.89, 1.01, ["0.9", "0.925", "0.95", "0.975", "1"]),
    ],
)
def test_a_logarithmic_axis_has_numbers_and_no_powers_of_ten(low, high, names):
    axes = logarithmic(low, high)
    plain_numbers(axes.yaxis)
    axes.figure.draw_without_rendering()
    ticks = zip(axes.yaxis.get_ticklocs(), axes.yaxis.get_ticklabels(), strict=True)
    assert [label.get_text() for at, label in ticks if low <= at <= high] == names


def test_names_of_dots_that_are_close_cover_neither_each_other_nor_the_dots():
    axes = logarithmic(1, 1000)
    places = {"#1": (100.0, 100.0), "#2": (104.0, 103.0), "#3": (110.0, 97.0)}
    axes.scatter([130.0, 75.0], [70.0, 120.0])
    name_dots(axes, places)
    boxes = [text.get_window_extent() for text in axes.texts]
    assert not any(a.overlaps(b) for a in boxes for b in boxes if a is not b)
    dots = axes.transData.transform([*places.values(), (130.0, 70.0), (75.0, 120.0)])
    assert not any(box.count_contains(dots) for box in boxes)
