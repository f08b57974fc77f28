"""Quantum time: of a circuit, of its shots, and of all circuits and jobs."""

from __future__ import annotations

import math

from hybhanas.cost.generations import Generation
from hybhanas.cost.logs import exp, log
from hybhanas.cost.schedule import Schedule


def circuit_time_s(timed: Schedule, timing: str) -> float:
    """Seconds of one circuit: its critical path (`scheduled`), or the sum over its instructions."""
    return timed.duration_s if timing == "scheduled" else timed.serial_s


def pause_s(jobs: Generation, rep_delay_s: float) -> float:
    """Seconds that each shot takes besides its circuit: repetition delay + overhead of a shot."""
    return rep_delay_s + jobs.execution_overhead_s


def loading_s(jobs: Generation, two_qubit_gates: int) -> float:
    """Seconds to load a circuit's program: time per two-qubit gate x two-qubit gates."""
    return jobs.program_loading_s * two_qubit_gates


def log_execution_s(
    log_shots: float, circuit_s: float, waiting_s: float, program_s: float
) -> float:
    """The log of the seconds of one circuit with all its shots.

    max(shots_eff x (t_circuit + t_pause), t_loading): loading runs in parallel with the shots.
    """
    return max(log_shots + math.log(circuit_s + waiting_s), log(program_s))


def circuits_per_job(log_shots: float, constants: Generation, machine_limit: int) -> int:
    """The most circuits of a job.

    A circuit whose shots alone are more than a job may execute is counted as one job: it takes
    most of an hour, beside which the overhead of splitting it is nothing.

    Args:
        log_shots: of a circuit.
        constants: with the limits.
        machine_limit: circuits that a job of the machine may have.
    """
    most = [machine_limit] if constants.circuits_per_job else []
    if constants.executions_per_job is not None:
        most.append(max(int(constants.executions_per_job / exp(log_shots)), 1))
    return min(most, default=2**53)
