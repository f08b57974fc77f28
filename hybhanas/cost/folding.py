"""Circuits as options change them: folded to amplify noise, decoupled while qubits wait."""

from __future__ import annotations

from dataclasses import replace

from hybhanas.calibration import Calibration
from hybhanas.cost.options import SEQUENCES
from hybhanas.cost.physical import Instruction, PhysicalCircuit
from hybhanas.cost.schedule import Idle, Schedule
from hybhanas.errors import CandidateError

FOLDED = ("ecr", "cx", "cy", "cz", "swap")
"""The gates that Runtime folds, each its own inverse."""


def folded(circuit: PhysicalCircuit, factor: float) -> PhysicalCircuit:
    """The circuit with the noise of its two-qubit gates amplified: U becomes U (U^-1 U)^n.

    Args:
        circuit: transpiled.
        factor: 2 n + 1 if it is an odd whole number. Of any other factor so many gates are folded
            once more as come nearest to it; Runtime draws them at random, here they are the first.

    Example:
        >>> bell = PhysicalCircuit((Instruction("sx", (0,)), Instruction("cz", (0, 1))))
        >>> folded(bell, 5).counts["cz"]
        5
    """
    places = [i for i, step in enumerate(circuit.instructions) if step.name in FOLDED]
    folds, rest = divmod(factor - 1, 2)
    extra = rest / 2 * len(places)
    more = max(round(extra), 1) if extra > 1e-8 else 0
    times = {index: 2 * (int(folds) + (i < more)) + 1 for i, index in enumerate(places)}
    return _with(circuit, [[step] * times.get(i, 1) for i, step in enumerate(circuit.instructions)])


def decoupled(
    circuit: PhysicalCircuit, timed: Schedule, calibration: Calibration, sequence: str
) -> tuple[PhysicalCircuit, Schedule]:
    """The circuit with pulses in every window in which a qubit waits long enough for them.

    Nothing takes longer. The pulses add their errors; that they undo slow drifts of phase is
    known to no calibration, whose T2 is that of an echo already.

    Args:
        circuit: transpiled.
        timed: of the circuit.
        calibration: of the backend, repaired.
        sequence: one of SEQUENCES.

    Raises:
        CandidateError: the machine has no X gate there.
    """
    pulses = SEQUENCES[sequence]
    waits: dict[int, list[Idle]] = {}
    for window in timed.idle:
        waits.setdefault(window.before, []).append(window)
    parts: list[list[Instruction]] = []
    idle: list[Idle] = []
    size = 0
    for index, step in enumerate(circuit.instructions):
        part: list[Instruction] = []
        left: list[Idle] = []
        for qubit, seconds, _ in waits.get(index, ()):
            pulse = calibration.instructions.get(("x", (qubit,)))
            if pulse is None:
                raise CandidateError(
                    f"{calibration.name} has no x on qubit {qubit}, which decoupling needs"
                )
            rest_s = seconds - pulses * pulse.duration_s
            if rest_s >= 0:
                part += [Instruction("x", (qubit,))] * pulses
            left.append(Idle(qubit, rest_s if rest_s >= 0 else seconds, size))
        parts.append([*part, step])
        size += len(part)
        idle += [window._replace(before=size) for window in left]
        size += 1
    return _with(circuit, parts), replace(timed, idle=tuple(idle))


def readout_s(circuit: PhysicalCircuit, calibration: Calibration) -> float:
    """Seconds of a circuit that flips the measured qubits at random and reads them."""
    qubits = set(circuit.measured.values())
    gates = [
        gate.duration_s
        for at in calibration.gates.values()
        for place, gate in at.items()
        if len(place) == 1 and place[0] in qubits
    ]
    readouts_s = (calibration.qubits[qubit].readout_s for qubit in qubits)
    return max(readouts_s, default=0.0) + max(gates, default=0.0)


def _with(circuit: PhysicalCircuit, parts: list[list[Instruction]]) -> PhysicalCircuit:
    """A circuit in which each instruction became several, the last of them its own."""
    last, size = [], 0
    for part in parts:
        size += len(part)
        last.append(size - 1)
    measurements = tuple(None if index is None else last[index] for index in circuit.measurements)
    return PhysicalCircuit(tuple(step for part in parts for step in part), measurements)
