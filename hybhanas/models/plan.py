"""Planning: which networks are trained at once."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.errors import CandidateError
from hybhanas.models.settings import AUTO, TrainSettings
from hybhanas.quantum.program import block_width, compile_circuit
from hybhanas.quantum.simulators import SIMULATORS

SECONDS = {
    "step": 1.4e-3,  # a group, apart from its networks: Lightning, and calls made once
    "network": 6.6e-4,  # of each: dense layers, Adam
    "operation": 3.7e-5,  # overhead of a step of the longest circuit
    "flop": 2.3e-11,  # of products with the matrices of blocks, forward and backward
    "pass": 8e-9,  # an amplitude of a sample, at the start, in measurement and in phases
}
"""What parts of a training step take, in seconds; `scripts/fit_plan.py` fits them."""

STATES_BYTES = {"cpu": 2**21, "cuda": 2**28}
"""Most bytes of states of a training batch in a stack: on a CPU about the size of a cache, beyond
which larger groups gain nothing. A step takes about ten times as much memory."""


@dataclass(frozen=True, slots=True)
class Work:
    """What determines the time of a training step of networks together."""

    networks: int
    qubits: int  # of the widest
    steps: int  # of all
    longest: int  # steps of the longest
    phases: int  # steps with phases, the most
    sampled: bool  # whether any encodes again after its first gates

    @property
    def place(self) -> tuple[int, bool, int]:
        """Sorts networks so that neighbours have much in common."""
        return self.qubits, self.sampled, self.steps

    def states_bytes(self, batch_size: int) -> int:
        """Bytes of the states of a batch."""
        return self.networks * 2**self.qubits * batch_size * 8

    def __add__(self, other: Work) -> Work:
        return Work(
            self.networks + other.networks,
            max(self.qubits, other.qubits),
            self.steps + other.steps,
            max(self.longest, other.longest),
            max(self.phases, other.phases),
            self.sampled or other.sampled,
        )


def plan(
    architectures: Sequence[Architecture], batch_size: int, settings: TrainSettings, simulator: str
) -> list[list[int]]:
    """Groups of networks that are trained at once, so that all are done in the least time.

    Networks are put in an order in which neighbours have much in common, and the order is cut where
    the sum of estimated times is least; then again with bounds on the time of one group; of these
    the one is taken with which `settings.shares` workers are expected to finish first. The outcome
    depends on the arguments alone, so that a resumed search trains the same groups, on any workers.

    Args:
        architectures: of a generation.
        batch_size: samples of a training step.
        settings: `population` is the most networks of a group, `auto` as many as pay.
        simulator: what runs the circuits; some gain nothing by groups, and train one by one.

    Returns:
        Indices into `architectures`, every one in one group, those that take longest first.
    """
    work = [work_of(architecture) for architecture in architectures]
    order = sorted(range(len(work)), key=lambda i: work[i].place)
    ordered = [work[i] for i in order]
    most = len(architectures) if settings.population == AUTO else int(settings.population)
    most_held = STATES_BYTES[settings.processor]
    if not SIMULATORS[simulator].gains_by_groups:
        most = 1
    parts = _cut(ordered, batch_size, most, most_held, math.inf)
    if settings.shares > 1:
        whole = sum(part.step_s for part in parts)
        bounds = (whole / settings.shares / share for share in SHARES)
        plans = [parts, *(_cut(ordered, batch_size, most, most_held, bound) for bound in bounds)]
        parts = min(plans, key=lambda plan: _expected_makespan_s(plan, settings.shares))
    parts.sort(key=lambda part: -part.step_s)
    return [order[part.start : part.stop] for part in parts]


SPREAD, DRAWS = 0.15, 50
"""Standard deviation of the logarithm of measured over estimated times, and samples drawn."""

SHARES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.6, 2.0, 2.5, 3.0)
"""Divisors of an equal share, which give the bounds on the time of a group that are tried."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Networks that are trained at once, by their place in the order, and their time of a step."""

    start: int
    stop: int
    step_s: float


def _cut(
    work: Sequence[Work], batch_size: int, most: int, most_held: int, most_s: float
) -> list[_Part]:
    """Cuts networks where the sum of times is least; a single one may exceed the bounds on the
    number, on the bytes of states and on the time.
    """
    best = [0.0] + [math.inf] * len(work)  # the least time of the first networks, by their number
    last: list[_Part | None] = [None] * len(best)
    for end in range(1, len(best)):
        group: Work | None = None
        for start in range(end - 1, -1, -1):
            group = work[start] if group is None else work[start] + group
            held = group.states_bytes(batch_size)
            step_s = _step_s(group, batch_size)
            if start < end - 1 and (group.networks > most or held > most_held or step_s > most_s):
                break
            if best[start] + step_s < best[end]:
                best[end], last[end] = best[start] + step_s, _Part(start, end, step_s)
    parts: list[_Part] = []
    part = last[-1]
    while part is not None:
        parts.append(part)
        part = last[part.start]
    return parts


def _expected_makespan_s(parts: Sequence[_Part], workers: int) -> float:
    """The time of a step of all, the longest first: the mean over DRAWS of times that the groups
    may really take. Short groups at the end make up for wrong estimates.
    """
    estimates = np.array(sorted((part.step_s for part in parts), reverse=True))
    spread = np.random.default_rng(0).lognormal(sigma=SPREAD, size=(DRAWS, len(estimates)))
    return sum(_makespan_s(times, workers) for times in (estimates * spread).tolist()) / DRAWS


def _makespan_s(times_s: Sequence[float], workers: int) -> float:
    """The time of all, where each free worker takes the next."""
    busy_s = [0.0] * workers
    for time_s in times_s:
        heapq.heapreplace(busy_s, busy_s[0] + time_s)
    return max(busy_s)


def _step_s(group: Work, batch_size: int) -> float:
    """The estimated time of a training step of networks together, in seconds."""
    return sum(SECONDS[part] * count for part, count in amounts(group, batch_size).items())


def amounts(group: Work, batch_size: int) -> dict[str, float]:
    """The amount of each of SECONDS in a training step of networks together."""
    rows, size = 2**group.qubits, 2 ** block_width(group.qubits)
    columns = batch_size if group.sampled else min(batch_size, rows)
    products = group.steps * rows * columns * size * 32
    return {
        "step": 1,
        "network": group.networks,
        "operation": group.longest,
        "flop": products,
        "pass": group.networks * rows * batch_size * (1 + group.phases),
    }


def work_of(architecture: Architecture) -> Work:
    """The work of one network."""
    qubits, circuit = architecture.qubits, lay_out(architecture)
    try:
        program = compile_circuit(circuit, qubits, block_width(qubits))
    except CandidateError:  # of a gate that only the simulator that runs gate by gate may know
        gates = len(circuit.gates)
        return Work(1, qubits, steps=gates, longest=gates, phases=0, sampled=True)
    phased = [step for step in program.steps if step.phases]
    return Work(
        networks=1,
        qubits=qubits,
        steps=len(program.steps),
        longest=len(program.steps),
        phases=len(phased),
        sampled=any(bool(gate.inputs) for step in phased for gate in step.phases),
    )
