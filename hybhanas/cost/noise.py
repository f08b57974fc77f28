"""The chance that a run of a circuit is free of faults, in logarithms."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from hybhanas.calibration import Calibration
from hybhanas.cost.model import IDLE_FORMS
from hybhanas.cost.physical import PhysicalCircuit
from hybhanas.cost.schedule import Idle, Schedule, properties
from hybhanas.errors import unknown

FloatOrArray = TypeVar("FloatOrArray", float, np.ndarray)


@dataclass(frozen=True, slots=True)
class Survival:
    """Natural logarithms of the three factors of P = P_gate P_readout P_idle, all <= 0.

    `vanishes` says that no sampled path of any observable has a value without noise, so that they
    all are 0, or too small to be measured, and P is that of an average operator.
    """

    log_p_gate: float
    log_p_readout: float
    log_p_idle: float
    vanishes: bool = False

    @property
    def log_p(self) -> float:
        """Log P of the whole circuit."""
        return self.log_p_gate + self.log_p_readout + self.log_p_idle


def circuit_survival(
    circuit: PhysicalCircuit, calibration: Calibration, schedule: Schedule, idle: str
) -> Survival:
    """The chance that no gate, no readout and no idle qubit of the circuit fails.

    P_gate is the product of 1 - error over gates, P_readout over measurements, each read at the
    qubits it acts on; see `log_p_idle` for the rest. Gate errors already hold the decoherence
    during gates, so that only idle windows are added.

    Args:
        circuit: transpiled.
        calibration: of the machine.
        schedule: of the circuit on it.
        idle: one of IDLE_FORMS.
    """
    log_p_gate = log_p_readout = 0.0
    for (name, qubits), gate in properties(circuit, calibration).items():
        log_kept = circuit.places[name, qubits] * math.log1p(-gate.error)
        if name == "measure":
            log_p_readout += log_kept
        else:
            log_p_gate += log_kept
    used = {q for _, qubits in circuit.places for q in qubits}
    return Survival(log_p_gate, log_p_readout, log_p_idle(schedule, used, calibration, idle))


def log_p_idle(
    schedule: Schedule, used: Collection[int], calibration: Calibration, form: str
) -> float:
    """Log of the chance that no idle qubit decays.

    Args:
        schedule: its idle windows and its duration.
        used: the qubits of the circuit.
        calibration: T1 and T2 of every used qubit.
        form: `relaxation` multiplies the fidelity of thermal `relaxation` over idle windows;
            `t2` takes exp(-t/T2) a window, the decay of a qubit that is always in superposition;
            `total_time` takes exp(-T/min T2) once for the circuit time T, the crudest bound;
            `off` is 0.
    """
    if form not in IDLE_FORMS:
        raise unknown("cost_model.idle", form, IDLE_FORMS)
    qubits = calibration.qubits
    if form == "relaxation":
        t1_s = {q: qubits[q].t1_s for q in used}
        return log_relaxation(schedule.idle, t1_s, {q: qubits[q].t2_s for q in used})
    if form == "t2":
        return -sum(t_s / qubits[q].t2_s for q, t_s, _ in schedule.idle)
    if form == "total_time":
        return -schedule.duration_s / min(qubits[q].t2_s for q in used)
    return 0.0


def log_relaxation(
    windows: Sequence[Idle], t1_s: Mapping[int, float], t2_s: Mapping[int, float]
) -> float:
    """Log of the product of `relaxation` over windows, T1 and T2 by qubit."""
    count = len(windows)
    waits_s = np.fromiter((window.seconds for window in windows), float, count)
    t1s_s = np.fromiter((t1_s[window.qubit] for window in windows), float, count)
    t2s_s = np.fromiter((t2_s[window.qubit] for window in windows), float, count)
    return float(np.log(relaxation(waits_s, t1s_s, t2s_s)).sum())


def relaxation(t_s: FloatOrArray, t1_s: FloatOrArray, t2_s: FloatOrArray) -> FloatOrArray:
    """The entanglement fidelity of thermal relaxation for a time: a qubit's chance of no fault.

    F(t) = (1 + exp(-t/T1) + 2 exp(-t/T2)) / 4, 1 at t = 0 and 1/4 when all is lost; the
    average gate fidelity is (2 F + 1) / 3 (Nielsen, Phys. Lett. A 303, 249 (2002)).
    """
    return (1 + np.exp(-t_s / t1_s) + 2 * np.exp(-t_s / t2_s)) / 4
