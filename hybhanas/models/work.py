"""What networks that are trained together take: time of a step, and memory of a GPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.errors import CandidateError
from hybhanas.quantum.program import block_width, compile_circuit

SECONDS = {
    "cpu": {
        "step": 1.4e-3,  # a group, apart from its networks: Lightning, and calls made once
        "network": 6.6e-4,  # of each: dense layers, Adam
        "operation": 3.7e-5,  # overhead of a step of the longest circuit
        "flop": 2.3e-11,  # of products with the matrices of blocks, forward and backward
        "pass": 8e-9,  # an amplitude of a sample, at the start, in measurement and in phases
    },
    "cuda": {
        "step": 7e-4,  # most of it set-up and capture, which some hundred steps share
        "network": 4.9e-7,
        "operation": 3.5e-5,
        "flop": 1.5e-13,
        "pass": 2.8e-10,
    },
}
"""What parts of a training step take on each processor, in seconds; `scripts/fit_plan.py` fits
them. Those of cuda are of the steps that `make gpu` timed on an H100."""


@dataclass(frozen=True, slots=True)
class Work:
    """What determines the time and the memory of a training step of networks together."""

    networks: int
    qubits: int  # of the widest
    steps: int  # of all
    longest: int  # steps of the longest
    phases: int  # steps with phases, the most
    sampled: bool  # whether any encodes again after its first gates
    inputs: int  # of the circuit, the most
    hidden: int  # dense layers before it, the most
    width: int  # of these, the widest

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
            max(self.inputs, other.inputs),
            max(self.hidden, other.hidden),
            max(self.width, other.width),
        )


SUMS = ("networks", "steps")
"""The fields of `Work` that add up; of the others the largest counts."""


def step_s(group: Work, batch_size: int, processor: str = "cpu") -> Any:
    """The estimated time of a training step of networks together, in seconds."""
    seconds = SECONDS[processor]
    return sum(seconds[part] * count for part, count in amounts(group, batch_size).items())


def amounts(group: Work, batch_size: int) -> dict[str, Any]:
    """The amount of each of SECONDS in a training step of networks together."""
    rows, size = 2**group.qubits, 2 ** BLOCK_WIDTHS[group.qubits]
    columns = np.where(group.sampled, batch_size, np.minimum(batch_size, rows))
    products = group.steps * rows * columns * size * 32
    return {
        "step": 1,
        "network": group.networks,
        "operation": group.longest,
        "flop": products,
        "pass": group.networks * rows * batch_size * (1 + group.phases),
    }


BLOCK_WIDTHS = np.array([block_width(qubits) for qubits in range(64)])
"""Wires of a block, by those of the register."""

CONTEXT_BYTES = 2**27
"""What a training step takes on a GPU whatever the group, such as the workspace of cuBLAS."""


def peak_bytes(group: Work, batch_size: int, features: int) -> Any:
    """An estimate from above of the memory of a GPU that networks take together while they are
    trained and evaluated. Each is padded to the widest of all.
    """
    from hybhanas.data.loaders import EVALUATION_BATCH
    from hybhanas.quantum.stack import WITHOUT_GRADIENT_BYTES

    into_circuit = group.width * group.inputs + features * group.inputs
    weights = group.width * (features + group.hidden * group.width) + into_circuit
    values = group.width * (group.hidden + 1) + group.inputs
    training = group.networks * 4 * (8 * weights + 6 * values * batch_size)
    training += 14 * group.states_bytes(batch_size)
    evaluation = group.networks * 4 * (4 * weights + 4 * values * EVALUATION_BATCH)
    evaluation += 8 * np.minimum(group.states_bytes(EVALUATION_BATCH), WITHOUT_GRADIENT_BYTES)
    return CONTEXT_BYTES + np.maximum(training, evaluation)


def work_of(architecture: Architecture) -> Work:
    """The work of one network."""
    qubits, circuit = architecture.qubits, lay_out(architecture)
    hidden, width = architecture.hidden_layers, architecture.hidden_width
    try:
        program = compile_circuit(circuit, qubits, block_width(qubits))
    except CandidateError:  # of a gate that only the simulator that runs gate by gate may know
        gates = len(circuit.gates)
        return Work(1, qubits, gates, gates, 0, True, circuit.inputs, hidden, width)
    phased = [step for step in program.steps if step.phases]
    return Work(
        networks=1,
        qubits=qubits,
        steps=len(program.steps),
        longest=len(program.steps),
        phases=len(phased),
        sampled=any(bool(gate.inputs) for step in phased for gate in step.phases),
        inputs=circuit.inputs,
        hidden=hidden,
        width=width,
    )
