"""What the instructions of a Qiskit circuit do to Pauli strings, and the shift rule of each angle.

A gate with an angle is exp(-i angle G). An expectation value is a trigonometric polynomial of the
angle, whose frequencies are the differences of G's eigenvalues: with R of them, its derivative
takes 2 R circuits (Wierichs et al., Quantum 6, 677 (2022)). Two for a Pauli rotation and a
controlled phase, four for a controlled rotation, however many controls it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations
from numbers import Real
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ControlledGate, ParameterExpression
from qiskit.circuit.library import get_standard_gate_name_mapping

Rows = tuple[int, ...]
"""A Pauli string as a product of X and Z on a gate's qubits: 2 q is X of qubit q, 2 q + 1 its Z."""

TOLERANCE = 1e-5
"""Below it a component of an operator counts as none."""

WIDEST = 4
"""Qubits of a gate whose matrix is taken apart; of a wider one any string is assumed."""

_STANDARD = get_standard_gate_name_mapping()
_IGNORED = ("barrier", "delay", "id", "global_phase")
_LETTERS: dict[Rows, np.ndarray] = {
    (): np.eye(2),
    (0,): np.array([[0, 1], [1, 0]]),
    (1,): np.diag([1, -1]),
    (0, 1): np.array([[0, -1j], [1j, 0]]),
}
# Gates with several angles as gates with one, first to last: name, indices of angles and of qubits.
# U(theta, phi, lambda) = P(phi) RY(theta) P(lambda).
_SEQUENCES: dict[str, tuple[tuple[str, Rows, Rows], ...]] = {
    "u": (("p", (2,), (0,)), ("ry", (0,), (0,)), ("p", (1,), (0,))),
    "u3": (("p", (2,), (0,)), ("ry", (0,), (0,)), ("p", (1,), (0,))),
    "cu3": (("cp", (2,), (0, 1)), ("cry", (0,), (0, 1)), ("cp", (1,), (0, 1))),
    "cu": (
        ("cp", (2,), (0, 1)),
        ("cry", (0,), (0, 1)),
        ("cp", (1,), (0, 1)),
        ("p", (3,), (0,)),
    ),
}


@dataclass(frozen=True)
class Turn:
    """exp(-i angle G) with G the sum of coefficients times Pauli strings, but for the identity.

    A fixed gate without an angle has the strings of its matrix and no frequency.
    """

    paulis: tuple[Rows, ...]
    coefficients: tuple[float, ...] = ()
    frequencies: tuple[float, ...] = ()  # of expectation values in the angle, in radians

    @cached_property
    def parts(self) -> tuple[Turn, ...]:
        """Itself, or the Pauli rotations that it is a product of, where by the product rule they
        take no more circuits: a controlled rotation is two of them.
        """
        if len(self.paulis) > len(self.frequencies) or not _commute(self.paulis):
            return (self,)
        return tuple(
            Turn((pauli,), (coefficient,), (2 * abs(coefficient),))
            for pauli, coefficient in zip(self.paulis, self.coefficients, strict=True)
        )


@dataclass(frozen=True)
class Clifford:
    """A gate that takes strings to strings: what X and Z of each qubit were before it."""

    images: tuple[Rows, ...]


@dataclass(frozen=True)
class Step:
    """One instruction that is no block of others.

    Args:
        name: of a gate; `measure`.
        qubits: of the circuit, as positions.
        action: on strings.
        angle: a number or an expression; None where it has none.
        angles: all angles of a standard gate.
        clbit: that it is measured into.
        operation: of one that is not a standard gate.
    """

    name: str
    qubits: tuple[int, ...]
    action: Turn | Clifford
    angle: Any = None
    angles: tuple[Any, ...] = ()
    clbit: int | None = None
    operation: Any = None


def steps(circuit: QuantumCircuit) -> Iterator[Step]:
    """The circuit's instructions, blocks taken apart wherever that is needed to know its angles.

    Example:
        >>> circuit = QuantumCircuit(2)
        >>> _ = circuit.crz(0.3, 0, 1)
        >>> [part.paulis for step in steps(circuit) for part in step.action.parts]
        [((3,),), ((1, 3),)]
    """
    return _steps(circuit, range(circuit.num_qubits), range(circuit.num_clbits))


def _steps(circuit: QuantumCircuit, qubits: Sequence[int], clbits: Sequence[int]) -> Iterator[Step]:
    place = dict(zip(circuit.qubits, qubits, strict=True))
    bit = dict(zip(circuit.clbits, clbits, strict=True))
    for step in circuit.data:
        name = step.name
        if name in _IGNORED:
            continue
        at = tuple([place[q] for q in step.qubits])
        if name == "measure":
            yield Step(name, at, _MEASURED, clbit=bit[step.clbits[0]])
        elif step.is_standard_gate() and name in _STANDARD:
            yield from _standard(name, step.params, at, step)
        else:
            yield from _other(step.operation, at, [bit[c] for c in step.clbits])


def _standard(
    name: str, angles: Sequence[Any], at: tuple[int, ...], step: Any = None
) -> Iterator[Step]:
    """A gate of Qiskit's table; `step` is its instruction, or None where it has one angle."""
    if name in _SEQUENCES:
        for own, chosen, places in _SEQUENCES[name]:
            yield from _standard(own, [angles[i] for i in chosen], tuple(at[i] for i in places))
        return
    if not angles:
        yield Step(name, at, _fixed(name))
        return
    varied = [i for i, angle in enumerate(angles) if is_free(angle)] if len(angles) > 1 else [0]
    turn = None
    if len(varied) == 1:
        others = tuple(None if i in varied else float(angle) for i, angle in enumerate(angles))
        turn = _turn(name, others)
    if turn is not None:
        yield Step(name, at, turn, angles[varied[0]], tuple(angles))
    else:
        yield from _steps(step.operation.definition, at, ())


