"""Tables: a stack's circuits as indices and coefficients, laid out with NumPy."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from hybhanas.gates import GATES, Gate
from hybhanas.quantum import kernels
from hybhanas.quantum.program import Program, Step, row_index

_ROOT = math.sqrt(0.5)
_TURNS = {
    "turn": np.array([[_ROOT, -1j * _ROOT], [-1j * _ROOT, _ROOT]]),  # RX(pi/2)
    "turn_back": np.array([[_ROOT, 1j * _ROOT], [1j * _ROOT, _ROOT]]),
}
"""The fixed gates of `hybhanas.quantum.program.TO_Z` that are not in the table of gates."""

Arrays = dict[str, np.ndarray]

_Place = tuple[int, tuple[int, ...], Sequence[Gate]]
"""Which circuit, the wires of a matrix, and its gates."""

_Parts = tuple[np.ndarray, np.ndarray, np.ndarray]
"""A gate [d, d]: what no angle changes, and what the cosine and the sine of half the angle are of.
"""


class Tables:
    """The circuits of K programs as arrays, named in the methods that make them.

    Weight indices address the K weight vectors, concatenated. Input indices do too; each vector of
    inputs is followed by the products of inputs that are angles, see `products`, and by one zero
    that absent inputs point to.

    Args:
        programs: those of most steps first.
        width: wires of a block.
        inputs, weights: lengths of the vectors of each circuit.
    """

    def __init__(self, programs: Sequence[Program], width: int, inputs: int, weights: int):
        self.programs = programs
        self.circuits, self.wires, self.width = len(programs), programs[0].wires, width
        self._products = [_products(program) for program in programs]
        self._given, self.weights = inputs, weights
        self.inputs = inputs + max(map(len, self._products))
        self.counts = [len(program.steps) for program in programs]
        if self.counts != sorted(self.counts, reverse=True):
            raise ValueError("the programs of a stack must be sorted, those of most steps first")
        self.steps = self.counts[0]

    def products(self) -> np.ndarray:
        """[K, P, f]: which inputs are the factors of each product of inputs; a factor of one stands
        behind the given inputs of each circuit.
        """
        factors = max((len(own) for products in self._products for own in products), default=0)
        index = np.full((self.circuits, self.inputs - self._given, factors), self._given)
        for k, products in enumerate(self._products):
            for place, own in enumerate(products):
                index[k, place, : len(own)] = own
        return _of_each(index, self._given + 1)

    def _place(self, circuit: int, inputs: tuple[int, ...]) -> int:
        """Where the angle by these inputs is among the inputs and products of a circuit."""
        if len(inputs) == 1:
            return inputs[0]
        return self._given + self._products[circuit][inputs]

    def start(self) -> Arrays:
        """`vectors` [K, n, 2, 2]: each wire's state after its fixed gates, for the cosine of half
        the encoded angle, and for its sine. `inputs` [K, n]: the angles; `in_order`: whether they
        are all inputs, in order. `amplitudes` [K, 2^n]: the inputs that are amplitudes;
        `by_amplitude` [K]: whether they are the state.
        """
        vectors = np.zeros((self.circuits, self.wires, 2, 2), dtype=complex)
        vectors[..., 0, 0] = 1
        inputs = np.full((self.circuits, self.wires), self.inputs)
        amplitudes = np.full((self.circuits, 2**self.wires), self.inputs)
        for k, program in enumerate(self.programs):
            if program.start is None:
                used = program.circuit.qubits
                amplitudes[k, :: 2 ** (self.wires - used)] = np.arange(2**used)
                continue
            for wire, gates in program.start.items():
                for gate in gates:
                    before = vectors[k, wire, :, 0]
                    if gate.inputs:
                        vectors[k, wire, :, 1] = _parts(gate.name)[2] @ before
                        inputs[k, wire] = self._place(k, gate.inputs)
                    elif gate.weight is None:
                        vectors[k, wire, :, 0] = _parts(gate.name)[0] @ before
        return {
            "vectors": vectors,
            "inputs": _of_each(inputs, self.inputs + 1),
            "in_order": np.array(
                self.inputs == self.wires and bool((inputs == np.arange(self.wires)).all())
            ),
            "amplitudes": _of_each(amplitudes, self.inputs + 1),
            "by_amplitude": np.array([program.start is None for program in self.programs]),
        }

    def one_qubit_gates(self, start: np.ndarray) -> Arrays:
        """Up to T gates, one after the other, on every wire at the start, [K, n], and then on every
        wire of a block, [steps, K, width], all these places in a row; see `_gates`. Those at the
        start act on the columns of `start` [K, n, 2, 2].
        """
        places: list[_Place] = []
        for k, program in enumerate(self.programs):
            gates = program.start or {}
            for wire in range(self.wires):
                trained = [gate for gate in gates.get(wire, []) if gate.weight is not None]
                places.append((k, (wire,), trained))
        for s in range(self.steps):
            for k, program in enumerate(self.programs):
                step = program.steps[s] if s < len(program.steps) else Step()
                block = self._block(step)
                places += [(k, (wire,), step.rotations.get(wire, [])) for wire in block]
        first = np.tile(np.eye(2, dtype=complex), (len(places), 1, 1))
        first[: self.circuits * self.wires] = start.reshape(-1, 2, 2)
        return self._gates(places, first)

    def entanglers(self) -> Arrays:
        """The controlled rotations of the `blocks` [b] that have any, counted through [steps, K];
        see `_gates`.
        """
        blocks, places = [], []
        for k, program in enumerate(self.programs):
            for s, step in enumerate(program.steps):
                if step.entanglers:
                    blocks.append(s * self.circuits + k)
                    places.append((k, self._block(step), step.entanglers))
        first = np.tile(np.eye(2**self.width, dtype=complex), (len(places), 1, 1))
        return self._gates(places, first) | {"blocks": np.array(blocks, dtype=int)}

    def _gates(self, places: Sequence[_Place], first: np.ndarray) -> Arrays:
        """As `kernels.gate_products` has them: `weights` [T places], `fixed` [T places, 1, 2 d^2],
        `turning` [T places, 2, 2 d^2] and `generators` [T places, 2 d^2, 1]. Where a place has
        fewer than T gates with an angle, identities follow; what has no angle is given a weight of
        its own circuit, so that another's may be infinite. `first` [places, d, d] is there before
        all.
        """
        parted = [merged(gates, wires) for _, wires, gates in places]
        most = max(1, max((len(turns) for _, turns in parted), default=1))
        shape, size = (most, len(places)), first.shape[-1]
        weights = np.zeros(shape, dtype=int)
        fixed = np.tile(np.eye(size, dtype=complex), (*shape, 1, 1))
        turning = np.zeros((*shape, 2, size, size), dtype=complex)
        before = first.copy()
        for place, ((k, *_), (matrix, turns)) in enumerate(zip(places, parted, strict=True)):
            weights[:, place] = k * self.weights
            before[place] = matrix @ first[place]
            for t, (parts, weight) in enumerate(turns):
                fixed[t, place], turning[t, place] = parts[0], parts[1:]
                weights[t, place] += weight
        generators = turning[:, :, 1].conj() / 2
        fixed[0], turning[0] = fixed[0] @ before, turning[0] @ before[:, None]
        return {
            "weights": weights.reshape(-1),
            "fixed": _flat(fixed).reshape(-1, 1, 2 * size**2),
            "turning": _flat(turning).reshape(-1, 2, 2 * size**2),
            "generators": _flat(generators).reshape(-1, 2 * size**2, 1),
        }

    def phases(self) -> Arrays:
        """Of every step with phases, by place in the step's order: `weights` [phases, K, n, n], of
        which an angle adds `quadratic` times the product of the bits of a row, `of_first` times the
        bit of its first place and `of_second` times that of its second; `fixed`, what gates without
        an angle add to the product. `steps` [phases] says which step it is.

        `inputs` [phases, K, m]: the angles of rotations about products of Z that are encodings,
        and `halves` [2^n, m]: what a row's phase is of each; the first n are those of single Z.
        """
        steps = [
            s
            for s in range(self.steps)
            if any(s < len(p.steps) and p.steps[s].phases for p in self.programs)
        ]
        columns = self._encoded_places(steps)
        shape = (len(steps), self.circuits, self.wires, self.wires)
        weights = np.zeros(shape, dtype=int)
        quadratic, of_first, of_second, fixed = np.zeros((4, *shape))
        inputs = np.full((*shape[:2], len(columns)), self.inputs)
        for at, k, gate, places in self._phase_gates(steps):
            if gate.inputs:
                inputs[at, k, columns[places]] = self._place(k, gate.inputs)
                continue
            cell = (at, k, *places)
            both, first, second = _quadratic_form(gate.name)
            if gate.weight is None:
                fixed[cell] += both
                for place, alone in zip(places, (first, second), strict=True):
                    fixed[at, k, place, place] += alone
            else:
                weights[cell], quadratic[cell] = gate.weight, both
                of_first[cell], of_second[cell] = first, second
        return {
            "steps": np.array(steps, dtype=int),
            "weights": _of_each(weights, self.weights, axis=1),
            "quadratic": quadratic,
            "of_first": of_first,
            "of_second": of_second,
            "fixed": fixed,
            "inputs": _of_each(inputs, self.inputs + 1, axis=1),
            "sampled": np.array(bool((inputs != self.inputs).any())),
            "halves": kernels.signs(list(columns), self.wires).numpy() / -2,
        }

    def _phase_gates(
        self, steps: Sequence[int]
    ) -> Iterator[tuple[int, int, Gate, tuple[int, ...]]]:
        """The phases of these steps: which of the steps, which circuit, the gate, its places."""
        for at, s in enumerate(steps):
            for k, program in enumerate(self.programs):
                if s < len(program.steps):
                    order = program.steps[s].order(self.wires)
                    for gate in program.steps[s].phases:
                        yield at, k, gate, tuple(order.index(wire) for wire in gate.wires)

    def _encoded_places(self, steps: Sequence[int]) -> dict[tuple[int, ...], int]:
        """A column for each place, and one for each set of places that an encoding acts on."""
        places: list[tuple[int, ...]] = [(place,) for place in range(self.wires)]
        gates = self._phase_gates(steps)
        places += sorted({own for *_, gate, own in gates if gate.inputs and len(own) > 1})
        return {own: column for column, own in enumerate(places)}

    def rows(self, least: int) -> Arrays:
        """`there` [steps, K, 2^n]: where each row of a step comes from, in its own circuit;
        `eigenvalues` [K, m, 2^n]: of the observables, at least so many, by row of the last step.
        """
        natural = tuple(range(self.wires))
        there = np.tile(np.arange(2**self.wires), (self.steps, self.circuits, 1))
        observables = [program.circuit.observables for program in self.programs]
        most = max(least, *map(len, observables))
        eigenvalues = np.zeros((self.circuits, most, 2**self.wires))
        for k, program in enumerate(self.programs):
            order = natural
            for s, step in enumerate(program.steps):
                there[s, k] = row_index(order, step.moves, step.order(self.wires))
                order = step.order(self.wires)
            last = row_index(order, program.last.moves, natural)
            signs = kernels.signs(observables[k], self.wires).numpy()
            eigenvalues[k, : len(observables[k]), last] = signs
        return {"there": there, "eigenvalues": eigenvalues}

    def _block(self, step: Step) -> tuple[int, ...]:
        return step.order(self.wires)[: self.width]


def _products(program: Program) -> dict[tuple[int, ...], int]:
    """A number for each product of inputs that is an angle of the circuit."""
    found = dict.fromkeys(g.inputs for g in program.circuit.gates if len(g.inputs) > 1)
    return {inputs: number for number, inputs in enumerate(found)}


@cache
def _quadratic_form(name: str) -> tuple[float, float, float]:
    """A diagonal gate's phase a b0 b1 + f b0 + s b1 in the bits of its wires, but for a global one,
    as (a, f, s); see `GateSpec.phases`.
    """
    p00, p01, p10, p11 = GATES[name].phases
    return p11 - p10 - p01 + p00, p10 - p00, p01 - p00


def _of_each(index: np.ndarray, length: int, axis: int = 0) -> np.ndarray:
    """An index into a vector of each circuit, as one into all vectors in a row."""
    shape = [1] * index.ndim
    shape[axis] = -1
    return index + length * np.arange(index.shape[axis]).reshape(shape)


def merged(
    gates: Sequence[Gate], wires: tuple[int, ...]
) -> tuple[np.ndarray, list[tuple[_Parts, int]]]:
    """Gates on some wires as one matrix and, behind it, gates with an angle alone: their parts and
    weights.

    A gate F without an angle goes to the front, F G = (F G F^H) F, in double precision: two
    Hadamards are the identity then, and not less by what the root of 1/2 is rounded by, which adds
    up where data are encoded again and again.
    """
    matrix = np.eye(2 ** len(wires), dtype=complex)
    turns: list[tuple[_Parts, int]] = []
    for gate in gates:
        parts = _embedded(gate.name, tuple(wires.index(wire) for wire in gate.wires), len(wires))
        if gate.weight is not None:
            turns.append((parts, gate.weight))
        else:
            there, back = parts[0], parts[0].conj().T
            matrix = there @ matrix
            turns = [
                ((there @ a @ back, there @ b @ back, there @ c @ back), weight)
                for (a, b, c), weight in turns
            ]
    return matrix, turns


def _parts(name: str) -> _Parts:
    """Those of a gate on its own wires."""
    if name in _TURNS:
        return _TURNS[name], np.zeros((2, 2)), np.zeros((2, 2))
    return GATES[name].parts


@cache
def _embedded(name: str, places: tuple[int, ...], wires: int) -> _Parts:
    """The parts of a gate on some of the wires, d = 2^wires."""
    others = [place for place in range(wires) if place not in places]
    axes = np.argsort([*places, *others])

    def embedded(matrix: np.ndarray) -> np.ndarray:
        whole = np.kron(matrix, np.eye(2 ** len(others))).reshape([2] * 2 * wires)
        return whole.transpose(*axes, *(axes + wires)).reshape(2**wires, 2**wires)

    fixed, of_cosine, of_sine = (embedded(part) for part in _parts(name))
    return fixed, of_cosine, of_sine


def _flat(matrices: np.ndarray) -> np.ndarray:
    """[..., d, d] -> [..., 2 d^2], real and imaginary parts by turns."""
    *shape, rows, columns = matrices.shape
    flat = np.ascontiguousarray(matrices).reshape(*shape, rows * columns)
    return flat.view(matrices.real.dtype)
