"""Repair: every bad value is excluded, replaced or refused, counted and named."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybhanas.calibration import GateProperties, Qubit, RawCalibration, Repair, repaired
from hybhanas.calibration.calibration import fully_connected
from hybhanas.calibration.record import IBM_SOURCES
from hybhanas.errors import ConfigError
from tests.helpers.synthetic import make_calibration, make_raw

LINE = make_raw(3, ((0, 1), (1, 2)))


def with_gate(name: str, at: tuple[int, ...], **change: float | None) -> RawCalibration:
    gates = {gate: dict(places) for gate, places in LINE.gates.items()}
    gates[name][at] = replace(gates[name][at], **change)
    return replace(LINE, gates=gates)


def with_qubit(index: int, **change: float | None) -> RawCalibration:
    return replace(LINE, qubits=LINE.qubits | {index: replace(LINE.qubits[index], **change)})


def test_a_sound_calibration_is_left_as_it_is():
    calibration = repaired(LINE)
    assert vars(calibration) == vars(LINE)


def test_a_two_qubit_gate_of_error_one_is_excluded_alone():
    calibration = repaired(with_gate("cz", (0, 1), error=1.0))
    assert (0, 1) not in calibration.gates["cz"]
    assert (1, 0) in calibration.gates["cz"]
    assert [str(r) for r in calibration.repairs] == ["cz error >= 1: excluded 1 gate (0-1)"]


def test_a_qubit_whose_one_qubit_gate_is_broken_is_excluded_with_its_gates():
    calibration = repaired(with_gate("sx", (2,), error=None))
    assert calibration.qubits.keys() == {0, 1}
    assert calibration.excluded == {2}
    assert set(calibration.gates["cz"]) == {(0, 1), (1, 0)}
    assert [str(r) for r in calibration.repairs] == ["sx error missing: excluded 1 qubit (2)"]


@pytest.mark.parametrize("policy", ["exclude", "median"])
def test_a_qubit_that_its_source_reports_as_faulty_is_excluded_with_its_gates(policy):
    qubits = {0: LINE.qubits[0], 1: LINE.qubits[1]}
    calibration = repaired(replace(LINE, qubits=qubits, excluded=frozenset({2})), policy)
    assert calibration.qubits.keys() == {0, 1}
    assert calibration.excluded == {2}
    assert set(calibration.gates["cz"]) == {(0, 1), (1, 0)}
    assert str(calibration.repairs[0]) == "reported as not operational: excluded 1 qubit (2)"


def test_the_median_policy_keeps_the_place_and_takes_the_median_of_the_others():
    calibration = repaired(with_gate("cz", (0, 1), duration_s=-1.0), "median")
    assert calibration.gates["cz"][0, 1] == GateProperties(100e-9, 0.01)
    calibration = repaired(with_qubit(1, t1_s=None), "median")
    assert calibration.qubits[1].t1_s == 100e-6


def test_the_fail_policy_names_everything_bad():
    with pytest.raises(ConfigError, match=r"calibration.policy=fail.*T1 missing: excluded 1 qubit"):
        repaired(with_qubit(1, t1_s=None), "fail")


def test_t2_above_twice_t1_is_clipped():
    calibration = repaired(with_qubit(0, t2_s=300e-6))
    assert calibration.qubits[0].t2_s == 200e-6
    assert str(calibration.repairs[0]) == "T2 > 2 T1: clipped to 2 T1 on 1 qubit (0)"


def test_the_text_of_a_repair_counts_all_places_and_names_three():
    everywhere = repaired(make_raw(5, ((0, 1), (1, 2)), t2_s=300e-6))
    assert str(everywhere.repairs[0]) == "T2 > 2 T1: clipped to 2 T1 on 5 qubits (0, 1, 2, ...)"
    assert everywhere.repairs[0].places == ("0", "1", "2", "3", "4")


@pytest.mark.parametrize("source", sorted(IBM_SOURCES))
def test_durations_of_ibms_sixteen_times_too_long_are_divided_by_sixteen(source):
    slow = make_raw(sx_s=16 * 36e-9, cz_s=16 * 100e-9, readout_s=16e-6)
    calibration = repaired(replace(slow, source=source))
    assert calibration.gates["sx"][0,].duration_s == pytest.approx(36e-9)
    assert calibration.gates["cz"][0, 1].duration_s == pytest.approx(100e-9)
    assert calibration.qubits[0].readout_s == pytest.approx(1e-6)


def test_slow_gates_of_others_are_kept_and_reported_unless_the_qubits_live_as_long_as_ions():
    kept = repaired(make_raw(sx_s=576e-9))
    assert kept.gates["sx"][0,].duration_s == 576e-9
    assert [str(r) for r in kept.repairs] == ["one-qubit gates take 576 ns: kept, as in the source"]
    ions = make_raw(sx_s=130e-6, cz_s=970e-6, t1_s=100.0, t2_s=1.0)
    assert repaired(ions).repairs == ()


def test_repairs_that_the_reader_of_a_source_made_are_kept_and_come_first():
    read = Repair("no limit of circuits per job", "set to 300")
    calibration = repaired(replace(with_qubit(0, t2_s=300e-6), repairs=(read,)))
    assert calibration.repairs[0] == read
    assert len(calibration.repairs) == 2


def test_machine_values_come_from_the_fallback_or_are_an_error_that_names_the_setting():
    without = replace(LINE, rep_delay_s=None)
    assert repaired(without, "exclude", fallback_rep_delay_s=1e-4).rep_delay_s == 1e-4
    with pytest.raises(ConfigError, match=r"calibration\.fallback_rep_delay_s"):
        repaired(without)
    without = make_raw(readout_s=None)
    with pytest.raises(ConfigError, match=r"calibration\.fallback_readout_s"):
        repaired(without)
    assert repaired(without, "exclude", fallback_readout_s=1e-6).qubits[0].readout_s == 1e-6


def test_a_machine_of_which_nothing_is_left_is_an_error():
    with pytest.raises(ConfigError, match="no usable two-qubit gate"):
        repaired(make_raw(cz_error=1.0))
    with pytest.raises(ConfigError, match="no usable qubit"):
        repaired(make_raw(readout_error=0.5))


def test_an_unknown_policy_is_named():
    with pytest.raises(ConfigError, match=r"calibration.policy=medain.*did you mean median"):
        repaired(LINE, "medain")


values = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True), st.floats(0, 1e-3))


@given(
    st.lists(st.tuples(values, values), min_size=8, max_size=8),
    st.lists(st.tuples(values, values, values, values), min_size=3, max_size=3),
    st.sampled_from(["exclude", "median"]),
)
def test_whatever_comes_in_what_comes_out_is_possible(gate_values, qubit_values, policy):
    gates = {name: dict(at) for name, at in LINE.gates.items()}
    places = [("sx", (i,)) for i in range(3)] + [("cz", at) for at in LINE.gates["cz"]]
    for (name, at), (duration_s, error) in zip(places, gate_values, strict=False):
        gates[name][at] = GateProperties(duration_s, error)
    qubits = {i: Qubit(t1, t2, r, length) for i, (t1, t2, r, length) in enumerate(qubit_values)}
    try:
        calibration = repaired(replace(LINE, gates=gates, qubits=qubits), policy, None, 1e-6)
    except ConfigError:
        return
    for qubit in calibration.qubits.values():
        assert 0 < qubit.t2_s <= 2 * qubit.t1_s < math.inf
        assert 0 <= qubit.readout_error < 0.5
        assert 0 < qubit.readout_s < math.inf
    for name, at in calibration.gates.items():
        for place, gate in at.items():
            assert 0 <= gate.error < 1
            assert (0 < gate.duration_s < math.inf) or name == "rz"
            assert set(place) <= calibration.qubits.keys()


def test_all_to_all_couples_every_pair_at_the_median():
    gates = dict(LINE.gates)
    gates["cz"] = {
        (0, 1): GateProperties(100e-9, 0.01),
        (1, 2): GateProperties(200e-9, 0.02),
        (2, 1): GateProperties(600e-9, 0.03),
    }
    reference = fully_connected(repaired(replace(LINE, gates=gates)), 4)
    assert len(reference.gates["cz"]) == 12
    assert set(reference.gates["cz"].values()) == {GateProperties(200e-9, 0.02)}
    assert set(reference.gates["sx"].values()) == {GateProperties(50e-9, 0.001)}


def test_the_hash_is_of_the_values():
    line = make_calibration(3, ((0, 1), (1, 2)))
    assert line.hash == make_calibration(3, ((0, 1), (1, 2))).hash
    assert line.hash == repaired(replace(LINE, source="elsewhere")).hash
    assert line.hash != repaired(with_qubit(0, t1_s=1e-4 + 1e-9)).hash
