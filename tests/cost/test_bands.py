"""How far off a cost may be: the bands of P, of layouts and of job times, and how they join."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from hybhanas.calibration.record import LIVE, SNAPSHOT
from hybhanas.circuit import Circuit
from hybhanas.cost.bands import EXACT, Band, age_days, combined, survival_powers, with_layouts
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.generations import IBM_2025
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.errors import ConfigError
from hybhanas.gates import Gate
from tests.helpers.synthetic import make_calibration, make_report

MACHINE = replace(make_calibration(2, sx_error=0.01), source=SNAPSHOT)
DEVICE = Device(name="slow", peak_flops_per_s=1e9, power_w=200.0)
WORK = Workload(samples=10, epochs=3, batch_size=4)
ONE_RY = Circuit(1, (Gate("ry", (0,), weight=0),), ((0,),), inputs=0, weights=1)


def estimated(**changes):
    return CostEstimator(MACHINE, CostModel(**changes), DEVICE, WORK, 20e3)(ONE_RY, 0)


def test_logarithms_of_independent_bands_add_in_quadrature():
    band = combined([Band(math.exp(-3), math.exp(0.3)), Band(math.exp(-4), math.exp(0.4))])
    assert band == pytest.approx((math.exp(-5), math.exp(0.5)))
    assert combined([EXACT, EXACT]) == EXACT


def test_an_older_calibration_says_less_of_what_noise_leaves():
    bands = [survival_powers(CostModel(calibration_age_days=d), MACHINE) for d in (0, 20, 400)]
    assert bands[0].low > bands[1].low > bands[2].low
    assert bands[0].high < bands[1].high < bands[2].high
    assert bands[2].low < 1 < bands[2].high


def test_the_age_is_assumed_by_the_source_of_the_calibration_unless_it_is_given():
    assert age_days(CostModel(), MACHINE) == 365
    assert age_days(CostModel(), replace(MACHINE, source=LIVE)) == 1
    assert age_days(CostModel(calibration_age_days=7), MACHINE) == 7
    with pytest.raises(ConfigError, match="cost_model.calibration_age_days=-1 is not accepted"):
        CostModel(calibration_age_days=-1)


def test_machines_judge_p_of_observables_alone():
    now = {"calibration_age_days": 0}
    assert survival_powers(CostModel(faults="whole_circuit", **now), MACHINE) == EXACT
    assert survival_powers(CostModel(**now), MACHINE) != EXACT


def test_what_survives_lies_between_two_powers_of_p_and_so_do_the_shots():
    report = estimated()
    low, high = survival_powers(CostModel(), MACHINE)
    p = report.noise.p_survival
    assert report.noise.p_survival_low == pytest.approx(p**high)
    assert report.noise.p_survival_high == pytest.approx(p**low)
    assert report.time.effective_high_s / report.time.effective_s == pytest.approx(
        p ** (-2 * (high - 1))
    )
    assert report.time.effective_s / report.time.effective_low_s == pytest.approx(
        p ** (-2 * (1 - low))
    )


def test_the_band_of_qpu_time_is_wider_than_that_of_a_job_or_of_p_alone():
    report = estimated()
    ratio = report.time.qpu_high_s / report.time.qpu_s
    assert ratio > IBM_2025.high
    assert ratio < IBM_2025.high * report.time.effective_high_s / report.time.effective_s


def test_the_spread_of_layouts_widens_the_upper_end_alone():
    cheap, expensive = make_report(1.0, 0.0), make_report(3.0, math.log10(3.0))
    kept = with_layouts([expensive, cheap])
    assert kept.time.log10_total_spread == pytest.approx(math.log10(3))
    assert kept.time.qpu_low_s == cheap.time.qpu_low_s
    own = math.log(cheap.time.qpu_high_s / cheap.time.qpu_s)
    assert math.log(kept.time.qpu_high_s) == pytest.approx(math.hypot(own, math.log(3)))
    assert kept.money.cost_high_usd > cheap.money.cost_high_usd
    assert with_layouts([cheap]) == cheap
