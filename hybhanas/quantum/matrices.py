"""The matrices of gates on the wires of a block, in the parts that an angle multiplies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from hybhanas.gates import GATES, Gate

_ROOT = math.sqrt(0.5)
_QUARTER_TURNS = {
    "rx_quarter": np.array([[_ROOT, -1j * _ROOT], [-1j * _ROOT, _ROOT]]),  # RX(pi/2)
    "rx_back": np.array([[_ROOT, 1j * _ROOT], [1j * _ROOT, _ROOT]]),  # RX(-pi/2)
}
"""The fixed gates of `hybhanas.quantum.program.TO_Z` that are not in the table of gates."""

Parts = tuple[np.ndarray, np.ndarray, np.ndarray]
"""A gate [d, d] in the three parts whose sum it is: what no angle changes, and what is multiplied
by the cosine and by the sine of half the angle.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Gates one after the other in one place of a stack.

    Args:
        circuit: its number in the stack.
        wires: those of the matrix.
        gates: on some of these wires, in order.
        first: [d, d], what acts before them.
    """

    circuit: int
    wires: tuple[int, ...]
    gates: Sequence[Gate]
    first: np.ndarray


@dataclass(frozen=True, slots=True)
class GateArrays:
    """The fields of `hybhanas.quantum.tables.GateTables` as arrays."""

    weights: np.ndarray
    fixed: np.ndarray
    by_angle: np.ndarray
    generators: np.ndarray


def gate_arrays(places: Sequence[Place], size: int, weights: int) -> GateArrays:
    """The gates at all places, T at each, as products of matrices.

    Args:
        places: where gates act.
        size: d, of the matrices.
        weights: length of the weight vector of a circuit. A gate without an angle is given a weight
            of its own circuit, so that another circuit's may be infinite.
    """
    parted = [merged(place.gates, place.wires) for place in places]
    most = max(1, max((len(trained) for _, trained in parted), default=1))
    shape = (most, len(places))
    index = np.zeros(shape, dtype=int)
    fixed = np.tile(np.eye(size, dtype=complex), (*shape, 1, 1))
    by_angle = np.zeros((*shape, 2, size, size), dtype=complex)
    before = np.zeros((len(places), size, size), dtype=complex)
    for p, (place, (matrix, trained)) in enumerate(zip(places, parted, strict=True)):
        index[:, p] = place.circuit * weights
        before[p] = matrix @ place.first
        for t, (parts, weight) in enumerate(trained):
            fixed[t, p], by_angle[t, p] = parts[0], parts[1:]
            index[t, p] += weight
    generators = by_angle[:, :, 1].conj() / 2
    fixed[0], by_angle[0] = fixed[0] @ before, by_angle[0] @ before[:, None]
    return GateArrays(
        weights=index.reshape(-1),
        fixed=_interleaved(fixed).reshape(-1, 1, 2 * size**2),
        by_angle=_interleaved(by_angle).reshape(-1, 2, 2 * size**2),
        generators=_interleaved(generators).reshape(-1, 2 * size**2, 1),
    )


def merged(
    gates: Sequence[Gate], wires: tuple[int, ...]
) -> tuple[np.ndarray, list[tuple[Parts, int]]]:
    """Gates on some wires as one matrix and, behind it, only gates with an angle: their parts and
    weights.

    A gate F without an angle is moved to the front, F G = (F G F^H) F, in double precision. Two
    Hadamards are then exactly the identity; the rounding of the root of 1/2 would otherwise
    accumulate where data are encoded repeatedly.
    """
    matrix = np.eye(2 ** len(wires), dtype=complex)
    trained: list[tuple[Parts, int]] = []
    for gate in gates:
        parts = _embedded(gate.name, tuple(wires.index(wire) for wire in gate.wires), len(wires))
        if gate.weight is not None:
            trained.append((parts, gate.weight))
        else:
            unitary, inverse = parts[0], parts[0].conj().T
            matrix = unitary @ matrix
            trained = [
                ((unitary @ a @ inverse, unitary @ b @ inverse, unitary @ c @ inverse), weight)
                for (a, b, c), weight in trained
            ]
    return matrix, trained


def parts_of(name: str) -> Parts:
    """The parts of a gate on its own wires."""
    if name in _QUARTER_TURNS:
        return _QUARTER_TURNS[name], np.zeros((2, 2)), np.zeros((2, 2))
    return GATES[name].parts


@cache
def _embedded(name: str, places: tuple[int, ...], wires: int) -> Parts:
    """The parts of a gate on some of the wires, d = 2^wires."""
    others = [place for place in range(wires) if place not in places]
    axes = np.argsort([*places, *others])

    def embedded(matrix: np.ndarray) -> np.ndarray:
        whole = np.kron(matrix, np.eye(2 ** len(others))).reshape([2] * 2 * wires)
        return whole.transpose(*axes, *(axes + wires)).reshape(2**wires, 2**wires)

    fixed, of_cosine, of_sine = (embedded(part) for part in parts_of(name))
    return fixed, of_cosine, of_sine


@cache
def quadratic_form(name: str) -> tuple[float, float, float]:
    """A diagonal gate's phase a b0 b1 + f b0 + s b1 in the bits of its wires, up to a global phase,
    as (a, f, s); see `GateSpec.phases`.
    """
    p00, p01, p10, p11 = GATES[name].phases
    return p11 - p10 - p01 + p00, p10 - p00, p01 - p00


def _interleaved(matrices: np.ndarray) -> np.ndarray:
    """[..., d, d] -> [..., 2 d^2], flattened, real and imaginary parts interleaved."""
    *shape, rows, columns = matrices.shape
    flat = np.ascontiguousarray(matrices).reshape(*shape, rows * columns)
    return flat.view(matrices.real.dtype)
