"""The unified cost: by hand on a small machine, its parts, and its range."""

from __future__ import annotations

import math
from dataclasses import astuple, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration
from hybhanas.circuit import Circuit, lay_out
from hybhanas.cost.classical_half import ClassicalHalf, Dense, Function
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import Device, Workload
from hybhanas.cost.report import CostReport
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.gates import Gate
from tests.helpers.settings import cost_model, everything
from tests.helpers.synthetic import make_calibration

MODEL = cost_model(
    name="effective_time", total="effective",
    faults="whole_circuit", idle="off", sampling_exponent=1, shots=1000, optimization_level=1,
)  # fmt: skip
QPU_TIME = replace(
    MODEL, name="qpu_time", total="qpu", generation="ibm_2023", job_overhead_s=2.0,
    circuit_overhead_s=0.0, execution_overhead_s=0.0, program_loading_s=20e-6,
)  # fmt: skip
DEVICE = Device(name="slow", peak_flops_per_s=1e9, utilisation=0.5, power_w=200.0, source="test")
WORK = Workload(samples=10, epochs=3, batch_size=4)
LINE = make_calibration(4, ((0, 1), (1, 2), (2, 3)), max_circuits_per_job=30)
DENSE = ClassicalHalf(readout=(Dense(25, 10),))
LAYERS = ClassicalHalf((Dense(4, 2), Function("tanh", 2)), (Dense(2, 3),), 2, 4, 2)
SLOW = ClassicalHalf(readout=(Dense(10**5, 5000),))
ONE_RY = Circuit(1, (Gate("ry", (0,), weight=0),), ((0,),), inputs=0, weights=1)


def test_a_single_rotation_costs_what_a_hand_calculation_says():
    report = CostEstimator(LINE, MODEL, DEVICE, WORK, 20e3)(ONE_RY, DENSE)
    circuit_s = 2 * 50e-9 + 1e-6  # RY is rz sx rz sx rz, then the readout
    p = 0.999**2 * 0.98
    executions = 10 * 3 * (1 + 2)
    assert report.circuit.time_s == pytest.approx(circuit_s)
    assert report.noise.p_survival == pytest.approx(p)
    assert report.executions.circuits == executions
    assert report.executions.shots_effective == pytest.approx(1000 / p)
    assert report.time.quantum_training_s == pytest.approx(executions * 1000 / p * circuit_s)
    assert report.time.quantum_inference_s == pytest.approx(1000 / p * circuit_s)
    # A sample: 2 x 25 x 10 operations forward, as many for the weights' gradients, 10 for those of
    # the bias, 4 x 10 for the loss. A step, of which an epoch has 3: 10 a parameter for Adam.
    operations = 3 * (10 * (500 + 500 + 10 + 40) + 3 * 10 * 260)
    assert report.time.classical_training_s == pytest.approx(operations / 0.5e9)
    assert report.time.total_s == pytest.approx(report.time.quantum_s + report.parts.classical_s)


def test_qpu_time_adds_delay_loading_and_jobs():
    report = CostEstimator(LINE, QPU_TIME, DEVICE, WORK, 20e3)(ONE_RY)
    assert report.executions.rep_delay_s == 250e-6
    # batches of 4, 4 and 2 samples, 3 circuits each, fit one job of 30 circuits each
    assert report.executions.jobs == 3 * 3
    assert report.parts.job_s == pytest.approx(9 * 2.0)
    assert report.parts.program_loading_s == 0  # nothing to load but one-qubit gates
    assert report.parts.repetition_delay_s == pytest.approx(90 * 1000 * 250e-6)


def test_a_batch_with_more_circuits_than_a_job_holds_takes_several_jobs():
    calibration = replace(LINE, max_circuits_per_job=5)
    report = CostEstimator(calibration, QPU_TIME, DEVICE, WORK, 20e3)(ONE_RY)
    assert report.executions.jobs == 3 * (3 + 3 + 2)  # 12, 12 and 6 circuits in jobs of 5


def test_energy_is_power_times_time_of_machine_and_device_and_latency_one_inference():
    report = CostEstimator(LINE, QPU_TIME, DEVICE, WORK, 20e3)(ONE_RY, SLOW)
    joules = 20e3 * report.time.quantum_training_s + 200 * report.time.classical_training_s
    assert report.energy.total_j == pytest.approx(joules)
    assert 10**report.energy.log10_total_j == pytest.approx(joules)
    both_s = report.time.quantum_inference_s + report.time.classical_inference_s
    assert report.time.latency_s == pytest.approx(both_s)
    assert (
        report.time.latency_s > 2.0 + 2.0
    )  # a job's overhead, and 1e9 operations at 0.5e9 a second


