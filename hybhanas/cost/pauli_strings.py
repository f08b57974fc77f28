"""Pauli strings on their way back through a noisy circuit, and the faults that each meets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hybhanas.cost import pauli
from hybhanas.cost.pauli import PAULI, TOLERANCE, Step, unpacked

PATHS = 16_384
"""Strings; a multiple of 64."""

LEAST = 50
"""Strings that count below which all do: the average survival of an operator."""

WEIGHED = 1024
"""Of the strings that count, how many are weighed at most."""


class _Wait(NamedTuple):
    """Logs of what a wait leaves of X and Y, and of Z."""

    log_xy: float
    log_z: float

    def of_codes(self, axes: np.ndarray) -> tuple[float, ...]:
        """The same of each code along these axes."""
        if axes is PAULI:
            return 0.0, self.log_xy, self.log_z, self.log_xy
        along = self.log_xy + (self.log_z - self.log_xy) * axes[2, 1:] ** 2
        return 0.0, *along.tolist()


_Move = tuple[Step, ...] | str | _Wait
"""On one qubit: a run of fixed gates, a free one by its name, or a wait."""


class Strings:
    """Many strings as packed bits, each qubit's Paulis along axes that all of them share.

    A fixed gate on one qubit only turns its axes. A fixed gate on two is Clifford along turned
    axes, or else drawn: after optimisation a Clifford circuit is full of rotations that cancel
    only behind the next gate, and to draw at each of them would spread strings that never spread.

    What happens on one qubit is put off until a gate on two needs it. At the circuit's start
    nothing does: there a string counts by its chance to end in I and Z, and is not drawn. In a
    deep circuit few strings end so, but many may.

    Args:
        qubits: how many.
        seed: of the draws.
    """

    def __init__(self, qubits: int, seed: int):
        self.x, self.z = np.zeros((2, qubits, PATHS // 64), dtype=np.uint64)
        self._rng = np.random.default_rng(seed)
        self._axes = [PAULI] * qubits  # [4, 4]: column c, the Paulis in the axis of code c
        self._unsettled = [0.0] * qubits
        self._put_off: list[list[_Move]] = [[] for _ in range(qubits)]
        self._hit: list[np.ndarray] = []
        self._logs: list[tuple[float, float]] = []

    def fixed(self, qubits: Sequence[int], steps: tuple[Step, ...]) -> None:
        """Back through a run of fixed gates on these one or two qubits."""
        if len(qubits) == 1:
            self._put_off[qubits[0]].append(steps)
            return
        self.settle(qubits)
        first, second = (self._axes[q] for q in qubits)
        if first is PAULI and second is PAULI:
            passage = pauli.passage_of(steps)
        else:
            axes = (second[:, None, :, None] * first[None, :, None, :]).reshape(16, 16)
            passage = pauli.passage(axes.T @ pauli.transfer(steps))
        passage.move(self._bits(qubits), self._rng)
        for qubit, axes in zip(qubits, passage.axes, strict=True):
            self._axes[qubit] = axes

    def free(self, qubits: Sequence[int], name: str) -> None:
        """Back through a gate whose angles may be anything."""
        if len(qubits) == 1:
            self._put_off[qubits[0]].append(name)
            return
        self.settle(qubits)
        self._mix(qubits, name)

    def wait(self, qubit: int, log_kept_xy: float, log_kept_z: float) -> None:
        """A wait, in which X and Y of a qubit decay by one factor and Z by another."""
        self._put_off[qubit].append(_Wait(log_kept_xy, log_kept_z))

    def settle(self, qubits: Sequence[int]) -> None:
        """Does on each of these qubits what was put off."""
        self._settle_noise(qubits)
        for qubit in qubits:
            for move in self._put_off[qubit]:
                if isinstance(move, str):
                    self._mix([qubit], move)
                    self._axes[qubit] = PAULI  # a turn about the gate's axis is lost in it
                elif isinstance(move, _Wait):
                    self._record_wait(qubit, move.of_codes(self._axes[qubit]))
                else:
                    self._axes[qubit] = pauli.transfer(move).T @ self._axes[qubit]
            self._put_off[qubit].clear()

    def _mix(self, qubits: Sequence[int], name: str) -> None:
        axis = pauli.AXES.get(name)
        for place, qubit in enumerate(qubits):
            self._align(qubit, None if axis is None else axis[place])
        if axis is None:
            pauli.draw(pauli.free_mixing(name))(self._bits(qubits), self._rng)
        else:
            pauli.turn(axis)(self._bits(qubits), self._rng)

    def _align(self, qubit: int, axis: int | None) -> None:
        """Gives the Pauli `axis` its own code, by relabelling if the axes hold it; else draws.

        After a draw, or without an axis, the qubit's axes are the Paulis.
        """
        axes = self._axes[qubit]
        if axes is PAULI:
            return
        if axis is not None:
            code = int(np.abs(axes[axis]).argmax())
            if abs(axes[axis, code]) > 1 - TOLERANCE:
                images = [0, 1, 2, 3]
                images[code], images[axis] = axis, code
                pauli.permute(tuple(images))(self._bits([qubit]), self._rng)
                self._axes[qubit] = axes[:, images]
                return
        pauli.draw(axes.T**2)(self._bits([qubit]), self._rng)
        self._axes[qubit] = PAULI

    def _bits(self, qubits: Sequence[int]) -> pauli.Bits:
        return [plane[qubit] for qubit in qubits for plane in (self.x, self.z)]

    def noise(self, qubits: Sequence[int], log_kept: float) -> None:
        """A gate's noise, which hits what acts on any of its qubits.

        Gates on one qubit do not change where a string acts: their noise adds up until a gate on
        two settles it.
        """
        if len(qubits) == 1:
            self._unsettled[qubits[0]] += log_kept
        else:
            hit = np.bitwise_or.reduce([*self.x[qubits], *self.z[qubits]])
            self._record(hit, log_kept, 0.0)

    def _settle_noise(self, qubits: Sequence[int]) -> None:
        for qubit in qubits:
            if self._unsettled[qubit]:
                self._record(self.x[qubit] | self.z[qubit], self._unsettled[qubit], 0.0)
                self._unsettled[qubit] = 0.0

    def _record_wait(self, qubit: int, logs: tuple[float, ...]) -> None:
        _, log_x, log_z, log_y = logs
        x, z = self.x[qubit], self.z[qubit]
        self._record(x.copy(), 0.0, log_x)
        self._record(z & ~x, 0.0, log_z)
        if abs(log_y - log_x) > TOLERANCE * abs(log_x):
            self._record(x & z, 0.0, log_y - log_x)

    def _record(self, hit: np.ndarray, log_gate: float, log_idle: float) -> None:
        self._hit.append(hit)
        self._logs.append((log_gate, log_idle))

    def weighed(self) -> tuple[np.ndarray, np.ndarray]:
        """At the circuit's start: strings as often as they count, by index, and [2, strings] the
        logs of what gates and what waits leave of them.
        """
        everything = range(len(self.x))
        self._settle_noise(everything)
        starts = [self._start(qubit) for qubit in everything]
        codes = [unpacked(x) + 2 * unpacked(z) for x, z in zip(self.x, self.z, strict=True)]
        chance = np.ones(PATHS)
        for (chances, _), code in zip(starts, codes, strict=True):
            chance *= chances.take(code)
        counted = drawn_evenly(chance)
        logs = np.zeros((2, len(counted)))
        if len(counted) >= LEAST:
            for (_, log_waits), code in zip(starts, codes, strict=True):
                logs[1] += log_waits[code[counted]]
        else:
            self.settle(everything)
            counted = np.arange(0, PATHS, PATHS // WEIGHED)
            logs = np.zeros((2, len(counted)))
        coefficients = np.array(self._logs).reshape(-1, 2).T
        for first in range(0, len(self._hit), 1024):  # a slice at a time, to bound memory
            packed = np.stack(self._hit[first : first + 1024]).view(np.uint8)
            hit = packed[:, counted >> 3] >> (counted & 7).astype(np.uint8) & 1
            logs += coefficients[:, first : first + 1024] @ hit
        return counted, logs

    def _start(self, qubit: int) -> tuple[np.ndarray, np.ndarray]:
        """For each code its chance to end in I or Z, through what was put off, and the log of what
        waits leave of it on the way there, both [4].
        """
        axes = self._axes[qubit]
        ways = np.stack([np.eye(4)] * 2)  # without and with what is lost in waits
        for move in self._put_off[qubit]:
            if isinstance(move, str):
                ways = ways @ (axes.T**2 @ pauli.free_mixing(move))
                axes = PAULI
            elif isinstance(move, _Wait):
                ways[1] *= np.exp(move.of_codes(axes))
            else:
                axes = pauli.transfer(move).T @ axes
        ends, kept = ways @ (axes[0] ** 2 + axes[2] ** 2)  # |0> has a value for I and Z
        chances = np.where(ends > TOLERANCE, ends, 0)
        return chances, np.log(np.maximum(kept / np.maximum(ends, TOLERANCE), 1e-300))


def drawn_evenly(chance: np.ndarray) -> np.ndarray:
    """Of strings, by index, each as often as its chance: as many as would say as much if they
    counted whole, and at most WEIGHED.
    """
    summed = np.cumsum(chance)
    squares = float(chance @ chance)
    count = min(round(summed[-1] ** 2 / squares), WEIGHED) if squares else 0
    return np.searchsorted(summed, (np.arange(count) + 0.5) * (summed[-1] / max(count, 1)))
