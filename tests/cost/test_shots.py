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
        ({"shots": True}, "cost_model.shots=True is not accepted: at least 1"),
        ({"shots": 1.5}, "cost_model.shots=1.5 is not accepted: a whole number"),
        ({"logit_gain": 0.0}, "cost_model.logit_gain=0.0 is not accepted: above 0, at most 1,000"),
        ({"logit_gain": "x"}, "cost_model.logit_gain=x is not accepted: above 0, at most 1,000,00"),
        ({"logit_gain": 1e7}, "cost_model.logit_gain=1.*0 is not accepted: above 0, at most 1,000"),
        ({"logit_gain": 2.0}, "logit_gain=2.0 is not accepted with cost_model.shots=1024: it has "),
        ({"target_error": 0.0}, "target_error=0.0 is not accepted: at least 0.000001, below 1"),
        ({"target_error": 1e-200}, "cost_model.target_error=1e-200 is not accepted: at least"),
        ({"target_error": 1.0, "shots": "auto"}, "target_error=1.0 is not accepted: at least"),
        ({"transpiler_seed": 10**20}, "transpiler_seed=1.* at least 0, at most 2,147,483,647"),
        ({"transpiler_seed": 2**31 - 1, "layouts": 2}, "at least 0, at most 2,147,483,646"),
        (
            {"transpiler_seed": 1.5},
            "cost_model.transpiler_seed=1.5 is not accepted: a whole number",
        ),
        ({"layouts": "many"}, "cost_model.layouts=many is not accepted: a whole number"),
        ({"layouts": 1001}, "cost_model.layouts=1001 is not accepted: at least 1, at most 1,000"),
        ({"spsa_repeats": True}, "cost_model.spsa_repeats=True is not accepted: a whole number"),
        ({"execution_overhead_s": 1e307}, "seconds, at least 0 and below 1e9"),
    ],
)
def test_shots_and_targets_that_make_no_sense_are_named(change, said):
    with pytest.raises(ConfigError, match=said):
        CostModel(**change)


def test_a_target_takes_at_least_one_shot_and_that_of_a_logit_may_be_above_one():
    def target(error: float, gain: float) -> CostModel:
        return CostModel(shots="auto", target_error=error, logit_gain=gain)

    assert target(0.1, 5e-5).noiseless_shots == 1
    assert target(2.0, 6.0).noiseless_shots == 9  # (6 / 2)^2
    assert target(2.0, 6.0).with_shots(7).noiseless_shots == 7
