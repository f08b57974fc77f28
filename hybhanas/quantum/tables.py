"""Tables: a stack's circuits as indices and coefficients, laid out with NumPy."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from hybhanas.circuit import Gate
from hybhanas.quantum import kernels
from hybhanas.quantum.program import Program, Step, row_index

_ROOT = math.sqrt(0.5)
FIXED = {
    "h": np.array([[_ROOT, _ROOT], [_ROOT, -_ROOT]], dtype=complex),
    "turn": np.array([[_ROOT, -1j * _ROOT], [-1j * _ROOT, _ROOT]]),  # RX(pi/2)
    "turn_back": np.array([[_ROOT, 1j * _ROOT], [1j * _ROOT, _ROOT]]),
}
"""The gates without an angle that act on one wire."""

Arrays = dict[str, np.ndarray]


class Tables:
    """The circuits of K programs as arrays, named in the methods that make them.

    An index into the weights or the inputs of a circuit is one into those of all K in a row, each
    with a zero appended: the place of what a circuit has not.

    Args:
        programs: those of most steps first.
        width: wires of a block.
        inputs, weights: lengths of the vectors of each circuit.
    """

    def __init__(self, programs: Sequence[Program], width: int, inputs: int, weights: int):
        self.programs = programs
        self.circuits, self.wires, self.width = len(programs), programs[0].wires, width
        self.inputs, self.weights = inputs, weights
        self.counts = [len(program.steps) for program in programs]
        if self.counts != sorted(self.counts, reverse=True):
            raise ValueError("the programs of a stack must be sorted, those of most steps first")
        self.steps = self.counts[0]

    def start(self) -> Arrays:
        """`vectors` [K, n, 2, 2]: each wire's state after its fixed gates, for the cosine of half
        the encoded angle, and for its sine. `inputs` [K, n]: the angles; `in_order`: whether they
        are the first inputs. `amplitudes` [K, 2^n]: the inputs that are amplitudes. `by_amplitude`
        [K]: whether they are the state.
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
                    if gate.input is not None:
                        vectors[k, wire, :, 1] = np.array(kernels.generator(gate.name)) @ before
                        inputs[k, wire] = gate.input
                    elif gate.weight is None:
                        vectors[k, wire, :, 0] = FIXED[gate.name] @ before
        return {
            "vectors": vectors,
            "inputs": _of_each(inputs, self.inputs + 1),
            "in_order": np.array(bool((inputs == np.arange(self.wires)).all())),
            "amplitudes": _of_each(amplitudes, self.inputs + 1),
            "by_amplitude": np.array([program.start is None for program in self.programs]),
        }

    def one_qubit_gates(self) -> Arrays:
        """Up to T gates, one after the other, on every wire at the start, [K, n], and then on every
        wire of a block, [steps, K, width], all these places in a row: `weights` [places, T], and
        `parts` [places, T, 2, 2, 2], what the cosine and what the sine of half the angle is of.
        """
        places: list[tuple[int, list[Gate]]] = []
        for k, program in enumerate(self.programs):
            start = program.start or {}
            places += [
                (k, [g for g in start.get(wire, []) if g.weight is not None])
                for wire in range(self.wires)
            ]
        for s in range(self.steps):
            for k, program in enumerate(self.programs):
                step = program.steps[s] if s < len(program.steps) else Step()
                places += [(k, step.rotations.get(wire, [])) for wire in self._block(step)]
        shape = (len(places), max(1, max(len(gates) for _, gates in places)))
        weights = np.full(shape, self.weights)
        parts = np.zeros((*shape, 2, 2, 2), dtype=complex)
        parts[..., 0, :, :] = np.eye(2)
        for place, (k, gates) in enumerate(places):
            for t, gate in enumerate(gates):
                if gate.weight is None:
                    parts[place, t, 0] = FIXED[gate.name]
                else:
                    weights[place, t] = gate.weight
                    parts[place, t, 1] = kernels.generator(gate.name)
            weights[place] += k * (self.weights + 1)
        return {"weights": weights, "parts": parts}

    def entanglers(self) -> Arrays:
        """Of the `blocks` [b] with controlled rotations, counted through [steps, K], up to q of
        them: `weights` [q, b]; `controlled` [q, b, d], the rows that one acts on; `turns`
        [q, b, d], what the sine of half its angle brings from the row `partners` [q, b, d] (counted
        through all blocks).
        """
        found = [
            (s * self.circuits + k, k, self._block(step), step.entanglers)
            for k, program in enumerate(self.programs)
            for s, step in enumerate(program.steps)
            if step.entanglers
        ]
        most = max((len(gates) for *_, gates in found), default=0)
        rows = np.arange(2**self.width)
        shape = (most, len(found), len(rows))
        weights = np.zeros(shape[:2], dtype=int)
        controlled, turns = np.zeros(shape), np.zeros(shape, dtype=complex)
        partners = np.tile(rows, (*shape[:2], 1))
        for b, (_, k, block, gates) in enumerate(found):
            first = k * (self.weights + 1)
            weights[:, b] = first + self.weights
            for q, gate in enumerate(gates):
                control, target = (self.width - 1 - block.index(wire) for wire in gate.wires)
                on, bit = (rows >> control) & 1, (rows >> target) & 1
                (_, to_zero), (to_one, _) = kernels.generator(gate.name.removeprefix("c"))
                weights[q, b] = first + (gate.weight or 0)
                controlled[q, b] = on
                turns[q, b] = on * np.where(bit, to_one, to_zero)
                partners[q, b] = rows ^ (1 << target)
        return {
            "blocks": np.array([block for block, *_ in found], dtype=int),
            "weights": weights,
            "controlled": controlled,
            "turns": turns,
            "partners": partners + len(rows) * np.arange(len(found))[None, :, None],
        }

    def phases(self) -> Arrays:
        """Of every step with phases, by place in the step's order: `weights` and `fixed`
        [phases, K, n, n], the angles of CRZ and CZ from control to target; `inputs`
        [phases, K, n], the encodings. `steps` [phases] says which step it is.
        """
        steps = [
            s
            for s in range(self.steps)
            if any(s < len(p.steps) and p.steps[s].phases for p in self.programs)
        ]
        shape = (len(steps), self.circuits, self.wires)
        weights, fixed = np.full((*shape, self.wires), self.weights), np.zeros((*shape, self.wires))
        inputs = np.full(shape, self.inputs)
        for place, s in enumerate(steps):
            for k, program in enumerate(self.programs):
                if s >= len(program.steps):
                    break
                order = program.steps[s].order(self.wires)
                for gate in program.steps[s].phases:
                    at = (place, k, *(order.index(wire) for wire in gate.wires))
                    if gate.input is not None:
                        inputs[at] = gate.input
                    elif gate.weight is not None:
                        weights[at] = gate.weight
                    else:
                        fixed[at] = math.pi
        return {
            "steps": np.array(steps, dtype=int),
            "weights": _of_each(weights, self.weights + 1, axis=1),
            "fixed": fixed,
            "inputs": _of_each(inputs, self.inputs + 1, axis=1),
            "shared": np.array(bool((weights != self.weights).any() or fixed.any())),
            "sampled": np.array(bool((inputs != self.inputs).any())),
        }

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


def _of_each(index: np.ndarray, length: int, axis: int = 0) -> np.ndarray:
    """An index into a vector of each circuit, as one into all vectors in a row."""
    shape = [1] * index.ndim
    shape[axis] = -1
    return index + length * np.arange(index.shape[axis]).reshape(shape)
