"""Durations as a person reads them."""

import pytest

from hybhanas.reporting.units import duration, duration_band


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(4.2e-4, "420 us"), (0.0025, "2.5 ms"), (59, "59 s"), (9000, "2.5 h"), (2e5, "2.31 d"),
     (1e9, "31.7 y"), (0, "0 us"), (float("inf"), "over 1e300 s")],
)  # fmt: skip
def test_seconds_take_the_unit_that_fits(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("low_s", "high_s", "text"),
    [(28_300, 65_000, "7.9-18 h"), (31.2, 88.0, "31 s-1.5 min"), (95e5, 432e5, "110 d-1.4 y"),
     (0.004, 0.0099, "4-9.9 ms"), (60, float("inf"), "over 1 min"),
     (float("inf"), float("inf"), "over 1e300 s")],
)  # fmt: skip
def test_an_interval_names_a_unit_that_both_ends_have_once(low_s, high_s, text):
    assert duration_band(low_s, high_s) == text
