"""Many networks trained at once: what a candidate's step takes, against their number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial

import torch
from torch.nn import functional

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.models.adam import StackedAdam
from hybhanas.models.hqnn import HQNN
from hybhanas.models.population import Population
from hybhanas.quantum.layer import quantum_layer
from hybhanas.quantum.stack import stack_of
from scripts.bench.results import Result
from scripts.bench.timing import take_turns

SIZES = ((4, 2), (6, 3), (8, 4))
COUNTS = (1, 4, 16, 64)
BATCH = 32
FEATURES, CLASSES = 64, 10  # of digits
ROUNDS = 9

Step = Callable[[], object]


def run() -> Result:
    """The quantum layer alone, and a whole training step: dense layers, loss and Adam as well."""
    rows = []
    for what, together, by_gate in (
        ("layer", stacked_layer, layer_by_gate),
        ("training step", stacked_training, training_by_gate),
    ):
        print(f"{what}, batch {BATCH}, one thread: ms for each of K candidates, and how many times")
        print("as fast as TorchQuantum takes the same step of one")
        print("qubits layers torchquantum " + " ".join(f"{f'K={k}':>15}" for k in COUNTS))
        for qubits, depth in SIZES:
            architecture = Architecture(qubits=qubits, depth=depth, entanglement="ring")
            steps = {"torchquantum": by_gate(architecture)}
            steps |= {f"K={k}": together([architecture] * k) for k in COUNTS}
            timings = take_turns(steps, ROUNDS)
            slow = timings["torchquantum"].ms
            each = [timings[f"K={k}"].ms / k for k in COUNTS]
            cells = " ".join(f"{ms:8.3f} {slow / ms:6.1f}" for ms in each)
            print(f"{qubits:6} {depth:6} {slow:12.2f} {cells}", flush=True)
            rows.append(
                {
                    "what": what,
                    "qubits": qubits,
                    "layers": depth,
                    "batch": BATCH,
                    "timings": {name: asdict(timing) for name, timing in timings.items()},
                }
            )
    return {"rows": rows}


def stacked_layer(architectures: list[Architecture]) -> Step:
    """Forward and backward through the quantum layers of all."""
    circuits = [lay_out(architecture) for architecture in architectures]
    stack, _ = stack_of(circuits)
    inputs = torch.randn(len(circuits), circuits[0].inputs, BATCH, requires_grad=True)
    weights = torch.randn(len(circuits), circuits[0].weights, requires_grad=True)
    return lambda: torch.autograd.grad(stack(inputs, weights).sum(), (inputs, weights))


def layer_by_gate(architecture: Architecture) -> Step:
    """The same of one, in TorchQuantum."""
    layer = quantum_layer(lay_out(architecture), "torchquantum")
    inputs = torch.randn(BATCH, architecture.qubits, requires_grad=True)
    return lambda: torch.autograd.grad(layer(inputs).sum(), (inputs, *layer.parameters()))


def stacked_training(architectures: list[Architecture]) -> Step:
    """A step of Adam on all networks."""
    models = [HQNN(architecture, FEATURES, CLASSES, "fused") for architecture in architectures]
    population = Population(models, "fused")
    optimizer = StackedAdam(population.parameters(), torch.full((len(models),), 0.01))

    def loss(x: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        logits = population(x)
        return functional.cross_entropy(logits, classes.expand(len(logits), -1)) * len(logits)

    return partial(_step, optimizer, loss)


def training_by_gate(architecture: Architecture) -> Step:
    """A step of Adam on one network in TorchQuantum."""
    model = HQNN(architecture, FEATURES, CLASSES, "torchquantum")
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    return partial(_step, optimizer, lambda x, classes: functional.cross_entropy(model(x), classes))


def _step(optimizer: torch.optim.Optimizer, loss: Callable[..., torch.Tensor]) -> None:
    optimizer.zero_grad()
    loss(torch.randn(BATCH, FEATURES), torch.randint(CLASSES, (BATCH,))).backward()
    optimizer.step()
