"""Heisenberg-picture evolution of Pauli strings: exact transfer matrices of gates, and sampling of
many bit-packed strings at once.

An observable P becomes U^dagger P U before a gate U. A string is two bits a qubit, x and z (I 00,
X 10, Z 01, Y 11), packed: one bit each of 64 strings to a word, so that a Clifford gate is a few
XORs on all of them (Aaronson and Gottesman, Phys. Rev. A 70, 052328 (2004), without signs). A
one-qubit Pauli has the code x + 2 z, a pair the code of its first qubit plus 4 times that of its
second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

import numpy as np
from qiskit.circuit.library import get_standard_gate_name_mapping

from hybhanas.gates import GATES

Bits = list[np.ndarray]
"""x and z of a gate's qubits in turn: x0, z0 or x0, z0, x1, z1, each [words] of uint64."""

Propagator = Callable[[Bits, np.random.Generator], None]
"""Replaces every string, in place, by one of its image before a gate; sampled where the image is a
sum of several, with probabilities that are the squares of their coefficients.
"""

Step = tuple[str, tuple[float, ...] | None, tuple[int, ...]]
"""A gate's name, its angles in radians (None where they are free), and its qubits' positions."""

AXES = {
    gate.name: tuple({"X": 1, "Z": 2, "Y": 3}[letter] for letter in gate.generator)
    for gate in GATES.values()
    if gate.generator and not gate.control
}
"""The generator of each Pauli rotation, by the codes of its qubits."""

TOLERANCE = 1e-6
"""Below it a component of an operator counts as none."""

PAULI_FRAME = np.eye(4)
"""The frame of a qubit whose codes stand for the Paulis themselves."""

_STANDARD = get_standard_gate_name_mapping()
_RESOLUTION = 10
"""Bits of the random number that samples an outcome: probabilities are rounded to 1/1024."""

_ANGLES = 2 * np.pi * (np.arange(5) + 0.1) / 5  # exact for means of squares of cosines and sines
_I, _X, _Z = np.eye(2), np.array([[0, 1], [1, 0]]), np.diag([1, -1])
_ONE = np.array([_I, _X, _Z, 1j * _X @ _Z])
_TWO = np.array([np.kron(second, first) for second in _ONE for first in _ONE])


def is_fixed(name: str, angles: tuple[float, ...] | None) -> bool:
    """Whether a gate has no free angle."""
    return angles is not None or not _takes_angles(name)


@lru_cache(maxsize=64)
def _takes_angles(name: str) -> bool:
    return bool(_STANDARD[name].params)


@lru_cache(maxsize=8192)
def pauli_transfer_matrix(steps: tuple[Step, ...]) -> np.ndarray:
    """The Pauli transfer matrix, in the Heisenberg picture, of fixed gates on one or two qubits.

    Returns:
        [p, q]: the coefficient of Pauli q in U^dagger p U, real and orthogonal; [4, 4] or [16, 16].

    Example:
        >>> pauli_transfer_matrix((("s", None, (0,)),))[1].round().tolist()  # S^dagger X S = -Y
        [0.0, 0.0, 0.0, -1.0]
    """
    width = 1 + max(place for _, _, places in steps for place in places)
    unitary = np.eye(2**width)
    for name, angles, positions in steps:
        unitary = _embedded(_matrix(name, angles), positions, width) @ unitary
    return _transfer_matrix(unitary)


@lru_cache(maxsize=64)
def free_transition_matrix(name: str) -> np.ndarray:
    """The mean, over all values of a gate's angles, of the squares of its Pauli transfer matrix:
    [p, q], the probability that string p was q before the gate.
    """
    gate = _STANDARD[name]
    grid = np.stack(np.meshgrid(*[_ANGLES] * len(gate.params)), axis=-1)
    values = grid.reshape(-1, len(gate.params))
    matrices = [_transfer_matrix(_matrix(name, tuple(angles))) for angles in values]
    return np.mean([matrix**2 for matrix in matrices], axis=0)


