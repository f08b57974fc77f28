"""Survival probabilities: products by hand, in logarithms."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybhanas.cost.noise import circuit_survival, relaxation
from hybhanas.cost.schedule import schedule
from hybhanas.errors import ConfigError
from tests.helpers.synthetic import make_calibration, physical_circuit

PAIR = make_calibration()
WAITING = physical_circuit(
    (
        ("cz", (0, 1)),
        *((("sx", (0,)),) * 20),  # qubit 1 waits 1 us
        ("barrier", (0, 1)),
        ("measure", (0,)),
        ("measure", (1,)),
    )
)


def of(idle: str):
    return circuit_survival(WAITING, PAIR, schedule(WAITING, PAIR), idle)


def test_gates_and_readout_multiply():
    assert math.exp(of("off").log_p_gate) == pytest.approx(0.99 * 0.999**20)
    assert math.exp(of("off").log_p_readout) == pytest.approx(0.98**2)
    assert of("off").log_p_idle == 0


def test_the_idle_forms_are_those_of_their_formulas():
    t1_s, t2_s, t_s = 100e-6, 80e-6, 1e-6
    expected = (1 + math.exp(-t_s / t1_s) + 2 * math.exp(-t_s / t2_s)) / 4
    assert math.exp(of("relaxation").log_p_idle) == pytest.approx(expected)
    assert of("t2").log_p_idle == pytest.approx(-t_s / t2_s)
    assert of("total_time").log_p_idle == pytest.approx(-(100e-9 + 1e-6 + 1e-6) / t2_s)


def test_an_unknown_form_is_named():
    with pytest.raises(ConfigError, match=r"cost_model.idle=relax .*did you mean relaxation"):
        of("relax")


@given(st.floats(0, 1), st.floats(1e-6, 1e-3), st.floats(0.01, 2))
def test_relaxation_falls_from_one_to_a_quarter(t_s, t1_s, ratio):
    fidelity = relaxation(t_s, t1_s, ratio * t1_s)
    assert 0.25 <= fidelity <= 1
    assert relaxation(0, t1_s, ratio * t1_s) == 1
    assert relaxation(t_s * 2, t1_s, ratio * t1_s) <= fidelity


def test_relaxation_is_the_entanglement_fidelity_of_aers_channel():
    from qiskit.quantum_info import process_fidelity
    from qiskit_aer.noise import thermal_relaxation_error

    for t1_s, t2_s, t_s in ((100e-6, 80e-6, 5e-6), (50e-6, 90e-6, 20e-6), (200e-6, 30e-6, 1e-6)):
        channel = thermal_relaxation_error(t1_s, t2_s, t_s)
        assert relaxation(t_s, t1_s, t2_s) == pytest.approx(process_fidelity(channel), abs=1e-9)
