"""Money: seconds, or tasks and shots, times what a provider asks; by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from hybhanas.calibration.backend import Backend
from hybhanas.calibration.price import Price, plans
from hybhanas.calibration.record import SNAPSHOT
from hybhanas.circuit import Circuit
from hybhanas.cost.classical_half import ClassicalHalf, Dense
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.cost.report import CostReport
from hybhanas.errors import ConfigError
from hybhanas.estimating import estimate
from hybhanas.gates import Gate
from hybhanas.hydra_app.check import check
from hybhanas.hydra_app.compose import composed
from hybhanas.nas.quantities import QUANTITIES
from tests.helpers.synthetic import make_calibration, make_evaluation

MACHINE = replace(make_calibration(2, sx_error=0.01), source=SNAPSHOT)
DEVICE = Device(name="slow", peak_flops_per_s=1e9, power_w=200.0)
WORK = Workload(samples=10, epochs=3, batch_size=4)
ONE_RY = Circuit(1, (Gate("ry", (0,), weight=0),), ((0,),), inputs=0, weights=1)


def estimated(price: Price | None, half: ClassicalHalf | None = None, **changes) -> CostReport:
    model = CostModel(**changes)
    return CostEstimator(MACHINE, model, DEVICE, WORK, 20e3, price=price)(ONE_RY, half)


def test_a_price_of_seconds_is_paid_for_billed_time_with_its_band():
    report = estimated(Price(second_usd=1.6))
    money = report.money
    assert money.cost_usd == pytest.approx(1.6 * report.time.qpu_s)
    assert money.log10_cost_usd == pytest.approx(math.log10(money.cost_usd))
    assert money.cost_low_usd == pytest.approx(1.6 * report.time.qpu_low_s)
    assert money.cost_high_usd == pytest.approx(1.6 * report.time.qpu_high_s)


def test_a_session_is_paid_with_the_classical_time_between_its_jobs():
    half = ClassicalHalf(readout=(Dense(10**5, 5000),))  # 1 s a sample forward
    job, session = (
        estimated(Price(second_usd=2.0), half, mode=mode) for mode in ("job", "session")
    )
    between_s = session.time.classical_training_s
    assert between_s > 2 * 30  # forward and backward of 30 samples
    assert session.money.cost_usd - job.money.cost_usd == pytest.approx(2 * between_s)


def test_tasks_and_shots_are_paid_by_circuits_and_effective_shots():
    report = estimated(Price(task_usd=0.3, shot_usd=0.08))
    circuits, shots = report.executions.circuits, report.executions.shots_effective
    assert report.money.cost_usd == pytest.approx(circuits * (0.3 + 0.08 * shots))
    p = report.noise
    assert report.money.cost_high_usd == pytest.approx(
        circuits * (0.3 + 0.08 * 1024 / p.p_survival_low**2)
    )


def test_a_backend_without_a_price_says_which_figure_is_missing_and_how_to_give_it():
    report = estimated(None)
    assert report.money is None
    assert "backend.price.second_usd" in report.provenance.price
    assert "ibm_pay_as_you_go" in report.provenance.price
    assert CostReport.from_dict(report.to_dict()) == report
    assert math.isnan(QUANTITIES["cost_usd"].get(make_evaluation(cost=report)))


def test_an_objective_in_dollars_needs_a_price():
    ranged = "+search.reference_point.log10_cost_usd=9"
    check(composed("search.objectives=[error,log10_cost_usd]", ranged))
    quantity = QUANTITIES["log10_cost_usd"]
    assert (quantity.better, quantity.label) == ("smaller", "log10 cost / USD")
    assert QUANTITIES["cost_usd"].title == "cost (USD)"
    assert quantity.value(make_evaluation(total_s=100.0)) == pytest.approx(math.log10(160))


def test_each_plan_names_source_and_date_and_each_backend_of_ibm_has_one():
    for name in plans():
        price = Price.of_plan(name)
        assert price.source
        assert price.date
    words = "1.6 USD a second: ibm.com/quantum/pricing, Pay-As-You-Go, 2026-05-25"
    assert Price.of_plan("ibm_pay_as_you_go").words == words
    assert Backend.preset("ibm_boston").asked == Price.of_plan("ibm_pay_as_you_go")
    assert Backend.preset("ionq_forte").asked.shot_usd == 0.08
    assert Backend.preset("google_willow").asked is None


def test_a_price_replaces_that_of_the_plan():
    mine = Price(second_usd=0.5)
    assert Backend(name="x", plan="ibm_flex", price=mine).asked == mine
    assert composed("backend.price.second_usd=0.5").backend.price.second_usd == 0.5
    report = estimate("docs/ghz5.qasm", "ibm_boston", price="ibm_flex")
    assert report.money.cost_usd == pytest.approx(1.2 * report.time.billed_s)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("backend.plan=ibm_flx", r"backend.plan=ibm_flx is unknown .did you mean ibm_flex"),
        ("backend.price.second_usd=0", r"backend.price.second_usd=0.* is not accepted: above 0"),
        ("backend.price.shot_usd=1e308", "shot_usd=1e.*308 is not accepted: above 0, at most 1e9"),
    ],
)
def test_a_price_that_makes_no_sense_is_one_line(override, said):
    with pytest.raises(ConfigError, match=said):
        check(composed(override))
