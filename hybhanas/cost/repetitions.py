"""Seconds of a circuit with all that runs in its place: random circuits, noise factors, shots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hybhanas.cost.generations import Generation
from hybhanas.cost.logs import log, log_sum
from hybhanas.cost.options import RuntimeOptions
from hybhanas.cost.quantum_time import loading_s, log_execution_s, pause_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Amplified:
    """A transpiled circuit at one noise factor.

    Args:
        noise_factor: 1 as it is; see `hybhanas.cost.folding.folded`.
        time_s: of one execution.
        two_qubit_gates: that it has.
        log_p: the log of what survives the noise.
    """

    noise_factor: float
    time_s: float
    two_qubit_gates: int
    log_p: float


@dataclass(frozen=True, slots=True)
class Repetitions:
    """Logs of what a circuit takes: seconds of both kinds, executions, and circuits loaded."""

    qpu_s: float
    effective_s: float
    executions: float
    loads: float


def repetitions(
    circuits: Sequence[Amplified],
    log_shots: float,
    options: RuntimeOptions,
    rep_delay_s: float,
    constants: Generation,
) -> Repetitions:
    """What one circuit takes under options.

    Args:
        circuits: it at every noise factor; all run with the same shots.
        log_shots: of it without options.
        options: of the primitive.
        rep_delay_s: of the machine.
        constants: of its jobs.
    """
    log_circuits, log_each = options.randomized(log_shots)
    waiting_s = pause_s(constants, rep_delay_s)
    qpu, effective = [], []
    for one in circuits:
        program_s = loading_s(constants, one.two_qubit_gates)
        qpu.append(log_execution_s(log_each, one.time_s, waiting_s, program_s))
        effective.append(log_each + log(one.time_s))
    loads = log_circuits + log(len(circuits))
    return Repetitions(
        qpu_s=log_sum(log_circuits + log_sum(*qpu), loads + log(constants.circuit_overhead_s)),
        effective_s=log_circuits + log_sum(*effective),
        executions=loads + log_each,
        loads=loads,
    )


class LogSeconds(NamedTuple):
    """The logs of the two quantum times of a phase."""

    qpu: float
    effective: float


class Repeated(NamedTuple):
    """What a circuit takes, and what a job takes once to learn readout errors, if it does."""

    one: Repetitions
    readout: Repetitions | None

    def log_seconds(self, circuits: int, jobs: int, constants: Generation) -> LogSeconds:
        """Of so many circuits in so many jobs."""
        log_circuits, log_jobs = math.log(circuits), math.log(jobs)
        qpu = [log_circuits + self.one.qpu_s, log_jobs + log(constants.job_overhead_s)]
        effective = [log_circuits + self.one.effective_s]
        if self.readout is not None:
            qpu.append(log_jobs + self.readout.qpu_s)
            effective.append(log_jobs + self.readout.effective_s)
        return LogSeconds(log_sum(*qpu), log_sum(*effective))

    def log_executions(self, circuits: int, jobs: int) -> float:
        """The log of the shots of so many circuits in so many jobs."""
        learning = -math.inf if self.readout is None else self.readout.executions
        return log_sum(math.log(circuits) + self.one.executions, math.log(jobs) + learning)


def repeated(  # noqa: PLR0913 - the figures it joins
    circuits: Sequence[Amplified],
    readout_s: float,
    options: RuntimeOptions,
    log_shots: float,
    rep_delay_s: float,
    constants: Generation,
) -> Repeated:
    """What a circuit takes under options, and what its readout alone does.

    Args:
        circuits: it at every noise factor.
        readout_s: of the circuit that learns readout errors, with as many shots as the circuit.
        options: of the primitive.
        log_shots: of the circuit without options.
        rep_delay_s: of the machine.
        constants: of its jobs.
    """
    readout = Amplified(noise_factor=1.0, time_s=readout_s, two_qubit_gates=0, log_p=0.0)
    one, learning = (
        repetitions(what, log_shots, options, rep_delay_s, constants)
        for what in (circuits, (readout,))
    )
    return Repeated(one, learning if options.mitigates_measurement else None)
