"""Propagation of Pauli strings: checked against matrices."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybhanas.cost import pauli
from hybhanas.cost.pauli import (
    PAULI_FRAME,
    fixed_propagation,
    pack,
    pauli_transfer_matrix,
    unpacked,
)
from hybhanas.cost.pauli_strings import MAX_WEIGHTED, PATHS, Strings, systematic_resample

ONE = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[1, 0], [0, -1]], [[0, -1j], [1j, 0]]])
CX, CZ = ("cx", None, (0, 1)), ("cz", None, (0, 1))


def outcomes(gates, code: int, qubits: int) -> np.ndarray:
    """How often each code comes out of gates, from the last to the first, that all strings enter as
    `code`. A gate is a free one's name and places, or places and a run of fixed steps.
    """
    strings = Strings(qubits, seed=1)
    planes = [plane[q] for q in range(qubits) for plane in (strings.x, strings.z)]
    for i, plane in enumerate(planes):
        plane[:] = pack(np.full(PATHS, code >> i & 1, dtype=bool))
    for places, gate in reversed(gates):
        strings.propagate_free(places, gate) if isinstance(gate, str) else strings.propagate_fixed(
            places, tuple(gate)
        )
    strings.flush(range(qubits))
    for qubit in range(qubits):
        strings._align(qubit, None)
    codes = sum(unpacked(plane).astype(int) << i for i, plane in enumerate(planes))
    return np.bincount(codes, minlength=4**qubits) / PATHS


def weights(unitary: np.ndarray, code: int) -> np.ndarray:
    """The squared weights of a Pauli's image, by the definition."""
    count = 1 if len(unitary) == 2 else 2
    paulis = ONE if count == 1 else [np.kron(b, a) for b in ONE for a in ONE]
    image = unitary.conj().T @ paulis[code] @ unitary
    return np.array([abs(np.trace(image @ p)) ** 2 / 4**count for p in paulis])


@given(st.lists(st.booleans(), min_size=64, max_size=64))
def test_unpacking_undoes_packing(bits):
    assert unpacked(pack(np.array(bits))).tolist() == [int(bit) for bit in bits]


@pytest.mark.parametrize(("name", "kept"), [("rx", 1), ("ry", 3), ("rz", 2)])
def test_a_free_rotation_keeps_its_axis_and_mixes_the_two_others_evenly(name, kept):
    for code in (1, 2, 3):
        seen = outcomes([([0], name)], code, 1)
        if code == kept:
            assert seen[code] == 1
        else:
            others = [c for c in (1, 2, 3) if c != kept]
            assert seen[others] == pytest.approx([0.5, 0.5], abs=0.02)


def test_a_free_rzz_mixes_xi_with_yz():
    assert outcomes([([0, 1], "rzz")], 1, 2)[[1, 3 + 4 * 2]] == pytest.approx(0.5, abs=0.02)


def test_a_free_general_rotation_keeps_z_half_the_time():
    seen = outcomes([([0], "u")], 2, 1)
    assert seen[0] == 0
    assert seen[1:] == pytest.approx([1 / 4, 1 / 2, 1 / 4], abs=0.02)


@given(st.floats(-math.pi, math.pi), st.integers(1, 3))
def test_a_fixed_angle_mixes_by_the_squares_of_its_sine_and_cosine(angle, code):
    seen = outcomes([([0], [("rx", (angle,), (0,))])], code, 1)
    rotation = np.cos(angle / 2) * ONE[0] - 1j * np.sin(angle / 2) * ONE[1]
    assert seen == pytest.approx(weights(rotation, code), abs=0.02)


@pytest.mark.parametrize("places", [(0, 1), (1, 0)])
@pytest.mark.parametrize("name", ["cx", "cz", "ecr", "swap", "iswap"])
def test_a_clifford_gate_has_one_image_for_each_of_16_strings(name, places):
    from qiskit.circuit.library import get_standard_gate_name_mapping

    matrix = get_standard_gate_name_mapping()[name].to_matrix()
    if places == (1, 0):
        matrix = matrix[np.ix_([0, 2, 1, 3], [0, 2, 1, 3])]
    for code in range(16):
        expected = weights(matrix, code).round(6)
        seen = outcomes([([0, 1], [(name, None, places), ("id", None, (0,))])], code, 2)
        assert seen.tolist() == expected.tolist()


def test_gates_of_a_block_interfere_before_they_are_sampled():
    # two quarter turns are a Clifford gate: nothing is left to chance
    half = ("rx", (math.pi / 4,), (0,))
    assert outcomes([([0], [half, half])], 2, 1)[3] == 1
    # and a gate on one qubit of a block stays there
    block = [CZ, ("h", None, (1,)), CZ, ("h", None, (1,))]
    assert outcomes([([0, 1], block)], 2, 2)[2] == 1


