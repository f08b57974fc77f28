"""What a machine runs of a circuit: resets, delays, unused qubits, layouts, observables."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import RYGate, efficient_su2
from qiskit.quantum_info import SparsePauliOp

from hybhanas.calibration import Calibration
from hybhanas.calibration.snapshot import Snapshot, backends
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.gradient import plan
from hybhanas.cost.model import Device, Workload
from hybhanas.errors import CandidateError
from hybhanas.straight_line import straight_line
from tests.helpers.settings import cost_model
from tests.helpers.synthetic import make_calibration

# sx 50 ns, error 0.001; cz 100 ns, 0.01; readout 1 us, 0.02; T1 100 us, T2 80 us
LINE = make_calibration(4, ((0, 1), (1, 2), (2, 3)))
WORK = Workload(samples=1, epochs=1, batch_size=1)
DEVICE = Device(name="slow", peak_flops_per_s=1e9, power_w=200.0)


def estimator(calibration=LINE, **changes) -> CostEstimator:
    changes = {"optimization_level": 1, "phase": "inference"} | changes
    return CostEstimator(calibration, cost_model(**changes), DEVICE, WORK, 25e3)


def tilted(qubits: int, bits: int = 0) -> QuantumCircuit:
    """RY on each qubit, so that each Z has a value."""
    circuit = QuantumCircuit(qubits, bits)
    for qubit in range(qubits):
        circuit.ry(0.4, qubit)
    return circuit


def test_a_delay_adds_its_time_and_its_decay():
    waiting = QuantumCircuit(1, 1)
    waiting.sx(0)
    waiting.rz(0.3, 0)
    waiting.sx(0)
    still = waiting.copy()
    waiting.delay(8, 0, "us")
    for circuit in (waiting, still):
        circuit.measure(0, 0)
    report, plain = (estimator().estimate(circuit) for circuit in (waiting, still))
    assert report.circuit.time_s - plain.circuit.time_s == pytest.approx(8e-6)
    assert report.circuit.serial_s - plain.circuit.serial_s == pytest.approx(8e-6)
    assert report.noise.p_idle == pytest.approx(math.exp(-8e-6 / 100e-6))  # Z decays by T1


def test_cycles_are_read_by_the_machines_own_clock():
    circuit = tilted(1, 1)
    circuit.delay(1000, 0, "dt")
    circuit.measure(0, 0)
    with pytest.raises(CandidateError, match="waits for 1000 dt, and the calibration does not say"):
        estimator().estimate(circuit)
    timed = estimator(replace(LINE, dt_s=2e-9)).estimate(circuit)
    assert timed.circuit.time_s == pytest.approx(1e-6 + 2 * 50e-9 + 1000 * 2e-9)


def test_every_shipped_backend_that_counts_in_cycles_says_how_long_one_is():
    assert (
        Calibration.load(Snapshot(snapshot="brisbane")).dt_s == backends()["brisbane"]().target.dt
    )


def test_resets_of_fresh_qubits_cost_nothing_and_others_a_readout_and_a_flip():
    fresh = QuantumCircuit(1, 1)
    fresh.reset(0)
    fresh.ry(0.4, 0)
    fresh.measure(0, 0)
    plain = tilted(1, 1)
    plain.measure(0, 0)
    assert estimator().estimate(fresh) == estimator().estimate(plain)
    reused = tilted(1, 2)
    reused.measure(0, 0)
    reused.reset(0)
    reused.ry(0.4, 0)
    reused.measure(0, 1)
    report, once = estimator().estimate(reused), estimator().estimate(plain)
    # twice the circuit, and 1 us + 50 ns between
    assert report.circuit.time_s == pytest.approx(2 * once.circuit.time_s + 1.05e-6)
    # the first value loses nothing by the reset, the second one a readout error more
    p = once.noise.p_survival
    assert report.noise.p_survival == pytest.approx((p + p * (1 - 2 * 0.02)) / 2, rel=1e-3)


def test_a_reset_takes_what_the_backend_says_it_takes():
    backend = backends()["brisbane"]()
    raw = {q[0]: p.duration for q, p in backend.target["reset"].items() if p and p.duration}
    calibration = Calibration.load(Snapshot(snapshot="brisbane"))
    from hybhanas.cost.schedule import reset_properties

    assert {q: reset_properties(calibration, q).duration_s for q in raw} == raw


def test_unused_qubits_are_neither_measured_nor_laid_out():
    wide = QuantumCircuit(4, 4)
    wide.ry(0.4, 0)
    wide.cx(0, 2)
    narrow = wide.copy()
    wide.measure(range(4), range(4))
    narrow.measure([0, 2], [0, 2])
    for circuit in (wide, narrow):
        assert estimator().estimate(circuit).circuit.qubits == 2
    assert estimator().estimate(wide).noise == estimator().estimate(narrow).noise
    unmeasured = wide.copy()
    unmeasured.remove_final_measurements()
    noise = estimator().estimate(unmeasured).noise
    assert noise.p_readout == estimator().estimate(narrow).noise.p_readout


def test_a_circuit_that_only_measures_takes_a_readout_and_keeps_what_that_leaves():
    circuit = QuantumCircuit(3, 2)
    circuit.measure([0, 1], [0, 1])
    report = estimator().estimate(circuit)
    assert report.circuit.qubits == 2
    assert report.circuit.time_s == pytest.approx(1e-6)
    assert report.noise.p_survival == pytest.approx(
        1 - 2 * 0.02
    )  # a flip of 2 % takes twice from Z


def test_a_circuit_with_nothing_to_run_is_refused():
    with pytest.raises(CandidateError, match="^the circuit has no gate and measures nothing$"):
        estimator().estimate(QuantumCircuit(2, 2))


def test_observables_are_read_from_the_bits_they_name():
    circuit = tilted(2, 4)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [3, 1])
    qubits = {i: replace(q, readout_error=0.1 * i) for i, q in LINE.qubits.items()}
    calibration = replace(LINE, qubits=qubits)
    seen = [
        estimator(calibration).estimate(circuit, observables=[product]).noise.p_readout
        for product in ((3,), (1,), (1, 3))
    ]
    assert seen[2] == pytest.approx(seen[0] * seen[1])
    assert seen[0] != pytest.approx(seen[1])
    with pytest.raises(CandidateError, match="reads classical bit 0, into which nothing is"):
        estimator().estimate(circuit, observables=[(0,)])


def ghz(qubits: int) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits)
    circuit.h(0)
    for qubit in range(1, qubits):
        circuit.cx(qubit - 1, qubit)
    return circuit


def qft(qubits: int) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits)
    for qubit in range(qubits):
        circuit.h(qubit)
        for other in range(qubit + 1, qubits):
            circuit.cp(math.pi / 2 ** (other - qubit), other, qubit)
    return circuit


@pytest.mark.parametrize("circuit", [ghz(3), ghz(4), qft(3), qft(4)])
def test_where_every_measured_z_is_0_the_report_says_so(circuit):
    report = estimator().estimate(circuit)
    assert "every observable is 0" in report.provenance.p_survival_is
    whole = estimator(faults="whole_circuit").estimate(circuit)
    assert report.noise == whole.noise
    assert "every observable" not in whole.provenance.p_survival_is


def test_other_observables_of_a_ghz_state_survive_by_themselves():
    report = estimator().estimate(ghz(3), observables=["IZZ", "ZZI"])
    assert report.executions.circuits == 1
    # two gates on each pair of neighbours at most, and two readouts
    assert report.noise.p_readout == pytest.approx(0.96**2)
    assert 0.9 < report.noise.p_gate < 1
    both = estimator().estimate(ghz(3), observables=["IZZ", "XXX"])
    assert both.executions.circuits == 2  # two bases
    assert both.noise.p_readout == pytest.approx(0.96**3)  # of the more expensive one
    assert both.time.total_s > report.time.total_s
    terms = SparsePauliOp(["IZZ", "XXX", "III"], [0.5, -2, 1])
    assert estimator().estimate(ghz(3), observables=terms) == both


@pytest.mark.parametrize(
    ("observables", "message"),
    [
        (["ZZ"], "observable ZZ is not accepted: a letter I, X, Y or Z for each of the 3 qubits"),
        (["ZZA"], "observable ZZA is not accepted"),
        (["III"], "the only observable is the identity"),
    ],
)
def test_observables_of_another_circuit_are_refused(observables, message):
    with pytest.raises(CandidateError, match=message):
        estimator().estimate(ghz(3), observables=observables)


def test_parameters_in_blocks_count_as_they_do_outside_of_them():
    written_out = efficient_su2(3, reps=1)
    written_out.measure_all()
    block = QuantumCircuit(3)
    block.append(efficient_su2(3, reps=1).to_gate(), range(3))
    block.measure_all()
    one, other = (straight_line(circuit).circuit for circuit in (block, written_out))
    assert plan(one).separate_circuits == plan(other).separate_circuits == 2 * 12
    assert plan(one).circuits == plan(other).circuits


def test_a_doubly_controlled_rotation_is_shifted_as_a_whole():
    circuit = QuantumCircuit(3)
    circuit.h([0, 1])
    circuit.append(RYGate(Parameter("a")).control(2), [0, 1, 2])
    circuit.measure_all()
    report = estimator(phase="training").estimate(circuit)
    assert report.executions.circuits_per_sample == 1 + 4


def test_qubits_that_only_wait_are_left_out_as_what_a_scheduler_fills_up():
    circuit = QuantumCircuit(4)
    circuit.h(1)
    circuit.cx(1, 2)
    circuit.barrier()
    circuit.delay(100, [0, 3], "ns")
    circuit.id(3)
    line = straight_line(circuit)
    assert line.origin == (1, 2)
    assert "delay" not in line.circuit.count_ops()


@pytest.mark.parametrize(("end", "rounds"), [("break_loop", 1), ("continue_loop", 3)])
def test_a_loop_ends_where_it_says_so(end, rounds):
    circuit = QuantumCircuit(1)
    with circuit.for_loop(range(3)):
        circuit.h(0)
        getattr(circuit, end)()
        circuit.x(0)
    assert straight_line(circuit).circuit.count_ops() == {
        "h": rounds, "measure": 1, "barrier": 1,
    }  # fmt: skip