def test_loading_counts_where_it_takes_longer_than_the_shots_beside_it():
    pair = lay_out(Architecture(qubits=2, entanglement="linear", entangler="cz"))
    reports = {
        loading_s: CostEstimator(
            LINE, replace(QPU_TIME, program_loading_s=loading_s), DEVICE, WORK, 20e3
        )(pair, 0)
        for loading_s in (0.0, 0.1, 7.0)
    }
    shots_s = reports[0.0].executions.shots_effective * (reports[0.0].circuit.time_s + 250e-6)
    assert 0.1 < shots_s < 7
    assert reports[0.1].time.total_s == reports[0.0].time.total_s
    runs = reports[7.0].executions.circuits
    assert reports[7.0].parts.program_loading_s == pytest.approx(runs * (7.0 - shots_s))
    assert reports[7.0].time.total_s - reports[0.0].time.total_s == pytest.approx(
        runs * (7.0 - shots_s)
    )


def test_overheads_of_shots_and_circuits_are_added():
    model = replace(QPU_TIME, execution_overhead_s=10e-6, circuit_overhead_s=0.05)
    plain, slower = (CostEstimator(LINE, m, DEVICE, WORK, 20e3)(ONE_RY) for m in (QPU_TIME, model))
    assert slower.parts.program_loading_s == pytest.approx(
        plain.parts.program_loading_s + 90 * 0.05
    )
    assert slower.parts.repetition_delay_s == pytest.approx(90 * 1000 * 260e-6)
    added_s = 90 * (0.05 + plain.executions.shots_effective * 10e-6)
    assert slower.time.total_s == pytest.approx(plain.time.total_s + added_s)


def test_of_several_layouts_the_cheapest_is_kept_and_their_spread_told():
    brisbane = Calibration.load("ibm_brisbane")
    circuit = lay_out(Architecture(qubits=5, entanglement="full"))
    alone = [
        CostEstimator(brisbane, replace(MODEL, transpiler_seed=seed), DEVICE, WORK, 20e3)(
            circuit, 0
        )
        for seed in (3, 4, 5)
    ]
    model = replace(MODEL, transpiler_seed=3, layouts=3)
    best = CostEstimator(brisbane, model, DEVICE, WORK, 20e3)(circuit)
    costs = [report.time.log10_total_s for report in alone]
    assert best.time.log10_total_s == min(costs)
    assert best.time.log10_total_spread == pytest.approx(max(costs) - min(costs))
    assert best.provenance.transpiler_seed == 3 + costs.index(min(costs))
    assert len(set(costs)) > 1


def test_inputs_are_not_shifted_where_nothing_before_the_circuit_is_trained():
    # RY of an input and RY of a weight on one qubit: 1 + 2 x 2 circuits, without the input's 1 + 2
    estimator = CostEstimator(LINE, MODEL, DEVICE, WORK, 20e3)
    trained, direct = (
        estimator(lay_out(Architecture(qubits=1, encoding="rx", rotations="ry", encoder=e)))
        for e in ("linear", "none")
    )
    assert trained.executions.circuits_per_sample == 5
    assert direct.executions.circuits_per_sample == 3


def test_a_known_circuit_is_answered_from_memory():
    estimator = CostEstimator(LINE, MODEL, DEVICE, WORK, 20e3)
    assert estimator(ONE_RY, DENSE) is estimator(ONE_RY, DENSE)
    assert estimator(ONE_RY, DENSE) is not estimator(ONE_RY, LAYERS)


def test_a_circuit_is_laid_out_once_for_all_classical_layers():
    """Without its transpilers an estimator still costs a known circuit, between other layers."""
    estimator = CostEstimator(LINE, MODEL, DEVICE, WORK, 20e3)
    first = estimator(ONE_RY, DENSE)
    estimator._transpilers = estimator._unrouted = {}
    second = estimator(ONE_RY, SLOW)
    assert second == CostEstimator(LINE, MODEL, DEVICE, WORK, 20e3)(ONE_RY, SLOW)
    assert (second.circuit, second.noise) == (first.circuit, first.noise)
    assert second.time.classical_training_s > first.time.classical_training_s


def test_a_circuit_is_laid_out_once_for_both_totals():
    one = CostEstimator(LINE, QPU_TIME, DEVICE, WORK, 20e3)
    other = one.with_total("effective_time", "effective")
    model = replace(QPU_TIME, name="effective_time", total="effective")
    assert one(ONE_RY, DENSE).time.log10_total_s > other(ONE_RY, DENSE).time.log10_total_s
    assert other(ONE_RY, DENSE) == CostEstimator(LINE, model, DEVICE, WORK, 20e3)(ONE_RY, DENSE)
    assert other._layouts_of(ONE_RY) is one._layouts_of(ONE_RY)


def test_squared_sampling_needs_the_square_of_the_extra_shots():
    once = CostEstimator(LINE, MODEL, DEVICE, WORK, 20e3)(ONE_RY)
    twice = CostEstimator(LINE, replace(MODEL, sampling_exponent=2), DEVICE, WORK, 20e3)(ONE_RY)
    assert twice.executions.shots_effective / 1000 == pytest.approx(
        (once.executions.shots_effective / 1000) ** 2
    )


