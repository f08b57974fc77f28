"""Pauli paths: by hand on small circuits, and against Aer on real backends."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration, GateProperties
from hybhanas.calibration.snapshot import Snapshot
from hybhanas.cost.noise import circuit_survival
from hybhanas.cost.pauli_paths import observable_survival
from hybhanas.cost.schedule import schedule
from hybhanas.errors import CandidateError
from scripts.aer import NoisyCircuit
from scripts.validate_noise import shrinkage
from tests.helpers.synthetic import make_calibration, physical_circuit

PAIR = make_calibration(cz_error=0.03, sx_error=0.001)
ROTATED = [("sx", (0,)), ("rz", (0,)), ("sx", (0,))]  # RY by a free angle
BOTH = [*ROTATED, ("sx", (1,)), ("rz", (1,)), ("sx", (1,))]


def survival(steps, observables=((0,),), calibration=PAIR, idle="off"):
    circuit = physical_circuit(steps)
    timed = schedule(circuit, calibration)
    return observable_survival(circuit, calibration, timed, idle, observables, seed=1)


def test_one_rotated_qubit_loses_twice_the_error_of_each_gate_and_of_its_readout():
    chance = survival([*ROTATED, ("measure", (0,))])
    assert math.exp(chance.log_p_gate) == pytest.approx((1 - 2 * 0.001) ** 2)
    assert math.exp(chance.log_p_readout) == pytest.approx(1 - 2 * 0.02)
    assert chance.log_p_idle == 0


def test_a_fault_outside_the_light_cone_costs_nothing():
    gates = dict(PAIR.gates)
    gates["sx"] = {(0,): GateProperties(50e-9, 0.001), (1,): GateProperties(50e-9, 0.4)}
    steps = [*BOTH, ("measure", (0,)), ("measure", (1,))]
    noisy = replace(PAIR, gates=gates)
    assert survival(steps, calibration=noisy).log_p_gate == survival(steps).log_p_gate
    assert survival(steps, ((1,),), calibration=noisy).log_p_gate < -1


def test_a_cz_after_which_z_is_measured_commutes_but_its_noise_counts():
    chance = survival([*BOTH, ("cz", (0, 1)), ("measure", (0,))])
    # Z stays Z: the CZ takes 4/3 of its error, then two SX on qubit 0 alone
    assert math.exp(chance.log_p_gate) == pytest.approx((1 - 0.04) * (1 - 0.002) ** 2)


def test_a_product_of_two_observables_reads_both():
    chance = survival([*BOTH, ("measure", (0,)), ("measure", (1,))], ((0, 1),))
    assert math.exp(chance.log_p_readout) == pytest.approx((1 - 0.04) ** 2)
    assert math.exp(chance.log_p_gate) == pytest.approx((1 - 0.002) ** 4)


def test_fixed_gates_that_cancel_leave_only_their_noise():
    steps = [*ROTATED, ("cz", (0, 1)), ("cz", (0, 1)), ("sx", (0,)), ("rz", (0,)), ("sx", (0,))]
    chance = survival([*steps, ("measure", (0,))])
    assert (1 - 0.04) ** 2 * 0.99 < math.exp(chance.log_p_gate) < 1 - 0.002 * 2


def test_an_idle_z_decays_with_t1_and_a_superposition_with_t2():
    waiting = [("cz", (0, 1)), *[("sx", (1,))] * 20, ("barrier", (0, 1)), ("measure", (0,))]
    chance = survival(waiting, idle="relaxation")
    assert chance.log_p_idle == pytest.approx(-1e-6 / 100e-6)
    assert survival(waiting, idle="t2").log_p_idle == pytest.approx(-1e-6 / 80e-6)
    assert survival(waiting, idle="off").log_p_idle == 0


@pytest.mark.parametrize("after", [("sx", (0,)), ("measure", (0,)), ("cz", (0, 1))])
def test_a_qubit_that_is_used_after_its_measurement_is_refused(after):
    with pytest.raises(CandidateError, match=f"{after[0]} uses a qubit after its measurement"):
        survival([*BOTH, ("measure", (0,)), after, ("measure", (1,))])
    # gates on other qubits may come later
    survival([*BOTH, ("measure", (0,)), ("sx", (1,)), ("measure", (1,))], ((0,), (1,)))


def test_without_noise_everything_survives():
    perfect = make_calibration(sx_error=0.0, cz_error=0.0, readout_error=0.0)
    chance = survival([*BOTH, ("cz", (0, 1)), *BOTH, ("measure", (0,))], calibration=perfect)
    assert chance.log_p == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("backend", "architecture"),
    [
        ("torino", Architecture(qubits=3, depth=2, entanglement="ring")),
        ("brisbane", Architecture(qubits=4, depth=2, entanglement="linear", entangler="cz")),
        ("fez", Architecture(qubits=4, depth=3, entanglement="star", rotations="ry_rz")),
    ],
    ids=str,
)
@pytest.mark.parametrize("idle", [False, True])
def test_on_real_backends_it_is_what_aer_shows_within_six_percent(backend, architecture, idle):
    calibration = Calibration.load(Snapshot(snapshot=backend))
    noisy = NoisyCircuit(calibration, architecture)
    form = "relaxation" if idle else "off"
    chance = observable_survival(
        noisy.circuit, calibration, noisy.timed, form, noisy.observables, seed=1
    )
    seen, _ = shrinkage(noisy, idle, draws=8)
    assert math.exp(chance.log_p) == pytest.approx(seen, rel=0.06)


def test_where_everything_reaches_the_observable_both_forms_are_close():
    circuit = physical_circuit([*ROTATED, ("measure", (0,))])
    timed = schedule(circuit, PAIR)
    whole = circuit_survival(circuit, PAIR, timed, "off").log_p_gate
    assert survival([*ROTATED, ("measure", (0,))]).log_p_gate == pytest.approx(2 * whole, rel=0.01)


def test_one_seed_gives_one_result():
    steps = [*BOTH, ("cz", (0, 1)), *BOTH, ("measure", (0,)), ("measure", (1,))]
    assert survival(steps) == survival(steps)
    assert np.isfinite(survival(steps).log_p)
