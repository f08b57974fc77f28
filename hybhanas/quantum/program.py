"""A gate list as a program of few steps: gates fused into blocks of a few wires.

A step reorders the rows of the state, which takes CX and SWAP along for nothing, multiplies it by
phases (CZ, CRZ, encodings along Z), and then by one small matrix on the wires of its block, which
holds every other gate. Structure is data here: programs of different circuits differ in indices
and coefficients alone, so that many run as one (see `hybhanas.quantum.stack`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import groupby

import numpy as np

from hybhanas.circuit import Circuit
from hybhanas.errors import CandidateError
from hybhanas.gates import GATES, Gate

TO_Z = {"X": ("h", "h"), "Y": ("rx_quarter", "rx_back"), "Z": ()}
"""The fixed gates before and after a rotation about Z that make it one about another axis."""


@dataclass
class Step:
    """What happens between two products with a block's matrix, and that matrix.

    `permutations`, then `phases`, then on the block's `wires` the one-qubit gates of `rotations`,
    by wire and in order, then the `entanglers`. The rows of the state are in an order with the
    block's wires first.
    """

    wires: tuple[int, ...] = ()
    permutations: list[Gate] = field(default_factory=list)
    phases: list[Gate] = field(default_factory=list)
    rotations: dict[int, list[Gate]] = field(default_factory=dict)
    entanglers: list[Gate] = field(default_factory=list)

    def order(self, wires: int) -> tuple[int, ...]:
        """All wires, the most significant bit of a row's number first."""
        return (*self.wires, *(w for w in range(wires) if w not in self.wires))


@dataclass(frozen=True)
class Program:
    """A circuit compiled for a register of `wires` wires, the ones it does not use idle.

    `start` holds for every wire the one-qubit gates that act on |0> before anything else, by which
    the state starts as a product; None where the state starts as amplitudes. `last` has
    permutations and phases but no block.
    """

    circuit: Circuit
    wires: int
    start: dict[int, list[Gate]] | None
    steps: tuple[Step, ...]
    last: Step


def block_width(wires: int) -> int:
    """Wires of a block with which a register runs fastest, as `make bench` finds it."""
    return min(wires, 3 if wires in (5, 6, 9) else 4)


@lru_cache(maxsize=1024)
def compile_circuit(circuit: Circuit, wires: int, width: int, whole: bool = False) -> Program:
    """Compiles a circuit.

    Args:
        circuit: its gates.
        wires: of the register, at least the circuit's.
        width: wires of a block, at least 2 where there are two.
        whole: end in the natural order of rows and with all phases, which Z does not depend on.
    """
    gates = list(circuit.gates)
    start: dict[int, list[Gate]] | None = None
    if circuit.by_amplitude:
        gates = gates[1:]
    else:
        start, gates = _leading(gates, circuit.qubits)
    compiler = _Compiler(width)
    for kind, run in groupby(gates, key=_kind):
        compiler.add(kind, list(run))
    steps, last = compiler.end()
    if whole:
        steps, last = [*steps, last], Step()
    return Program(circuit, wires, start, tuple(steps), last)


def row_index(
    before: Sequence[int], permutations: Sequence[Gate], after: Sequence[int]
) -> np.ndarray:
    """Where each row comes from: new = old[index], [2^n].

    Args:
        before: the wires as the old rows order them, most significant bit first.
        permutations: gates that permute basis states in between.
        after: the wires as the new rows order them.
    """
    wires = len(after)
    moved = rows_of(tuple(after))
    for gate in reversed(permutations):
        shifts = [wires - 1 - w for w in gate.wires]
        after_gate = sum(((moved >> shift) & 1) << i for i, shift in enumerate(reversed(shifts)))
        changed = after_gate ^ _states_before(gate.name)[after_gate]
        for i, shift in enumerate(reversed(shifts)):
            moved = moved ^ (((changed >> i) & 1) << shift)
    place = np.empty(2**wires, dtype=np.int64)
    place[rows_of(tuple(before))] = np.arange(2**wires)
    return place[moved]


@cache
def _states_before(name: str) -> np.ndarray:
    """[2^wires]: the basis state that a permutation takes to each basis state."""
    return np.argsort(GATES[name].permutation)  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def rows_of(order: tuple[int, ...]) -> np.ndarray:
    """[2^n]: which row in the order 0, 1, 2 ... each row in another order of wires is."""
    wires = len(order)
    rows = np.arange(2**wires, dtype=np.int64)
    natural = np.zeros_like(rows)
    for place, wire in enumerate(order):
        natural |= ((rows >> (wires - 1 - place)) & 1) << (wires - 1 - wire)
    return natural


def _kind(gate: Gate) -> str:
    spec = GATES.get(gate.name)
    if spec is None or spec.kind in ("state", "other") or (gate.inputs and spec.control):
        what = f"gate {gate.name}{' by an input' if gate.inputs else ''}"
        raise CandidateError(f"the fused simulator cannot run {what}; simulator=torchquantum can")
    return "encoding" if gate.inputs else spec.kind


