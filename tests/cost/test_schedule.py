"""Circuit time: by hand on small machines, and Qiskit's own estimate on every snapshot."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import efficient_su2
from qiskit.exceptions import QiskitError
from qiskit.transpiler import TranspilerError, generate_preset_pass_manager

from hybhanas.calibration import Calibration, RawCalibration, snapshot
from hybhanas.calibration.snapshot import Snapshot
from hybhanas.cost.physical import PhysicalCircuit, from_qiskit
from hybhanas.cost.schedule import schedule
from hybhanas.cost.target import build_target
from hybhanas.errors import CandidateError
from tests.helpers.synthetic import make_calibration, physical_circuit

PAIR = make_calibration()


def physical(*instructions: tuple[str, tuple[int, ...]]) -> PhysicalCircuit:
    return physical_circuit(instructions)


def test_parallel_gates_take_the_time_of_one_and_serial_time_is_their_sum():
    timed = schedule(physical(("sx", (0,)), ("sx", (1,)), ("measure", (0,))), PAIR)
    assert timed.duration_s == pytest.approx(1050e-9)
    assert timed.serial_s == pytest.approx(1100e-9)


def test_a_qubit_idles_between_its_first_and_last_instruction_only():
    circuit = physical(
        ("cz", (0, 1)),  # 0 to 100 ns
        ("sx", (0,)), ("sx", (0,)), ("sx", (0,)),  # qubit 0 to 250 ns, qubit 1 waits 150 ns
        ("cz", (0, 1)),
        ("sx", (0,)),  # qubit 1 is done: no window at the end
    )  # fmt: skip
    timed = schedule(circuit, PAIR)
    assert timed.duration_s == pytest.approx(400e-9)
    assert timed.idle == ((1, pytest.approx(150e-9), 4),)


def test_as_late_as_possible_waits_before_the_first_gate_and_takes_the_same_time():
    circuit = physical(
        ("sx", (1,)),  # asap at 0, alap right before the second cz
        ("sx", (0,)), ("sx", (0,)), ("cz", (0, 1)),
        ("measure", (0,)), ("measure", (1,)),
    )  # fmt: skip
    soon, late = schedule(circuit, PAIR), schedule(circuit, PAIR, "alap")
    assert soon.duration_s == late.duration_s == pytest.approx(1200e-9)
    assert soon.idle == ((1, pytest.approx(50e-9), 3),)
    assert late.idle == ()


def test_as_late_as_possible_waits_between_gates_instead_of_before_the_readout():
    circuit = physical(
        ("cz", (0, 1)), ("sx", (0,)), ("sx", (0,)), ("sx", (1,)), ("barrier", (0, 1)),
        ("measure", (0,)), ("measure", (1,)),
    )  # fmt: skip
    assert schedule(circuit, PAIR).idle == ((1, pytest.approx(50e-9), 6),)
    assert schedule(circuit, PAIR, "alap").idle == ((1, pytest.approx(50e-9), 3),)


def test_waiting_before_the_first_gate_is_not_idle_even_behind_a_virtual_one():
    circuit = physical(("rz", (1,)), ("sx", (0,)), ("cz", (0, 1)))
    assert schedule(circuit, PAIR).idle == ()


def test_a_barrier_makes_the_early_qubit_wait_for_its_readout():
    circuit = physical(
        ("sx", (0,)), ("sx", (1,)), ("sx", (1,)), ("barrier", (0, 1)),
        ("measure", (0,)), ("measure", (1,)),
    )  # fmt: skip
    timed = schedule(circuit, PAIR)
    assert timed.duration_s == pytest.approx(1100e-9)
    assert timed.idle == ((0, pytest.approx(50e-9), 4),)
    assert (circuit.depth, circuit.two_qubit_gates) == (3, 0)


def test_an_instruction_that_the_machine_lacks_is_named():
    with pytest.raises(CandidateError, match=r"synthetic has no cx on qubits \[0, 1\]"):
        schedule(physical(("cx", (0, 1))), PAIR)


def test_circuit_time_equals_qiskits_estimate_on_every_snapshot_on_which_that_works():
    compared = 0
    for name, backend_class in snapshot.backends().items():
        backend = backend_class()
        width = min(backend.num_qubits, 5)
        circuit = efficient_su2(width, reps=2, entanglement="circular" if width > 1 else "linear")
        circuit.measure_all()
        passes = generate_preset_pass_manager(1, backend=backend, seed_transpiler=1)
        try:
            transpiled = passes.run(circuit)
        except TranspilerError as error:  # its couplings mix CX and ECR, one direction each
            assert (name, "no rules are known" in error.message) == ("cairo", True)
            continue
        try:
            expected_s = transpiled.estimate_duration(backend.target)
        except QiskitError as error:
            assert "Duration not found" in str(error), name
            with pytest.raises(CandidateError, match="has no "):
                _time_s(transpiled, backend)
            continue
        assert _time_s(transpiled, backend) == pytest.approx(expected_s, rel=1e-9), name
        compared += 1
    assert compared >= 55


@pytest.mark.parametrize("name", ["brisbane", "torino", "boston", "nighthawk", "toronto"])
def test_on_a_repaired_machine_the_time_is_qiskits_for_the_target_that_is_transpiled_to(name):
    calibration = Calibration.load(Snapshot(snapshot=name))
    target, physical = build_target(calibration)
    circuit = efficient_su2(6, reps=2, entanglement="circular")
    circuit.measure_all()
    passes = generate_preset_pass_manager(2, target=target, seed_transpiler=1)
    transpiled = passes.run(circuit)
    duration_s = schedule(from_qiskit(transpiled, physical), calibration).duration_s
    assert duration_s == pytest.approx(transpiled.estimate_duration(target), rel=1e-9)


def _time_s(transpiled: QuantumCircuit, backend: object) -> float:
    circuit = from_qiskit(transpiled, tuple(range(backend.num_qubits)))
    return schedule(circuit, as_shipped(snapshot.read(backend))).duration_s


def as_shipped(raw: RawCalibration) -> Calibration:
    """A snapshot's values where there are any, none of them repaired."""
    return Calibration(
        name=raw.name,
        source=raw.source,
        date=raw.date,
        qubits={i: qubit for i, qubit in raw.qubits.items() if qubit.readout_s is not None},
        gates={
            name: {q: gate for q, gate in at.items() if gate.duration_s is not None}
            for name, at in raw.gates.items()
        },
        rep_delay_s=250e-6,
        max_circuits_per_job=raw.max_circuits_per_job,
    )
