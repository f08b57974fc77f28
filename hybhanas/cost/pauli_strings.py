"""Monte Carlo propagation of Pauli strings backwards through a noisy circuit (Heisenberg picture),
and the noise that each string picks up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hybhanas.cost import pauli
from hybhanas.cost.pauli import PAULI_FRAME, TOLERANCE, Step, unpacked

PATHS = 16_384
"""Strings that are sampled; a multiple of 64."""

MIN_EFFECTIVE = 50
"""Effective sample size below which all strings count alike: the survival of an average operator.
"""

MAX_WEIGHTED = 1024
"""Strings, at most, whose survival is computed."""


class _Idle(NamedTuple):
    """Logs of the factors by which idling shrinks X and Y, and Z."""

    log_xy: float
    log_z: float

    def log_by_code(self, axes: np.ndarray) -> tuple[float, ...]:
        """The log of the factor of each code in this frame."""
        if axes is PAULI_FRAME:
            return 0.0, self.log_xy, self.log_z, self.log_xy
        along = self.log_xy + (self.log_z - self.log_xy) * axes[2, 1:] ** 2
        return 0.0, *along.tolist()


_Deferred = tuple[Step, ...] | str | _Idle
"""On one qubit: fixed gates, a gate with free angles by its name, or an idle time."""


class Strings:
    """Many strings as packed bits, in a frame of axes for each qubit that all strings share.

    A fixed gate on one qubit only rotates its frame. A fixed gate on two is Clifford in rotated
    frames, or else sampled: after optimisation a Clifford circuit is full of rotations that cancel
    only behind the next gate, and sampling at each of them would spread strings that never spread.

    Operations on one qubit are deferred until a gate on two needs them. At the circuit's start no
    gate does: there a string is weighted by its probability to end in I and Z, and not sampled. In
    a deep circuit few sampled strings end so, but many have some probability to.

    Args:
        qubits: how many.
        seed: of the sampling.
    """

    def __init__(self, qubits: int, seed: int):
        self.x, self.z = np.zeros((2, qubits, PATHS // 64), dtype=np.uint64)
        self._rng = np.random.default_rng(seed)
        self._axes = [PAULI_FRAME] * qubits  # [4, 4]: column c, the Paulis in the axis of code c
        self._pending_noise = [0.0] * qubits
        self._deferred: list[list[_Deferred]] = [[] for _ in range(qubits)]
        self.vanish = False  # whether no string has a value at the circuit's start
        self._hit: list[np.ndarray] = []
        self._logs: list[tuple[float, float]] = []

    def propagate_fixed(self, qubits: Sequence[int], steps: tuple[Step, ...]) -> None:
        """Propagates through a run of fixed gates on these one or two qubits."""
        if len(qubits) == 1:
            self._deferred[qubits[0]].append(steps)
            return
        self.flush(qubits)
        first, second = (self._axes[q] for q in qubits)
        if first is PAULI_FRAME and second is PAULI_FRAME:
            propagation = pauli.fixed_propagation(steps)
        else:
            axes = (second[:, None, :, None] * first[None, :, None, :]).reshape(16, 16)
            propagation = pauli.propagation(axes.T @ pauli.pauli_transfer_matrix(steps))
        propagation.propagator(self._bits(qubits), self._rng)
        for qubit, axes in zip(qubits, propagation.axes, strict=True):
            self._axes[qubit] = axes

    def propagate_free(self, qubits: Sequence[int], name: str) -> None:
        """Propagates through a gate whose angles are free: the mean over all their values."""
        if len(qubits) == 1:
            self._deferred[qubits[0]].append(name)
            return
        self.flush(qubits)
        self._propagate_free(qubits, name)

    def idle(self, qubit: int, log_kept_xy: float, log_kept_z: float) -> None:
        """An idle time, in which X and Y of a qubit decay by one factor and Z by another."""
        self._deferred[qubit].append(_Idle(log_kept_xy, log_kept_z))

    def flush(self, qubits: Sequence[int]) -> None:
        """Applies the deferred operations of each of these qubits."""
        self._flush_noise(qubits)
        for qubit in qubits:
            for deferred in self._deferred[qubit]:
                if isinstance(deferred, str):
                    self._propagate_free([qubit], deferred)
                    self._axes[qubit] = PAULI_FRAME  # a free gate absorbs rotations about its axis
                elif isinstance(deferred, _Idle):
                    self._record_idle(qubit, deferred.log_by_code(self._axes[qubit]))
                else:
                    self._axes[qubit] = pauli.pauli_transfer_matrix(deferred).T @ self._axes[qubit]
            self._deferred[qubit].clear()

    def _propagate_free(self, qubits: Sequence[int], name: str) -> None:
        axis = pauli.AXES.get(name)
        for place, qubit in enumerate(qubits):
            self._align(qubit, None if axis is None else axis[place])
        if axis is None:
            pauli.sample(pauli.free_transition_matrix(name))(self._bits(qubits), self._rng)
        else:
            pauli.free_rotation(axis)(self._bits(qubits), self._rng)

    def _align(self, qubit: int, axis: int | None) -> None:
        """Gives the Pauli `axis` its own code: by relabelling if the frame holds it, else by
        sampling. After sampling, or without an axis, the qubit's frame is that of the Paulis.
        """
        axes = self._axes[qubit]
        if axes is PAULI_FRAME:
            return
        if axis is not None:
            code = int(np.abs(axes[axis]).argmax())
            if abs(axes[axis, code]) > 1 - TOLERANCE:
                images = [0, 1, 2, 3]
                images[code], images[axis] = axis, code
                pauli.clifford(tuple(images))(self._bits([qubit]), self._rng)
                self._axes[qubit] = axes[:, images]
                return
        pauli.sample(axes.T**2)(self._bits([qubit]), self._rng)
        self._axes[qubit] = PAULI_FRAME

    def _bits(self, qubits: Sequence[int]) -> pauli.Bits:
        return [plane[qubit] for qubit in qubits for plane in (self.x, self.z)]

    def depolarize(self, qubits: Sequence[int], log_kept: float) -> None:
        """A gate's depolarising noise, which shrinks the strings that act on any of its qubits.

        Gates on one qubit do not change where a string acts: their noise accumulates until a gate
        on two flushes it.
        """
        if len(qubits) == 1:
            self._pending_noise[qubits[0]] += log_kept
        else:
            hit = np.bitwise_or.reduce([*self.x[qubits], *self.z[qubits]])
            self._record(hit, log_kept, 0.0)

    def _flush_noise(self, qubits: Sequence[int]) -> None:
        for qubit in qubits:
            if self._pending_noise[qubit]:
                self._record(self.x[qubit] | self.z[qubit], self._pending_noise[qubit], 0.0)
                self._pending_noise[qubit] = 0.0

    def _record_idle(self, qubit: int, logs: tuple[float, ...]) -> None:
        _, log_x, log_z, log_y = logs
        x, z = self.x[qubit], self.z[qubit]
        self._record(x.copy(), 0.0, log_x)
        self._record(z & ~x, 0.0, log_z)
        if abs(log_y - log_x) > TOLERANCE * abs(log_x):
            self._record(x & z, 0.0, log_y - log_x)

    def _record(self, hit: np.ndarray, log_gate: float, log_idle: float) -> None:
        self._hit.append(hit)
        self._logs.append((log_gate, log_idle))

    def weighted_sample(self) -> tuple[np.ndarray, np.ndarray]:
        """At the circuit's start: strings resampled by their weight.

        Returns:
            Their indices, and [2, strings] the logs of what the noise of gates, and idling, leaves
            of each.
        """
        everything = range(len(self.x))
        self._flush_noise(everything)
        starts = [self._ending_in_z(qubit) for qubit in everything]
        codes = [unpacked(x) + 2 * unpacked(z) for x, z in zip(self.x, self.z, strict=True)]
        chance = np.ones(PATHS)
        for (chances, _), code in zip(starts, codes, strict=True):
            chance *= chances.take(code)
        self.vanish = not chance.any()
        chosen = systematic_resample(chance)
        logs = np.zeros((2, len(chosen)))
        if len(chosen) >= MIN_EFFECTIVE:
            for (_, log_idles), code in zip(starts, codes, strict=True):
                logs[1] += log_idles[code[chosen]]
        else:
            self.flush(everything)
            chosen = np.arange(0, PATHS, PATHS // MAX_WEIGHTED)
            logs = np.zeros((2, len(chosen)))
        coefficients = np.array(self._logs).reshape(-1, 2).T
        for first in range(0, len(self._hit), 1024):  # a slice at a time, to bound memory
            packed = np.stack(self._hit[first : first + 1024]).view(np.uint8)
            hit = packed[:, chosen >> 3] >> (chosen & 7).astype(np.uint8) & 1
            logs += coefficients[:, first : first + 1024] @ hit
        return chosen, logs

    def _ending_in_z(self, qubit: int) -> tuple[np.ndarray, np.ndarray]:
        """For each code its probability to end in I or Z, through the deferred operations, and the
        log of what idling leaves of it on the way there, both [4].
        """
        axes = self._axes[qubit]
        paths = np.stack([np.eye(4)] * 2)  # without and with the decay while idle
        for deferred in self._deferred[qubit]:
            if isinstance(deferred, str):
                paths = paths @ (axes.T**2 @ pauli.free_transition_matrix(deferred))
                axes = PAULI_FRAME
            elif isinstance(deferred, _Idle):
                paths[1] *= np.exp(deferred.log_by_code(axes))
            else:
                axes = pauli.pauli_transfer_matrix(deferred).T @ axes
        ends, kept = paths @ (axes[0] ** 2 + axes[2] ** 2)  # |0> has a value for I and Z
        chances = np.where(ends > TOLERANCE, ends, 0)
        return chances, np.log(np.maximum(kept / np.maximum(ends, TOLERANCE), 1e-300))


def systematic_resample(chance: np.ndarray) -> np.ndarray:
    """Systematic resampling: the indices of strings, each as often as its weight, as many as the
    effective sample size (Kish: the square of the sum of weights over the sum of their squares) and
    at most MAX_WEIGHTED.
    """
    summed = np.cumsum(chance)
    squares = float(chance @ chance)
    count = min(round(summed[-1] ** 2 / squares), MAX_WEIGHTED) if squares else 0
    return np.searchsorted(summed, (np.arange(count) + 0.5) * (summed[-1] / max(count, 1)))
