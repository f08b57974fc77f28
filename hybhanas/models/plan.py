"""Planning: which networks are trained at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.models.settings import AUTO, TrainSettings
from hybhanas.quantum.program import block_width, compiled

STEP_S = 2.5e-3
"""A training step of any network, beside its circuits: Lightning, the dense layers, Adam."""

OPERATION_S = 2e-4
"""A step of a circuit, forward and back, that has next to nothing to compute."""

FLOPS_PER_S = 5e10
"""Of products with the matrices of blocks."""

PASSES_S = 4e-8
"""For each amplitude of each sample: what start, measurement and each step's phases take."""

STATES_BYTES = {"cpu": 2**21, "cuda": 2**28}
"""The states of a training batch that a stack may hold: on a CPU a cache's worth, beyond which
more networks at once gain nothing; a step takes some ten times as much."""


@dataclass(frozen=True, slots=True)
class _Work:
    """What decides on the time of a step of networks together, by their circuits' programs."""

    networks: int
    qubits: int  # of the widest
    steps: int  # of all
    longest: int  # steps of the longest
    phases: int  # steps with phases, the most
    sampled: bool  # whether any encodes again after its first gates

    def __add__(self, other: _Work) -> _Work:
        return _Work(
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
    """Groups of networks that are trained at once, so that all together take the least time.

    Networks are put in an order in which neighbours have much in common, and the order is cut where
    the sum of estimated times is least. The outcome depends on the arguments alone, so that an
    interrupted search that goes on trains the same groups.

    Args:
        architectures: of a generation.
        batch_size: samples of a training step.
        settings: `population` is the most networks of a group, `auto` as many as pay.
        simulator: what runs the circuits; gate by gate nothing is gained by groups.

    Returns:
        Indices into `architectures`, every one in one group, those of small circuits first.
    """
    most = len(architectures) if settings.population == AUTO else int(settings.population)
    if simulator != "fused":
        most = 1
    work = [_work(architecture) for architecture in architectures]
    order = sorted(range(len(work)), key=lambda i: (work[i].qubits, work[i].sampled, work[i].steps))
    best = [0.0] + [math.inf] * len(order)  # the least time of the first networks, by their number
    cut = [0] * len(best)
    for end in range(1, len(best)):
        group: _Work | None = None
        for start in range(end - 1, -1, -1):
            first = work[order[start]]
            group = first if group is None else first + group
            held = group.networks * 2**group.qubits * batch_size * 8
            if start < end - 1 and (
                group.networks > most or held > STATES_BYTES[settings.processor]
            ):
                break
            time = best[start] + _step_s(group, batch_size)
            if time < best[end]:
                best[end], cut[end] = time, start
    groups, end = [], len(order)
    while end:
        groups.append(order[cut[end] : end])
        end = cut[end]
    return groups[::-1]


def _step_s(group: _Work, batch_size: int) -> float:
    """The estimated time of a training step of networks together, in seconds."""
    rows, size = 2**group.qubits, 2 ** block_width(group.qubits)
    columns = batch_size if group.sampled else min(batch_size, rows)
    products = group.steps * rows * columns * size * 32
    passes = group.networks * rows * batch_size * (1 + group.phases)
    operations = group.longest * OPERATION_S
    return STEP_S + operations + products / FLOPS_PER_S + passes * PASSES_S


def _work(architecture: Architecture) -> _Work:
    qubits = architecture.qubits
    program = compiled(lay_out(architecture), qubits, block_width(qubits))
    phased = [step for step in program.steps if step.phases]
    return _Work(
        networks=1,
        qubits=qubits,
        steps=len(program.steps),
        longest=len(program.steps),
        phases=len(phased),
        sampled=any(gate.input is not None for step in phased for gate in step.phases),
    )
