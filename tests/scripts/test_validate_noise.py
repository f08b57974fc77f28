"""The attenuation in Aer: a slope by hand, and how many draws it takes."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from scripts.validate_noise import shrinkage, slope


def test_each_observable_is_taken_about_its_own_mean():
    ideal = np.array([[0.5, 0.1], [-0.5, -0.3], [0.3, 0.8]])
    shifts = np.array([0.9, -0.4])  # relaxation, the same at all weights
    assert slope(ideal, 0.2 * ideal + shifts) == (pytest.approx(0.2), pytest.approx(0, abs=1e-12))


def test_the_error_is_between_draws_and_not_between_observables():
    ideal, noisy = (
        np.array([[1.0], [-1.0], [1.0], [-1.0]]),
        np.array([[0.3], [-0.3], [0.1], [-0.1]]),
    )
    found, error = slope(ideal, noisy)
    assert found == pytest.approx(0.2)
    # residuals 0.1, -0.1, -0.1, 0.1: the root of (4 * 0.01) * 4 / 3, over 4
    assert error == pytest.approx((0.04 * 4 / 3) ** 0.5 / 4)
    # the same observable twice says no more than once
    assert slope(ideal.repeat(2, axis=1), noisy.repeat(2, axis=1)) == pytest.approx((found, error))


@pytest.mark.parametrize(("scatter", "taken"), [(0.0, 8), (0.25, 128), (5.0, 512)])
def test_draws_are_doubled_where_the_attenuation_is_not_known(scatter, taken):
    asked = []

    def probabilities(idle, draws, rng):
        asked.append(draws)
        ideal = rng.uniform(-1, 1, size=(draws, 1))
        return ideal, 0.5 * ideal + rng.normal(0, scatter, size=(draws, 1))

    circuit = SimpleNamespace(probabilities=probabilities, signs=np.eye(1), readout=np.ones(1))
    seen, error = shrinkage(circuit, idle=False, draws=8)
    assert sum(asked) == taken
    assert abs(seen - 0.5) <= 3 * error + 1e-12
