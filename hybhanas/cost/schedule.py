"""When each instruction of a circuit runs: its time, and the times in which qubits idle."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from hybhanas.calibration import Calibration, GateProperties
from hybhanas.cost.physical import PhysicalCircuit
from hybhanas.errors import CandidateError

_BARRIER = GateProperties(0.0, 0.0)


class Idle(NamedTuple):
    """A window in which a qubit waits, and the index of the instruction that it waits for."""

    qubit: int
    seconds: float
    before: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """The outcome of as-soon-as-possible scheduling, in seconds.

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

    Raises:
        CandidateError: an instruction that the machine does not have.
    """
    found = {}
    for name, qubits in circuit.places:
        known = _BARRIER if name == "barrier" else calibration.instructions.get((name, qubits))
        if known is None:
            raise CandidateError(f"{calibration.name} has no {name} on qubits {list(qubits)}")
        found[name, qubits] = known
    return found


def schedule(circuit: PhysicalCircuit, calibration: Calibration) -> Schedule:
    """Schedules every instruction as soon as its qubits are free.

    The duration is that of Qiskit's `QuantumCircuit.estimate_duration`: the longest path through
    the circuit, the final measurement included.

    Raises:
        CandidateError: an instruction that the machine does not have.
    """
    durations_s = {at: one.duration_s for at, one in properties(circuit, calibration).items()}
    free_s: defaultdict[int, float] = defaultdict(float)  # when a qubit may take its next one
    busy_until_s: dict[int, float] = {}  # the end of its last instruction that took time
    idle: list[Idle] = []
    for index, (name, qubits, _) in enumerate(circuit.instructions):
        duration_s = durations_s[name, qubits]
        if len(qubits) == 1 and duration_s == 0:
            continue
        start_s = 0.0
        for q in qubits:
            if free_s[q] > start_s:
                start_s = free_s[q]
        end_s = start_s + duration_s
        for q in qubits:
            free_s[q] = end_s
            if duration_s > 0:
                if start_s > busy_until_s.get(q, start_s):
                    idle.append(Idle(q, start_s - busy_until_s[q], index))
                busy_until_s[q] = end_s
    serial_s = sum(count * durations_s[place] for place, count in circuit.places.items())
    return Schedule(max(free_s.values(), default=0.0), serial_s, tuple(idle))
