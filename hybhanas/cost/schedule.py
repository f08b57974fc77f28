"""When each instruction of a circuit runs: its time, and the times in which qubits idle."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from hybhanas.calibration import Calibration, GateProperties
from hybhanas.cost.physical import PhysicalCircuit
from hybhanas.errors import CandidateError

_TIMELESS = GateProperties(0.0, 0.0)
_ONLY_ORDER = ("barrier", "delay")

ROUNDING_S = 1e-15
"""Gaps below are of rounding alone where times are counted from the end."""


class Idle(NamedTuple):
    """A window in which a qubit waits, and the index of the instruction that it waits for."""

    qubit: int
    seconds: float
    before: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """When instructions run, in seconds.

    `idle` lists every window between the first and the last instruction of a qubit in which it
    does nothing. Before its first instruction that takes time a qubit is in |0>
    and loses nothing.
    """

    duration_s: float
    serial_s: float
    idle: tuple[Idle, ...]


def properties(
    circuit: PhysicalCircuit, calibration: Calibration
) -> dict[tuple[str, tuple[int, ...]], GateProperties[float]]:
    """The duration and error of every instruction that occurs, read at its own qubits.

    A delay has no duration here: each one has its own.

    Raises:
        CandidateError: an instruction that the machine does not have.
    """
    found = {}
    for name, qubits in circuit.places:
        if name in _ONLY_ORDER:
            known: GateProperties[float] | None = _TIMELESS
        elif name == "reset":
            known = reset_properties(calibration, qubits[0])
        else:
            known = calibration.instructions.get((name, qubits))
        if known is None:
            raise CandidateError(f"{calibration.name} has no {name} on qubits {list(qubits)}")
        found[name, qubits] = known
    return found


def reset_properties(calibration: Calibration, qubit: int) -> GateProperties[float]:
    """The duration and error of a reset: what the backend says, or a readout and an X.

    That sum is what most snapshots of IBM's name: 2,200 and 32 ns for ibm_boston. Its error is the
    readout's.
    """
    readout = calibration.instructions["measure", (qubit,)]
    gates = [at[qubit,].duration_s for at in calibration.gates.values() if (qubit,) in at]
    flipped_s = readout.duration_s + max(gates, default=0.0)
    return GateProperties(calibration.reset_s.get(qubit, flipped_s), readout.error)


def schedule(
    circuit: PhysicalCircuit, calibration: Calibration, scheduling: str = "asap"
) -> Schedule:
    """Schedules every instruction as soon as its qubits are free (asap), or as late as the others
    allow (alap).

    The duration is that of Qiskit's `QuantumCircuit.estimate_duration`: the longest path through
    the circuit, the final measurement included. Either way it is the same; idle times differ, since
    a qubit whose first gate is late waits for it in `|0>`.

    Raises:
        CandidateError: an instruction that the machine does not have.
    """
    durations_s = {at: one.duration_s for at, one in properties(circuit, calibration).items()}
    starts_s, end_s = _starts_s(circuit, durations_s, late=scheduling == "alap")
    least_s = ROUNDING_S if scheduling == "alap" else 0.0
    busy_until_s: dict[int, float] = {}  # the end of a qubit's last instruction that took time
    idle: list[Idle] = []
    for index, (name, qubits, _) in enumerate(circuit.instructions):
        duration_s = durations_s[name, qubits]
        if duration_s > 0:
            start_s = starts_s[index]
            for q in qubits:
                waited_s = start_s - busy_until_s.get(q, start_s)
                if waited_s > least_s:
                    idle.append(Idle(q, waited_s, index))
                busy_until_s[q] = start_s + duration_s
    serial_s = sum(count * durations_s[place] for place, count in circuit.places.items())
    delays = (angles for name, _, angles in circuit.instructions if name == "delay")
    serial_s += sum(angles[0] for angles in delays if angles)
    return Schedule(end_s, serial_s, tuple(idle))


def _starts_s(
    circuit: PhysicalCircuit, durations_s: dict[tuple[str, tuple[int, ...]], float], late: bool
) -> tuple[list[float], float]:
    """When each instruction starts, and when the last one ends."""
    steps = circuit.instructions
    free_s: defaultdict[int, float] = defaultdict(float)  # from which end on a qubit is free
    starts_s = [0.0] * len(steps)
    for index in reversed(range(len(steps))) if late else range(len(steps)):
        name, qubits, angles = steps[index]
        duration_s = durations_s[name, qubits]
        if len(qubits) == 1 and duration_s == 0:
            if name == "delay" and angles:
                free_s[qubits[0]] += angles[0]
            continue
        start_s = 0.0
        for q in qubits:
            if free_s[q] > start_s:
                start_s = free_s[q]
        end_s = start_s + duration_s
        starts_s[index] = end_s if late else start_s
        for q in qubits:
            free_s[q] = end_s
    last_s = max(free_s.values(), default=0.0)
    return [last_s - end_s for end_s in starts_s] if late else starts_s, last_s
