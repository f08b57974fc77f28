"""How much of an expectation value survives noise: Pauli paths, Heisenberg picture.

The whole circuit's probability of no fault is pessimistic, since many faults never reach an
observable. Here each product of Z is propagated backwards through the circuit. A gate with a free
angle turns it into a random mixture of Pauli strings, a fixed gate into others; depolarising noise
shrinks a string only where it acts on the gate's qubits. Over random angles the paths do not
interfere, so that squared amplitudes are probabilities, and a few thousand sampled paths give

    P = sum of what survives along paths / number of paths,

both over the paths that end in strings of I and Z, the only ones with an expectation value in
`|0...0>`; each is weighted by its probability to do so, taken exactly over the gates before a
qubit's first one with another. That is the slope of the noisy on the ideal expectation values over
weights and inputs. Blocks of fixed gates on one or two qubits are multiplied first: within them
paths would interfere.

Of a long circuit only the last TAIL instructions are propagated through. Before them the strings
are taken as uniformly distributed, and what survives a gate or an idle time is its average over all
Pauli strings: the entanglement fidelity of its noise.

Sources: Aharonov et al., STOC 2023, 945 (Pauli paths of noisy circuits); the error of a gate is
1 - its average fidelity, so its depolarising probability is error * d / (d - 1) with d = 2^qubits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from hybhanas.calibration import Calibration
from hybhanas.cost.noise import Survival, log_relaxation
from hybhanas.cost.pauli import Step, is_fixed, pack
from hybhanas.cost.pauli_strings import PATHS, Strings
from hybhanas.cost.physical import Instruction, PhysicalCircuit
from hybhanas.cost.schedule import Idle, Schedule
from hybhanas.errors import CandidateError

TAIL = 10_000
"""Instructions that strings are propagated through one by one."""

_NO_GATES = ("measure", "barrier", "delay")


@dataclass(slots=True)
class _Block:
    """Gates that act as one, in order: their qubits, noise by (qubits, log of what survives where
    it acts), and the idle times before them by (qubit, seconds).
    """

    qubits: tuple[int, ...]
    steps: list[Step] = field(default_factory=list)
    noise: list[tuple[tuple[int, ...], float]] = field(default_factory=list)
    idle: list[tuple[int, float]] = field(default_factory=list)


def observable_survival(  # noqa: PLR0913 - what a survival depends on
    circuit: PhysicalCircuit,
    calibration: Calibration,
    schedule: Schedule,
    idle: str,
    observables: Sequence[tuple[int, ...]],
    seed: int,
) -> Survival:
    """The fraction of the observables' expectation values that survives, in three factors.

    Args:
        circuit: transpiled.
        calibration: of the backend.
        schedule: of the circuit on it.
        idle: one of IDLE_FORMS: while a qubit idles, X and Y decay with T2 and Z with T1
            (`relaxation`), or all with T2 (`t2`); `total_time` and `off` as in `log_p_idle`.
        observables: products of Z, each by the qubits of the backend that it is read from.
        seed: of the sampled paths; one seed gives one result.

    Raises:
        CandidateError: a qubit is used again after its measurement.
    """
    _check_measured_last(circuit)
    steps = circuit.instructions
    used = sorted({q for _, qubits in circuit.places for q in qubits})
    column = {qubit: i for i, qubit in enumerate(used)}
    strings = Strings(len(used), seed)
    owner = np.arange(PATHS) * len(observables) // PATHS  # the observable that a path starts from
    log_readout = np.zeros(len(observables))
    for i, observable in enumerate(observables):
        start = pack(owner == i)
        for qubit in observable:
            strings.z[column[qubit]] |= start
            log_readout[i] += math.log1p(-2 * calibration.qubits[qubit].readout_error)

    first = max(len(steps) - TAIL, 0)
    windows = schedule.idle if idle in ("relaxation", "t2") else ()
    tail_idle = [window for window in windows if window.before >= first]
    for block in reversed(_blocks(steps, first, tail_idle, calibration)):
        _propagate(strings, block, column, calibration, idle)
    chosen, (log_gate, log_idle) = strings.weighted_sample()
    log_head_gate, log_head_idle = _spread_out(circuit, first, windows, calibration, idle)
    log_head_gate += _log_mean(log_gate)
    if idle == "total_time":
        log_head_idle -= schedule.duration_s / min(calibration.qubits[q].t2_s for q in used)
    log_noise = _log_mean(log_gate + log_idle)
    log_all = _log_mean(log_gate + log_idle + log_readout[owner[chosen]])
    return Survival(
        log_head_gate,
        log_all - log_noise,
        log_head_idle + log_noise - _log_mean(log_gate),
        vanishes=strings.vanish,
    )


def _propagate(
    strings: Strings, block: _Block, column: dict[int, int], calibration: Calibration, idle: str
) -> None:
    """Propagates strings through a block: its noise, its gates, then the idle times before it."""
    for qubits, log_kept in block.noise:
        strings.depolarize([column[q] for q in qubits], log_kept)
    places = [column[q] for q in block.qubits]
    if block.steps and is_fixed(*block.steps[0][:2]):
        strings.propagate_fixed(places, tuple(block.steps))
    elif block.steps:
        strings.propagate_free(places, block.steps[0][0])
    for qubit, idle_s in block.idle:
        t1_s, t2_s = _decay_times(qubit, calibration, idle)
        strings.idle(column[qubit], -idle_s / t2_s, -idle_s / t1_s)


def _check_measured_last(circuit: PhysicalCircuit) -> None:
    measured: set[int] = set()
    for name, qubits, _ in circuit.instructions:
        if measured and name not in ("barrier", "delay") and not measured.isdisjoint(qubits):
            raise CandidateError(
                f"{name} uses a qubit after its measurement, so that what survives of its value is "
                "not defined; cost_model.faults=whole_circuit asks for less"
            )
        if name == "measure":
            measured.update(qubits)


def _blocks(
    steps: Sequence[Instruction], first: int, windows: Sequence[Idle], calibration: Calibration
) -> list[_Block]:
    """The instructions from `first` on, runs of fixed gates on the same qubits as one."""
    idle_before: dict[int, list[tuple[int, float]]] = {}
    for qubit, seconds, before in windows:
        idle_before.setdefault(before, []).append((qubit, seconds))
    blocks: list[_Block] = []
    growing: dict[int, _Block | None] = {}
    for index in range(first, len(steps)):
        name, qubits, angles = steps[index]
        acts = name not in _NO_GATES
        fixed = acts and is_fixed(name, angles)
        block = growing.get(qubits[0]) if fixed else None
        if block is None or (len(qubits) > 1 and growing.get(qubits[1]) is not block):
            block = _Block(qubits)
            blocks.append(block)
            for q in qubits:
                ended = growing.get(q)
                if ended is not None:
                    growing |= dict.fromkeys(ended.qubits)
            growing |= dict.fromkeys(qubits, block if fixed else None)
        if acts:
            block.steps.append((name, angles, tuple([block.qubits.index(q) for q in qubits])))
            error = calibration.instructions[name, qubits].error
            if error:
                block.noise.append((qubits, math.log1p(-_depolarising(error, len(qubits)))))
        block.idle += idle_before.get(index, ())
    return blocks


def _spread_out(
    circuit: PhysicalCircuit,
    end: int,
    windows: Sequence[Idle],
    calibration: Calibration,
    idle: str,
) -> tuple[float, float]:
    """Logs of what the gates and idle times before `end` leave of uniformly distributed strings."""
    if end == 0:
        return 0.0, 0.0
    log_gate = 0.0
    tail = PhysicalCircuit(circuit.instructions[end:])
    for (name, qubits), count in (circuit.places - tail.places).items():
        if name not in _NO_GATES:
            p = _depolarising(calibration.instructions[name, qubits].error, len(qubits))
            log_gate += count * math.log1p(-p * (1 - 4.0 ** -len(qubits)))
    times = {q: _decay_times(q, calibration, idle) for q in {window.qubit for window in windows}}
    t1_s, t2_s = ({q: pair[i] for q, pair in times.items()} for i in (0, 1))
    return log_gate, log_relaxation(
        [window for window in windows if window.before < end], t1_s, t2_s
    )


def _depolarising(error: float, qubits: int) -> float:
    """The probability that a gate's qubits become fully mixed, from its average infidelity."""
    dimension = 2**qubits
    return min(error * dimension / (dimension - 1), 1 - 1e-12)


def _decay_times(qubit: int, calibration: Calibration, idle: str) -> tuple[float, float]:
    """T1 and T2 of a qubit in seconds, as the idle form has them."""
    decay = calibration.qubits[qubit]
    return decay.t1_s if idle == "relaxation" else decay.t2_s, decay.t2_s


def _log_mean(logs: np.ndarray) -> float:
    """Log of the mean of exponentials."""
    top = float(logs.max())
    return top + math.log(float(np.exp(logs - top).mean()))
