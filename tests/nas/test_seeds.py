"""Whether seeds tell two means apart: Welch's interval."""

from __future__ import annotations

import pytest
from scipy.stats import ttest_ind

from hybhanas.nas.seeds import welch


@pytest.mark.parametrize(
    ("first", "second"),
    [([0.9, 0.92, 0.94], [0.5, 0.8, 0.6, 0.9]), ([0.9, 0.91], [0.7, 0.7, 0.7])],
)
@pytest.mark.filterwarnings("ignore:Precision loss")  # scipy's, of the three equal values
def test_the_interval_is_that_of_scipys_test_of_unequal_variances(first, second):
    theirs = ttest_ind(first, second, equal_var=False).confidence_interval(0.95)
    assert welch(first, second) == pytest.approx((theirs.low, theirs.high))


def test_seeds_that_all_agree_leave_no_doubt_and_a_single_one_tells_nothing():
    assert welch([1.0, 1.0], [0.5, 0.5]) == (0.5, 0.5)
    assert welch([1.0], [0.5, 0.6]) is welch([0.5, 0.6], []) is None
