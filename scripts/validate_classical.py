"""The classical half of a training step: predicted kernel by kernel, and measured on this machine.

    python scripts/validate_classical.py           prints the table
    python scripts/validate_classical.py --page    writes it into docs/validation.md

A step is the layers before and behind the circuit, forward and backward, and Adam. In the place of
the circuit stands what a quantum computer would have returned: expectation values, and derivatives
that are multiplied with those of the loss. Networks take turns, and the shortest of many steps
counts, since other work on the machine only adds time.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from hybhanas.architecture import Architecture
from hybhanas.cost.classical_half import Kernel
from hybhanas.cost.classical_time import kernels_s
from hybhanas.cost.model import MEASURED, Device
from hybhanas.models.hqnn import built
from hybhanas.models.layers import Layers, lay_out_network
from scripts.page import fill

NETWORKS: tuple[tuple[Architecture, int, int, int], ...] = (
    (Architecture(qubits=2), 4, 3, 16),
    (Architecture(qubits=4, depth=2), 64, 10, 64),
    (Architecture(qubits=6, hidden_layers=1, hidden_width=16, readout="mlp"), 64, 10, 64),
    (
        Architecture(qubits=8, depth=4, encoding="amplitude", hidden_layers=1, hidden_width=64),
        64,
        10,
        64,
    ),
    (Architecture(qubits=4, hidden_layers=2, hidden_width=256), 784, 10, 64),
    (Architecture(qubits=4, hidden_layers=2, hidden_width=1024), 784, 10, 256),
    (Architecture(qubits=8, hidden_layers=2, hidden_width=2048), 784, 10, 512),
)
"""Architecture, features, classes, batch size: from launches alone to operations alone."""


TURN_S = 0.02
"""For which a network runs in its turn, at least one step."""


class FromQpu(torch.autograd.Function):
    """Expectation values and derivatives as they come from a quantum computer."""

    @staticmethod
    def forward(ctx: Any, *given: Tensor) -> Tensor:
        """The values; given are inputs, weights, values, and the derivatives by both."""
        ctx.save_for_backward(*given[3:])
        return given[2]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """The derivatives by inputs and weights."""
        (gradient,), (by_input, by_weight) = gradients, ctx.saved_tensors
        for_inputs = torch.einsum("bo,boi->bi", gradient, by_input)
        for_weights = torch.einsum("bo,bow->w", gradient, by_weight)
        return for_inputs, for_weights, None, None, None


def step_of(layers: Layers, features: int, classes: int, batch: int) -> Callable[[], None]:
    """A training step of a network, its circuit replaced by what a quantum computer returns."""
    circuit = layers.circuit
    encoder, readout = built(layers.encoder), built(layers.readout)
    weights = nn.Parameter(torch.randn(circuit.weights))
    parameters = [*encoder.parameters(), weights, *readout.parameters()]
    optimizer = torch.optim.Adam(parameters, foreach=True)
    samples, labels = torch.randn(batch, features), torch.randint(classes, (batch,))
    observables = len(circuit.observables)
    values = torch.rand(batch, observables)
    by_input = torch.randn(batch, observables, circuit.inputs)
    by_weight = torch.randn(batch, observables, circuit.weights)

    def step() -> None:
        measured = FromQpu.apply(encoder(samples), weights, values, by_input, by_weight)
        loss = nn.functional.cross_entropy(readout(measured), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


@dataclass(frozen=True)
class Row:
    """A network, and its step in seconds."""

    name: str
    batch: int
    kernels: int
    limited_by: str
    predicted_s: float
    measured_s: float


def rows(rounds: int) -> tuple[Device, list[Row]]:
    """Predicted and measured steps, on one thread."""
    torch.set_num_threads(1)
    torch.manual_seed(1)
    device = Device.preset("host")
    steps, found = [], []
    for architecture, features, classes, batch in NETWORKS:
        layers = lay_out_network(architecture.canonical(), features, classes)
        steps.append(step_of(layers, features, classes, batch))
        kernels = list(layers.classical_half.step(batch))
        limits = [limit(kernel, device) for kernel in kernels]
        name = str(architecture.canonical())
        found.append((name, batch, len(kernels), limits, kernels_s(kernels, device)))
    shortest = [float("inf")] * len(steps)
    for _ in range(rounds):
        for index, step in enumerate(steps):
            turn = time.perf_counter()
            while True:
                started = time.perf_counter()
                step()
                ended = time.perf_counter()
                shortest[index] = min(shortest[index], ended - started)
                if ended - turn > TURN_S:
                    break
    return device, [
        Row(name, batch, count, shares(limits), predicted_s, measured_s)
        for (name, batch, count, limits, predicted_s), measured_s in zip(
            found, shortest, strict=True
        )
    ]


def limit(kernel: Kernel, device: Device) -> str:
    """What a kernel waits for."""
    whole_s = device.seconds(*kernel)
    if whole_s == device.launch_s:
        return "launch"
    return "operations" if whole_s == device.seconds(kernel.flops, 0.0) else "memory"


def shares(limits: list[str]) -> str:
    """Kernels by what limits them."""
    names = ("launch", "operations", "memory")
    return ", ".join(f"{limits.count(name)} {name}" for name in names if name in limits)


def text(device: Device, found: list[Row]) -> str:
    """The table, and the ratios."""
    peak, bandwidth, launch_s = (float(getattr(device, name) or 0.0) for name in MEASURED)
    ratios = [row.predicted_s / row.measured_s for row in found]
    lines = [
        "```bash",
        "python scripts/validate_classical.py --page",
        "```",
        "",
        f"This machine, one thread: {peak / 1e9:.3g} GFLOP/s, {bandwidth / 1e9:.3g} GB/s, "
        f"{1e6 * launch_s:.3g} us a launch.",
        "",
        "| network | batch | kernels | limited by | predicted | measured | predicted / measured |",
        "| --- | ---: | ---: | --- | ---: | ---: | ---: |",
        *(
            f"| `{row.name.replace('|', chr(92) + '|')}` | {row.batch} | {row.kernels} | "
            f"{row.limited_by} | {1e3 * row.predicted_s:.3g} ms | {1e3 * row.measured_s:.3g} ms | "
            f"{row.predicted_s / row.measured_s:.2f} |"
            for row in found
        ),
        "",
        f"Predicted / measured: {min(ratios):.2f} to {max(ratios):.2f}, median "
        f"{statistics.median(ratios):.2f}.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Prints the table, or writes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", action="store_true", help="write it into docs/validation.md")
    parser.add_argument("--rounds", type=int, default=40, help="turns of each network")
    given = parser.parse_args()
    body = text(*rows(given.rounds))
    if given.page:
        fill("classical", body)
    else:
        print(body)


if __name__ == "__main__":
    main()
