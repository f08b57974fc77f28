"""What a job takes besides its shots: by the time of the machine, by hand, and both totals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hybhanas.calibration.record import LIVE, SNAPSHOT
from hybhanas.circuit import Circuit
from hybhanas.cost.classical_half import ClassicalHalf, Dense
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.generations import IBM_2023, IBM_2025, generation_of
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.cost.quantum_time import circuits_per_job
from hybhanas.cost.report import CostReport
from hybhanas.errors import ConfigError
from hybhanas.gates import Gate
from tests.helpers.synthetic import make_calibration

MACHINE = replace(make_calibration(2, max_circuits_per_job=30), source=SNAPSHOT)
DEVICE = Device(name="slow", peak_flops_per_s=1e9, power_w=200.0)
WORK = Workload(samples=10, epochs=3, batch_size=4)
ONE_RY = Circuit(1, (Gate("ry", (0,), weight=0),), ((0,),), inputs=0, weights=1)
WITHOUT_NOISE = make_calibration(2, sx_error=0.0, readout_error=0.0, max_circuits_per_job=30)


def estimated(model: CostModel, calibration=WITHOUT_NOISE) -> CostReport:
    return CostEstimator(calibration, model, DEVICE, WORK, 20e3)(ONE_RY)


def test_the_date_of_a_calibration_of_ibm_says_how_long_its_jobs_take():
    old = replace(MACHINE, date=datetime(2023, 9, 1, tzinfo=UTC))
    assert generation_of(CostModel(), old) == IBM_2023
    assert generation_of(CostModel(), replace(MACHINE, source=LIVE)) == IBM_2025
    assert generation_of(CostModel(generation="ibm_2023"), MACHINE) == IBM_2023


def test_of_a_machine_without_archived_jobs_it_is_told_that_the_constants_are_assumed():
    other = replace(MACHINE, source="published: a data sheet")
    assert generation_of(CostModel(), other).assumed
    assert generation_of(CostModel(generation="ibm_2025"), other).assumed
    assert generation_of(CostModel(job_overhead_s=1.0), other).assumed
    given = CostModel(job_overhead_s=1.0, execution_overhead_s=0.0)
    assert not generation_of(given, other).assumed
    assert estimated(CostModel(), other).provenance.generation == "ibm_2025, assumed"
    assert estimated(CostModel(), MACHINE).provenance.generation == "ibm_2025"


def test_a_constant_that_the_model_gives_replaces_that_of_the_generation():
    found = generation_of(CostModel(job_overhead_s=7.0), MACHINE)
    assert found == replace(IBM_2025, job_overhead_s=7.0)


def test_a_job_of_primitives_has_ten_million_executions_and_no_limit_of_circuits():
    assert circuits_per_job(6.907755278982137, IBM_2025, 300) == 10_000  # the log of 1,000 shots
    assert circuits_per_job(50.0, IBM_2025, 300) == 1
    assert circuits_per_job(6.9, IBM_2023, 300) == 300
    assert circuits_per_job(6.9, replace(IBM_2025, circuits_per_job=True), 300) == 300


def test_both_times_are_there_under_either_total_and_agree():
    reports = {
        total: estimated(CostModel(total=total, shots=1000, faults="whole_circuit", idle="off"))
        for total in ("qpu", "effective")
    }
    circuit_s = 2 * 50e-9 + 1e-6  # RY is rz sx rz sx rz, then the readout
    effective_s = 90 * 1000 * circuit_s  # 3 circuits of 10 samples, 3 times
    for report in reports.values():
        assert report.time.effective_s == pytest.approx(effective_s)
        assert report.time.qpu_s == pytest.approx(
            effective_s
            + 90 * 1000 * (250e-6 + IBM_2025.execution_overhead_s)
            + 90 * IBM_2025.circuit_overhead_s
            + 9 * IBM_2025.job_overhead_s  # batches of 4, 4 and 2 samples are a job each
        )
    assert reports["qpu"].time.quantum_s == reports["qpu"].time.qpu_s
    assert reports["effective"].time.quantum_s == reports["effective"].time.effective_s


def test_without_noise_the_interval_is_that_of_the_generations_jobs_not_fitted():
    report = estimated(CostModel(idle="off"))
    assert report.time.qpu_low_s == pytest.approx(IBM_2025.low * report.time.qpu_s)
    assert report.time.qpu_high_s == pytest.approx(IBM_2025.high * report.time.qpu_s)


def test_a_session_is_billed_with_the_classical_time_between_its_jobs():
    half = ClassicalHalf(readout=(Dense(1, 1),))
    device = replace(DEVICE, launch_s=0.1, round_trip_s=2.0)
    times = {
        mode: CostEstimator(WITHOUT_NOISE, CostModel(mode=mode), device, WORK, 20e3)(
            ONE_RY, half
        ).time
        for mode in ("job", "batch", "session")
    }
    assert times["job"].billed_s == times["batch"].billed_s == times["job"].qpu_s
    # 9 steps of 17 kernels: 1 forward, 4 of the loss, 2 backward, 10 of Adam; and 9 jobs
    between_s = times["session"].billed_s - times["job"].billed_s
    assert between_s == pytest.approx(9 * 17 * 0.1 + 9 * 2.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"generation": "ibm_2024"}, r"cost_model.generation=ibm_2024 is unknown"),
        ({"total": "both"}, r"cost_model.total=both is unknown"),
        ({"mode": "sessions"}, r"cost_model.mode=sessions is unknown .did you mean session"),
        ({"job_overhead_s": -1.0}, r"cost_model.job_overhead_s=-1.0 is not accepted"),
    ],
)
def test_settings_of_jobs_that_make_no_sense_are_named(change, said):
    with pytest.raises(ConfigError, match=said):
        CostModel(**change)
