"""Layout: a circuit brought to a machine, and what is known of it there."""

from __future__ import annotations

from dataclasses import dataclass

from hybhanas.cost.noise import Survival
from hybhanas.cost.physical import PhysicalCircuit
from hybhanas.cost.repetitions import Amplified
from hybhanas.cost.schedule import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A circuit brought to a machine, and what is known of it there.

    Args:
        qubits: of the circuit, before it was transpiled.
        circuits_per_sample: that a training step runs: one forward, and those of the gradient.
        circuits_per_sample_separate: if every angle were shifted alone.
        physical: transpiled.
        timed: when each instruction runs.
        survival: what noise leaves.
        all_to_all_s: the circuit's time if every pair of qubits were coupled.
        added_two_qubit_gates: by routing.
        transpiler_seed: that led to it.
        bases: circuits that one evaluation takes, each measured in another basis.
        p_survival_is: what P is, in words.
        amplified: the circuit at each noise factor of ZNE; empty without it.
        readout_s: of the circuit that learns readout errors.
    """

    qubits: int
    circuits_per_sample: int
    circuits_per_sample_separate: int
    physical: PhysicalCircuit
    timed: Schedule
    survival: Survival
    all_to_all_s: float
    added_two_qubit_gates: int
    transpiler_seed: int
    bases: int = 1
    p_survival_is: str = ""
    amplified: tuple[Amplified, ...] = ()
    readout_s: float = 0.0
