"""Paired comparisons over seeds."""

from __future__ import annotations

import pytest

from hybhanas.evidence.statistics import Paired, holm


def test_a_paired_t_test_is_that_of_a_hand_count():
    # differences 0.1, 0.0, 0.2: mean 0.1, deviation 0.1, t = sqrt(3), two degrees of freedom:
    # p = 1 - t / sqrt(2 + t^2) = 1 - sqrt(3 / 5)
    test = Paired.of([0.9, 0.8, 0.9], [0.8, 0.8, 0.7])
    assert (test.difference, test.effect) == pytest.approx((0.1, 1.0))
    assert test.p_value == pytest.approx(1 - (3 / 5) ** 0.5)


def test_differences_that_do_not_vary_have_neither_an_effect_size_nor_a_p_value():
    assert Paired.of([0.9, 0.9], [0.9, 0.9]) == Paired(0.0, None, None)
    assert Paired.of([0.9, 0.8], [0.8, 0.7]) == Paired(0.1, None, None)
    assert Paired.of([0.9], [0.8]) == Paired(0.1, None, None)


def test_holm_never_makes_a_larger_p_value_more_significant_and_none_exceeds_one():
    assert holm([0.5, 0.01, 0.6]) == pytest.approx([1.0, 0.03, 1.0])