def _other(operation: Any, at: tuple[int, ...], clbits: Sequence[int]) -> Iterator[Step]:
    """A gate with controls of its own, a block of instructions, or one that nothing is known of."""
    if isinstance(operation, ControlledGate):
        base = operation.base_gate
        if len(base.params) == 1 and base.name in _STANDARD:
            turn = _controlled(base.name, operation.num_ctrl_qubits, operation.ctrl_state)
            if turn is not None:
                yield Step(operation.name, at, turn, base.params[0], operation=operation)
                return
    angles = getattr(operation, "params", ())
    plain = all(isinstance(angle, Real | ParameterExpression) for angle in angles)
    definition = getattr(operation, "definition", None) if plain else None
    if definition is not None:
        yield from _steps(definition, at, clbits)
        return
    anything = tuple((row,) for row in range(2 * len(at)))
    for angle in [a for a in angles if is_free(a)]:
        yield Step(operation.name, at, Turn(anything, (), (0.5, 1.0)), angle, operation=operation)
    yield Step(operation.name, at, Turn(anything), operation=operation)


def is_free(angle: Any) -> bool:
    """Whether an angle depends on a parameter."""
    return isinstance(angle, ParameterExpression) and bool(angle.parameters)


@lru_cache(maxsize=4096)
def _turn(name: str, angles: tuple[float | None, ...]) -> Turn | None:
    """A standard gate by its angle at None; None if it is not exp(-i angle G)."""
    generator = _generator(name, angles)
    return None if generator is None else _taken_apart(generator)


@lru_cache(maxsize=256)
def _controlled(name: str, controls: int, state: int) -> Turn | None:
    """A standard gate with one angle where its controls are in `state`."""
    generator = _generator(name, (None,))
    if generator is None:
        return None
    qubits = controls + len(generator).bit_length() - 1
    if qubits > WIDEST:
        levels = [*np.linalg.eigvalsh(generator), 0.0]
        anything = tuple((row,) for row in range(2 * qubits))
        return Turn(anything, (), _differences(levels))
    chosen = np.zeros((2**controls, 2**controls))
    chosen[state, state] = 1
    return _taken_apart(np.kron(generator, chosen))


def _generator(name: str, angles: tuple[float | None, ...]) -> np.ndarray | None:
    """G of a gate that is exp(-i angle G) in its angle at None, by sin(G/2), Hermitian."""
    kind = type(_STANDARD[name])

    def unitary(angle: float) -> np.ndarray:
        return np.asarray(kind(*[angle if a is None else a for a in angles]).to_matrix())

    half = unitary(0.5)
    sines, vectors = np.linalg.eigh(0.5j * (half - half.conj().T))
    levels = 2 * np.arcsin(sines)
    expected = vectors @ np.diag(np.exp(-1j * levels)) @ vectors.conj().T
    if not np.allclose(expected, unitary(1.0), atol=TOLERANCE):
        return None
    return vectors @ np.diag(levels) @ vectors.conj().T


@lru_cache(maxsize=256)
def _fixed(name: str) -> Turn | Clifford:
    """A standard gate without an angle."""
    matrix = np.asarray(_STANDARD[name].to_matrix())
    strings, paulis = _pauli_basis(len(matrix).bit_length() - 1)
    images = []
    for row in range(2 * (len(matrix).bit_length() - 1)):
        moved = matrix.conj().T @ paulis[strings.index((row,))] @ matrix
        sizes = np.abs(_components(moved))
        if sizes.max() < 1 - TOLERANCE:
            return Turn(tuple(s for s, c in zip(strings, _components(matrix), strict=True)
                              if s and abs(c) > TOLERANCE))  # fmt: skip
        images.append(strings[int(sizes.argmax())])
    return Clifford(tuple(images))


def _taken_apart(generator: np.ndarray) -> Turn:
    strings, _ = _pauli_basis(len(generator).bit_length() - 1)
    found = [
        (string, float(c.real))
        for string, c in zip(strings, _components(generator), strict=True)
        if string and abs(c) > TOLERANCE
    ]
    paulis, coefficients = tuple(zip(*found, strict=True)) if found else ((), ())
    return Turn(paulis, coefficients, _differences(np.linalg.eigvalsh(generator)))


def _differences(levels: Sequence[float] | np.ndarray) -> tuple[float, ...]:
    """The positive differences of eigenvalues, each once."""
    gaps = {round(float(b - a), 4) for a in levels for b in levels}
    return tuple(sorted(gap for gap in gaps if gap > 0))


def _components(operator: np.ndarray) -> np.ndarray:
    """Coefficients of an operator's Pauli strings, in the order of `_pauli_basis`."""
    _, paulis = _pauli_basis(len(operator).bit_length() - 1)
    return np.einsum("pij,ji->p", paulis, operator) / len(operator)


@lru_cache(maxsize=WIDEST + 1)
def _pauli_basis(qubits: int) -> tuple[list[Rows], np.ndarray]:
    """All strings, and their matrices [4^qubits, 2^qubits, 2^qubits]; qubit 0 least significant."""
    strings: list[Rows] = [()]
    matrices = np.ones((1, 1, 1))
    for q in range(qubits):
        strings = [string + tuple(2 * q + i for i in own) for own in _LETTERS for string in strings]
        matrices = np.concatenate([np.kron(own[None], matrices) for own in _LETTERS.values()])
    return strings, matrices


def _commute(paulis: Sequence[Rows]) -> bool:
    """Whether all strings commute: each pair has X against Z an even number of times."""
    return all(
        sum((row ^ 1) in other for row in pauli) % 2 == 0
        for pauli, other in combinations(paulis, 2)
    )


_MEASURED = Turn(((1,),))
