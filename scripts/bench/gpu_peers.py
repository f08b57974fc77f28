"""One circuit at a time on a GPU, by other simulators."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import torch

from hybhanas.quantum.layer import quantum_layer
from scripts.bench import layers, peers
from scripts.bench.gpu_steps import BATCHES, DEVICE, FIRST, Note, gpu_ms
from scripts.bench.layers import Case, Step


def run(note: Note, seconds: float) -> None:
    """A layer forward and backward, circuit by circuit, those that are installed and agree."""
    end = time.perf_counter() + seconds
    for batch, size in product(BATCHES, FIRST):
        (case,) = layers.cases([size], batch, entanglers=("cx",))
        case = _on(case, DEVICE)
        expected = ours(case, "fused")()
        times = {}
        for name, make in MAKERS.items():
            if time.perf_counter() > end:
                return
            try:
                step = make(case)
                found = step()
                for a, b, most in zip(found, expected, (1, 1, batch), strict=True):
                    worst = float((a.to(DEVICE) - b).abs().max()) / most
                    if not worst < layers.TOLERANCE:
                        raise ValueError(f"differs from ours by {worst:.1e}")
                times[name] = gpu_ms(step)
            except Exception as error:  # of a stranger's code, or it is not installed
                print(f"{name} is left out: {type(error).__name__}: {str(error)[:120]}", flush=True)
        note({"qubits": size[0], "layers": size[1], "batch": batch, "ms": times})
        cells = ", ".join(f"{name} {ms:.2f} ms" for name, ms in times.items())
        print(f"{size[0]} qubits, batch {batch}: {cells}", flush=True)


def ours(case: Case, simulator: str) -> Step:
    """A layer of this project's."""
    layer = quantum_layer(case.circuit, simulator).to(DEVICE)
    (weights,) = layer.parameters()
    weights.data.copy_(case.weights.detach())
    return lambda: layers.passes(layer(case.inputs), case.inputs, weights)


def _pennylane(case: Case) -> Step:
    """On one thread of the CPU: with parameters on a GPU its states are on two processors."""
    torch.set_num_threads(1)
    return peers.pennylane(_on(case, "cpu"), "default.qubit", "backprop")


MAKERS: dict[str, Callable[[Case], Step]] = {
    "fused": lambda case: ours(case, "fused"),
    "torchquantum": lambda case: ours(case, "torchquantum"),
    "default.qubit, on the CPU": _pennylane,
}
"""Simulators, on the GPU where they run there."""


def _on(case: Case, device: str) -> Case:
    inputs, weights = (
        part.detach().to(device).requires_grad_() for part in (case.inputs, case.weights)
    )
    return replace(case, inputs=inputs, weights=weights)
