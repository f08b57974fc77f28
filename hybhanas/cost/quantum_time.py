"""Quantum time: of a circuit, of its shots, and of all circuits and jobs."""

from __future__ import annotations

import math

from hybhanas.cost.logs import log, log_sum
from hybhanas.cost.model import CostModel
from hybhanas.cost.schedule import Schedule


def circuit_time_s(timed: Schedule, timing: str) -> float:
    """Seconds of one circuit: its critical path (`scheduled`), or the sum over its instructions."""
    return timed.duration_s if timing == "scheduled" else timed.serial_s


def pause_s(model: CostModel, rep_delay_s: float) -> float:
    """Seconds that each shot takes besides its circuit: repetition delay + overhead of a shot."""
    return rep_delay_s + model.execution_overhead_s


def loading_s(model: CostModel, two_qubit_gates: int) -> float:
    """Seconds to load a circuit's program: time per two-qubit gate x two-qubit gates."""
    return model.program_loading_s * two_qubit_gates


def log_execution_s(
    log_shots: float, circuit_s: float, waiting_s: float, program_s: float
) -> float:
    """The log of the seconds of one circuit with all its shots.

    max(shots_eff x (t_circuit + t_pause), t_loading): loading runs in parallel with the shots.
    """
    return max(log_shots + math.log(circuit_s + waiting_s), log(program_s))


def log_quantum_s(circuits: int, jobs: int, log_one_s: float, model: CostModel) -> float:
    """The log of the seconds of all circuits.

    circuits x (t_execution + overhead of a circuit) + jobs x overhead of a job.
    """
    return log_sum(
        math.log(circuits) + log_one_s,
        log(circuits * model.circuit_overhead_s),
        log(jobs * model.job_overhead_s),
    )