@given(st.floats(0.1, 1.4), st.integers(1, 15))
def test_rotations_that_cancel_behind_a_gate_are_never_sampled(angle, code):
    # RZ commutes with CZ: what stands between two gates of another pair undoes itself
    rotation, inverse = ("rz", (angle,), (1,)), ("rz", (-angle,), (1,))
    plain = [([0, 1], [CZ]), ([1, 2], [CZ]), ([0, 1], [CZ])]
    dressed = [
        ([0, 1], [CZ, rotation]),
        ([1, 2], [CZ]),
        ([0, 1], [CZ, inverse]),
    ]
    assert outcomes(dressed, code, 3).tolist() == outcomes(plain, code, 3).tolist()


@given(st.lists(st.floats(-3, 3), min_size=12, max_size=12), st.sampled_from(["cx", "ecr", "swap"]))
def test_a_clifford_gate_between_any_rotations_is_clifford_in_rotated_frames(angles, name):
    def rotations(first):
        return [
            (gate, (angles[first + 3 * q + i],), (q,))
            for q in (0, 1)
            for i, gate in enumerate(("rz", "ry", "rz"))
        ]

    behind = fixed_propagation((*[(g, a, q) for g, a, q in rotations(0)], (name, None, (0, 1))))
    for axes in behind.axes:
        assert axes @ axes.T == pytest.approx(np.eye(4), abs=1e-6)
    # U^dagger p U of the whole run is one product of these axes for every p
    images = pauli_transfer_matrix((*rotations(0), (name, None, (0, 1)))) @ np.kron(
        *behind.axes[::-1]
    )
    assert np.abs(images).max(axis=1) == pytest.approx(np.ones(16), abs=1e-5)


def test_a_gate_that_is_clifford_in_no_frame_is_sampled():
    steps = (("crx", (math.pi / 3,), (0, 1)),)
    assert all(axes is PAULI_FRAME for axes in pauli.propagation(pauli_transfer_matrix(steps)).axes)
    seen = outcomes([([0, 1], list(steps))], 2 * 4, 2)  # Z of the target
    assert seen == pytest.approx(pauli_transfer_matrix(steps)[8] ** 2, abs=0.02)
    assert (seen > 0).sum() > 1


def on_one_qubit(x: int, z: int) -> Strings:
    strings = Strings(1, seed=1)
    strings.x[:], strings.z[:] = (pack(np.full(PATHS, bit)) for bit in (x, z))
    return strings


def test_at_the_start_what_ends_in_z_is_averaged_and_not_sampled():
    strings = on_one_qubit(x=0, z=1)
    strings.idle(0, -3.0, -1.0)  # a Z, which loses 1
    strings.propagate_free([0], "rx")  # half of them turn to Y, which do not count
    strings.idle(0, -0.6, -0.4)
    strings.depolarize([0], -0.1)
    strings.depolarize([0], -0.2)
    chosen, (log_gate, log_idle) = strings.weighted_sample()
    assert len(chosen) == MAX_WEIGHTED
    assert log_gate == pytest.approx(-0.3)
    assert log_idle == pytest.approx(-1.4)


def test_idle_times_at_the_start_are_averaged_over_the_paths_to_z():
    strings = on_one_qubit(x=0, z=1)
    strings.propagate_free([0], "rx")
    strings.idle(0, -0.6, -0.2)  # as Z or as Y, half of the time each
    strings.propagate_free([0], "rx")  # and half of either ends in Z
    _, (_, log_idle) = strings.weighted_sample()
    assert log_idle == pytest.approx(math.log((math.exp(-0.6) + math.exp(-0.2)) / 2))


def test_of_strings_spread_over_eight_qubits_a_tenth_counts_where_one_in_256_ends_in_z():
    strings = Strings(8, seed=1)
    rng = np.random.default_rng(1)
    for plane in (*strings.x, *strings.z):
        plane[:] = pack(rng.integers(2, size=PATHS))
    for qubit in range(8):
        strings.propagate_free(
            [qubit], "u"
        )  # I ends in I, everything else in Z 1 time in 2 or in 4
    assert len(strings.weighted_sample()[0]) > 10 * PATHS / 256


def test_where_no_string_can_end_in_z_all_count():
    strings = on_one_qubit(x=1, z=0)
    strings.idle(0, -0.5, -0.1)
    chosen, (_, log_idle) = strings.weighted_sample()
    assert len(chosen) == MAX_WEIGHTED
    assert log_idle == pytest.approx(-0.5)


def test_strings_are_resampled_as_often_as_their_weight():
    assert systematic_resample(np.ones(5)).tolist() == [0, 1, 2, 3, 4]
    assert systematic_resample(np.array([0, 0.5, 0, 0.5, 0])).tolist() == [1, 3]
    # (3 + 0.6)^2 / (3 + 0.06): 3 at chance 1 and 6 at 0.1 say as much as 4 whole ones
    assert systematic_resample(np.repeat([1.0, 0.1], [3, 6])).tolist() == [0, 1, 2, 4]
    assert len(systematic_resample(np.zeros(5))) == 0
    assert len(systematic_resample(np.ones(PATHS))) == MAX_WEIGHTED