def _leading(gates: list[Gate], wires: int) -> tuple[dict[int, list[Gate]], list[Gate]]:
    """The gates of each wire that a product state can hold (fixed ones, one encoding, trained
    ones, in this order), and all other gates.
    """
    start: dict[int, list[Gate]] = {wire: [] for wire in range(wires)}
    rest = []
    closed: set[int] = set()
    for gate in gates:
        wire = gate.wires[0]
        trained = any(g.inputs or g.weight is not None for g in start[wire])
        if len(gate.wires) > 1 or wire in closed or (gate.weight is None and trained):
            closed.update(gate.wires)
            rest.append(gate)
        else:
            start[wire].append(gate)
    return start, rest


class _Compiler:
    """Takes runs of gates of one kind, and places each gate into the earliest block that it may
    join: none later touches its wires, and the block has room.
    """

    def __init__(self, width: int):
        self.width = width
        self.steps: list[Step] = []
        self.gap = Step()  # permutations and phases since the last block
        self.open: list[Step] = []  # blocks since then
        self.pending: dict[int, list[Gate]] = {}  # one-qubit gates in no block yet, by wire

    def add(self, kind: str, run: list[Gate]) -> None:
        if kind == "permutation":
            self._close()
            if self.gap.phases:
                self._bare_step()
            self.gap.permutations += run
        elif kind == "phase":
            self._close()
            self._add_phases(run)
        elif kind == "encoding":
            self._encode(run)
        else:
            for gate in run:
                if kind == "one_qubit":
                    self.pending.setdefault(gate.wires[0], []).append(gate)
                else:
                    self._entangle(gate)

    def end(self) -> tuple[list[Step], Step]:
        self._close()
        return self.steps, self.gap

    def _encode(self, run: list[Gate]) -> None:
        """Encodings as rotations about products of Z, between fixed gates: as many at once as
        rotate the axes of each wire alike.
        """
        while run:
            axes: dict[int, str] = {}
            together: list[Gate] = []
            for gate in run:
                own = dict(zip(gate.wires, GATES[gate.name].generator, strict=True))
                again = any(gate.wires == other.wires for other in together)
                if again or any(axes.get(wire, axis) != axis for wire, axis in own.items()):
                    break
                axes |= own
                together.append(gate)
            run = run[len(together) :]
            self._rotate_axes(axes, first=True)
            self._close()
            self._add_phases(
                [Gate("r" + "z" * len(gate.wires), gate.wires, gate.inputs) for gate in together]
            )
            self._rotate_axes(axes, first=False)

    def _rotate_axes(self, axes: dict[int, str], first: bool) -> None:
        for wire, axis in axes.items():
            if gates := TO_Z[axis]:
                self.add("one_qubit", [Gate(gates[0 if first else 1], (wire,))])

    def _add_phases(self, run: list[Gate]) -> None:
        for gate in run:
            if any(g.wires == gate.wires for g in self.gap.phases):
                self._bare_step()  # a pair of wires has one coefficient in a step
            self.gap.phases.append(gate)

    def _entangle(self, gate: Gate) -> None:
        touching = [i for i, step in enumerate(self.open) if set(gate.wires) & set(step.wires)]
        earliest = max(touching, default=0)
        step = next((s for s in self.open[earliest:] if self._has_room(s, gate)), None)
        if step is None:
            step = self._new_block()
        for wire in gate.wires:
            self._join(step, wire)
        step.entanglers.append(gate)

    def _has_room(self, step: Step, gate: Gate) -> bool:
        new = set(gate.wires) - set(step.wires)
        late = [w for w in gate.wires if w in step.wires and w in self.pending]
        return not late and len(step.wires) + len(new) <= self.width

    def _join(self, step: Step, wire: int) -> None:
        if wire not in step.wires:
            step.wires += (wire,)
        if wire in self.pending:
            step.rotations[wire] = self.pending.pop(wire)

    def _new_block(self) -> Step:
        step, self.gap = self.gap, Step()
        self.steps.append(step)
        self.open.append(step)
        return step

    def _bare_step(self) -> None:
        self.steps.append(self.gap)
        self.gap = Step()

    def _close(self) -> None:
        """Puts the pending gates into blocks, as few and as even as possible."""
        for wire in sorted(self.pending):
            touching = [i for i, step in enumerate(self.open) if wire in step.wires]
            for step in self.open[max(touching, default=-1) + 1 :]:
                if len(step.wires) < self.width:
                    self._join(step, wire)
                    break
        left = sorted(self.pending)
        blocks = -(-len(left) // self.width)
        for part in np.array_split(left, blocks) if blocks else ():
            step = self._new_block()
            for wire in part.tolist():
                self._join(step, wire)
        self.open = []