def test_routing_is_the_time_over_an_all_to_all_machine_and_its_added_gates():
    star = lay_out(Architecture(qubits=4, entanglement="full", entangler="cz"))
    report = CostEstimator(LINE, MODEL, DEVICE, WORK, 20e3)(star, 0)
    assert report.circuit.added_two_qubit_gates > 0
    assert report.circuit.routing_s == pytest.approx(
        report.circuit.time_s - report.circuit.all_to_all_s
    )
    assert report.circuit.routing_s > 0
    everywhere = make_calibration(4, [(i, j) for i in range(4) for j in range(i)])
    report = CostEstimator(everywhere, MODEL, DEVICE, WORK, 20e3)(star, 0)
    assert report.circuit.added_two_qubit_gates == 0


SPACE = everything(qubits=(1, 2, 3, 4))
genomes = st.tuples(*(st.integers(0, count - 1) for count in SPACE.choices))


@settings(max_examples=40)
@given(
    genomes,
    st.sampled_from([MODEL, QPU_TIME]),
    st.sampled_from(["training", "inference"]),
    st.sampled_from(["scheduled", "serial"]),
    st.sampled_from(["relaxation", "t2", "total_time", "off"]),
    st.sampled_from(["whole_circuit", "observable"]),
)
def test_the_parts_add_up_to_the_total(genome, model, phase, timing, idle, faults):
    model = replace(model, phase=phase, timing=timing, idle=idle, faults=faults)
    circuit = lay_out(SPACE.decode(genome))
    report = CostEstimator(LINE, model, DEVICE, WORK, 20e3)(circuit, LAYERS)
    assert sum(astuple(report.parts)) == pytest.approx(report.time.total_s, rel=1e-9)
    assert report.time.total_s == pytest.approx(10**report.time.log10_total_s, rel=1e-9)
    assert report.circuit.scheduled_s <= report.circuit.serial_s * (1 + 1e-12)
    assert all(part >= 0 for part in astuple(report.parts))
    assert CostReport.from_dict(report.to_dict()) == report


@pytest.mark.parametrize("faults", ["whole_circuit", "observable"])
def test_a_circuit_of_127_qubits_and_depth_20000_has_finite_logarithms(faults):
    calibration = Calibration.load("ibm_brisbane")
    model = replace(MODEL, faults=faults, idle="relaxation", sampling_exponent=2)
    pairs = [at for at in calibration.gates["ecr"] if at[0] % 2 == 0][:20]
    from hybhanas.cost.schedule import schedule
    from hybhanas.cost.survival import survival_of
    from hybhanas.cost.unified import Layout, unified_cost
    from tests.helpers.synthetic import physical_circuit

    layer = [("sx", pair[:1]) for pair in pairs] + [("ecr", at) for at in pairs]
    measured = [("measure", (q,)) for q in range(127)]
    physical = physical_circuit((*(layer * 10_000), *measured))
    assert physical.depth >= 20_000
    timed = schedule(physical, calibration)
    layout = Layout(
        qubits=127, circuits_per_sample=1, circuits_per_sample_separate=1,
        physical=physical, timed=timed,
        survival=survival_of(physical, timed, calibration, model, None, bare=True),
        all_to_all_s=1e-3, added_two_qubit_gates=0, transpiler_seed=1,
    )  # fmt: skip
    report = unified_cost(layout, LAYERS, calibration, model, DEVICE, WORK, 20e3)
    assert report.noise.log10_p_survival < -500
    assert 1000 < report.time.log10_total_s < 1e5
    assert report.energy.log10_total_j == pytest.approx(
        report.time.log10_total_s + math.log10(20e3)
    )
    assert math.isinf(report.time.total_s)
    assert report.to_dict()["time"]["total_s"] is None


def test_too_many_qubits_for_the_machine_is_a_candidates_error():
    with pytest.raises(CandidateError, match="5 qubits are more than the 4 usable ones"):
        CostEstimator(LINE, MODEL, DEVICE, WORK, 20e3)(lay_out(Architecture(qubits=5)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"phase": "train"}, r"cost_model.phase=train is unknown .did you mean training"),
        ({"shots": 0}, r"cost_model.shots=0 is not accepted: at least 1"),
        (
            {"gradient": "adjoint"},
            r"cost_model.gradient=adjoint is not accepted: it needs the ampl",
        ),
        ({"gradient": "shift"}, r"cost_model.gradient=shift is unknown"),
        ({"spsa_repeats": 0}, r"cost_model.spsa_repeats=0 is not accepted: at least 1"),
        ({"sampling_exponent": 3}, r"cost_model.sampling_exponent=3"),
        ({"optimization_level": 4}, r"cost_model.optimization_level=4"),
    ],
)
def test_settings_that_make_no_sense_are_named(change, message):
    with pytest.raises(ConfigError, match=message):
        replace(MODEL, **change)
    with pytest.raises(ConfigError, match=r"device.utilisation=1.5"):
        replace(DEVICE, utilisation=1.5)


def test_this_machine_measures_its_own_throughput():
    host = Device.preset("host")
    assert host.peak_flops_per_s is not None
    assert 1e8 < host.peak_flops_per_s < 1e15
    given = Device.preset("host", peak_flops_per_s=1e12)
    assert given.peak_flops_per_s == 1e12