def _transfer_matrix(unitary: np.ndarray) -> np.ndarray:
    paulis = _ONE if len(unitary) == 2 else _TWO
    moved = unitary.conj().T @ paulis @ unitary
    flat = paulis.transpose(0, 2, 1).reshape(len(paulis), -1)
    return (moved.reshape(len(paulis), -1) @ flat.T).real / len(unitary)


@lru_cache(maxsize=8192)
def _matrix(name: str, angles: tuple[float, ...] | None) -> np.ndarray:
    gate = _STANDARD[name]
    return (gate if angles is None else type(gate)(*angles)).to_matrix()


def _embedded(matrix: np.ndarray, positions: tuple[int, ...], width: int) -> np.ndarray:
    """A gate's matrix on its block's qubits, the first of them least significant."""
    if len(positions) == width:
        swap = [0, 2, 1, 3]
        return matrix if positions[0] == 0 else matrix[np.ix_(swap, swap)]
    embedded = np.zeros((4, 4), dtype=complex)
    for i in (0, 1):
        block = slice(2 * i, 2 * i + 2) if positions == (0,) else slice(i, None, 2)
        embedded[block, block] = matrix
    return embedded


@lru_cache(maxsize=64)
def free_rotation(axis: tuple[int, ...]) -> Propagator:
    """A Pauli rotation by a free angle: a string that anticommutes with its generator is multiplied
    by it with probability 1/2.
    """

    def propagate(bits: Bits, rng: np.random.Generator) -> None:
        crossing = [
            bits[2 * place + other]
            for place, code in enumerate(axis)
            for own, other in ((1, 1), (2, 0))
            if code & own
        ]
        mixed = reduce(np.bitwise_xor, crossing) & _random_words(rng, len(bits[0]))
        for place, code in enumerate(axis):
            for own, same in ((1, 0), (2, 1)):
                if code & own:
                    bits[2 * place + same] ^= mixed

    return propagate


@lru_cache(maxsize=8192)
def clifford(images: tuple[int, ...]) -> Propagator:
    """A Clifford gate, given the code that each code has before it: a linear map of bits."""
    count = len(images).bit_length() - 1
    sources = [[j for j in range(count) if images[1 << j] >> i & 1] for i in range(count)]
    changed = [(i, source) for i, source in enumerate(sources) if source != [i]]

    def propagate(bits: Bits, rng: np.random.Generator) -> None:
        new = [
            reduce(np.bitwise_xor, [bits[j] for j in source])
            if len(source) > 1
            else bits[source[0]].copy()
            for _, source in changed
        ]
        for (i, _), value in zip(changed, new, strict=True):
            bits[i][:] = value

    return propagate


def sample(probabilities: np.ndarray) -> Propagator:
    """Any other gate: the code before it is sampled with the probabilities in a code's row."""
    size = 1 << _RESOLUTION
    bounds = np.zeros((len(probabilities), len(probabilities) + 1))
    np.cumsum(probabilities, axis=1, out=bounds[:, 1:])
    counts = np.diff(np.rint(bounds * size)).astype(np.int64).ravel()
    table = np.repeat(np.arange(len(counts), dtype=np.uint8) % len(probabilities), counts)

    def propagate(bits: Bits, rng: np.random.Generator) -> None:
        code = np.zeros(64 * len(bits[0]), dtype=np.uint32)
        for i, packed in enumerate(bits):
            code |= np.left_shift(unpacked(packed), i + _RESOLUTION, dtype=np.uint32)
        drawn = np.frombuffer(rng.bytes(2 * len(code)), dtype=np.uint16) & (size - 1)
        before = table[code | drawn]
        for i, packed in enumerate(bits):
            packed[:] = pack(before >> i & 1)

    return propagate


@dataclass(frozen=True, slots=True)
class Propagation:
    """How strings propagate through fixed gates.

    Args:
        propagator: of their codes.
        axes: for each qubit the frame that the codes then refer to, [4, 4]: column c, the
            coefficients of the Paulis in the axis of code c. Their signs are arbitrary.
    """

    propagator: Propagator
    axes: tuple[np.ndarray, ...]


