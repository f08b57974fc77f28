"""Shots as a result: as many as a standard error of an expectation value takes."""

from __future__ import annotations

import pytest

from hybhanas.circuit import Circuit
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.errors import ConfigError
from hybhanas.gates import Gate
from tests.helpers.synthetic import make_calibration

ONE_RY = Circuit(1, (Gate("ry", (0,), weight=0),), ((0,),), inputs=0, weights=1)


def test_shots_for_a_standard_error_are_its_inverse_square_and_noise_adds_to_them():
    machine = make_calibration(2, sx_error=0.01)
    device = Device(name="slow", peak_flops_per_s=1e9, power_w=200.0)
    model = CostModel(shots="auto", target_error=0.01)
    work = Workload(samples=10, epochs=3, batch_size=4)
    report = CostEstimator(machine, model, device, work, 20e3)(ONE_RY, 0)
    assert report.executions.shots == 10_000
    p = report.noise.p_survival
    assert report.executions.shots_effective == pytest.approx(10_000 / p**2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"shots": "many"}, "cost_model.shots=many is unknown; accepted: a whole number, auto"),
        ({"logit_gain": 0.0}, "cost_model.logit_gain=0.0 is not accepted: above 0"),
        ({"target_error": 0.0}, "cost_model.target_error=0.0 is not accepted: above 0, below 1"),
    ],
)
def test_shots_and_targets_that_make_no_sense_are_named(change, said):
    with pytest.raises(ConfigError, match=said):
        CostModel(**change)
