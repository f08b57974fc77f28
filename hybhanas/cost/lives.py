"""A qubit that is reset begins a new life: what is measured of it then is another qubit's."""

from __future__ import annotations

from dataclasses import replace

from hybhanas.calibration import Calibration, GateProperties
from hybhanas.cost.physical import Instruction, PhysicalCircuit
from hybhanas.cost.schedule import Idle, Schedule, reset_properties


def one_qubit_a_life(
    circuit: PhysicalCircuit, calibration: Calibration, timed: Schedule
) -> tuple[PhysicalCircuit, Calibration, Schedule]:
    """The same circuit on a machine where each life of a qubit is a qubit of its own.

    A reset becomes an identity at the start of the new life, whose error leaves of Z there what the
    readout errors of the reset do: 1 - 2 error. What the old life waits for after its
    measurement is left out.

    Args:
        circuit: transpiled.
        calibration: of the backend, repaired.
        timed: of the circuit on it.
    """
    if "reset" not in circuit.counts:
        return circuit, calibration, timed
    owner: list[int] = []  # of each life
    life: dict[int, int] = {}  # of each qubit now
    ended: set[int] = set()  # lives that were measured
    waits: dict[int, list[Idle]] = {}
    for window in timed.idle:
        waits.setdefault(window.before, []).append(window)
    steps: list[Instruction] = []
    idle: list[Idle] = []
    gates: dict[str, dict[tuple[int, ...], GateProperties[float]]] = {}
    for index, (name, qubits, angles) in enumerate(circuit.instructions):
        for qubit in qubits:
            if qubit not in life:
                life[qubit] = len(owner)
                owner.append(qubit)
        idle += [
            Idle(life[qubit], seconds, before)
            for qubit, seconds, before in waits.get(index, ())
            if life[qubit] not in ended
        ]
        if name == "reset":
            life[qubits[0]] = len(owner)
            owner.append(qubits[0])
            known: GateProperties[float] | None = reset_properties(calibration, qubits[0])
            name, angles = "id", None
        else:
            known = calibration.instructions.get((name, qubits))
        lives = tuple(life[qubit] for qubit in qubits)
        if name == "measure":
            ended.update(lives)
        elif known is not None:
            gates.setdefault(name, {})[lives] = known
        steps.append(Instruction(name, lives, angles))
    return (
        PhysicalCircuit(tuple(steps), circuit.measurements),
        replace(
            calibration,
            qubits={life: calibration.qubits[q] for life, q in enumerate(owner)},
            gates=gates,
        ),
        replace(timed, idle=tuple(idle)),
    )