@lru_cache(maxsize=8192)
def fixed_propagation(steps: tuple[Step, ...]) -> Propagation:
    """The propagation through fixed gates on two qubits, whose codes are Paulis after them."""
    return propagation(pauli_transfer_matrix(steps))


def propagation(images: np.ndarray) -> Propagation:
    """The propagation through gates on two qubits: Clifford in a frame of axes that it finds, else
    sampled.

    Args:
        images: [16, 16], rows as of `pauli_transfer_matrix`.
    """
    squares = images**2
    if squares.max(axis=1).min() > 1 - TOLERANCE:
        return Propagation(
            clifford(tuple(squares.argmax(axis=1).tolist())), (PAULI_FRAME, PAULI_FRAME)
        )
    products = images.reshape(16, 4, 4)  # string, second qubit, first qubit
    norms = np.einsum("psf,psf->ps", products, products)
    rows = np.arange(16), norms.argmax(axis=1)
    first = products[rows] / np.sqrt(norms[rows])[:, None]
    second = np.einsum("psf,pf->ps", products, first)
    if np.einsum("ps,ps->p", second, second).min() > 1 - TOLERANCE:
        codes, axes = np.zeros(16, dtype=np.int64), []
        for place, vectors in enumerate((first, second)):
            found, frame = _along(vectors)
            codes += found << 2 * place
            axes.append(frame)
        if all(frame is not None for frame in axes):
            return Propagation(clifford(tuple(codes.tolist())), tuple(axes))
    return Propagation(sample(squares), (PAULI_FRAME, PAULI_FRAME))


def _along(vectors: np.ndarray) -> tuple[np.ndarray, Any]:
    """Orthogonal axes that unit vectors [16, 4] lie along, each axis next to its nearest Pauli.

    Returns:
        The axis of each vector as a code, and the axes [4, 4]; None where there are none.
    """
    rotating = vectors[np.abs(vectors[:, 0]) < 0.5, 1:]
    crossing = rotating[np.abs(rotating @ rotating[0]) < TOLERANCE]
    codes = np.zeros(16, dtype=np.int64)
    if not len(crossing):
        return codes, None
    triad = np.array([rotating[0], crossing[0], _cross(rotating[0], crossing[0])])
    sizes = np.abs(triad)
    first = int(sizes.argmax())  # the axis nearest to a Pauli, then the next nearest
    order = np.empty(3, dtype=np.int64)
    order[first % 3] = first // 3
    i, j = (k for k in range(3) if k != first // 3)
    p, q = (k for k in range(3) if k != first % 3)
    straight = max(sizes[i, p], sizes[j, q]) >= max(sizes[i, q], sizes[j, p])
    order[p], order[q] = (i, j) if straight else (j, i)
    frame = np.eye(4)
    frame[1:, 1:] = triad[order].T
    along = np.abs(vectors @ frame)
    if along.max(axis=1).min() < 1 - TOLERANCE:
        return codes, None
    is_pauli = np.abs(np.abs(frame) - PAULI_FRAME).max() < TOLERANCE
    return along.argmax(axis=1), PAULI_FRAME if is_pauli else frame


def _cross(a: np.ndarray, b: np.ndarray) -> list[float]:
    (a0, a1, a2), (b0, b1, b2) = a.tolist(), b.tolist()
    return [a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0]


def _random_words(rng: np.random.Generator, words: int) -> np.ndarray:
    """Words of fair random bits."""
    return np.frombuffer(rng.bytes(8 * words), dtype=np.uint64)


def pack(bits: np.ndarray) -> np.ndarray:
    """Zeros and ones, [64 words], to words."""
    return np.packbits(bits, bitorder="little").view(np.uint64)


def unpacked(words: np.ndarray) -> np.ndarray:
    """The inverse of `pack`, as uint8."""
    return np.unpackbits(words.view(np.uint8), bitorder="little")
