"""What limits a kernel on the machine that this runs on, measured."""

from __future__ import annotations

import time
from collections.abc import Callable

from hybhanas.cost.classical_half import ClassicalHalf, Dense

REPEATS = 15
"""Of a measurement; the shortest counts, since other work on the machine only adds time."""


def measured() -> dict[str, float]:
    """The fields of a `Device` that a machine itself tells, on the GPU if there is one.

    Returns:
        peak_flops_per_s of products of matrices of 1,024 x 1,024 numbers in single precision;
        bandwidth_bytes_per_s of a copy of 64 MiB; launch_s, a kernel's share of a training step of
        one dense layer with two inputs and two outputs, all of whose time is launches.
    """
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    size = 1024
    matrix = torch.randn(size, size, device=device)
    source = torch.zeros(16 * 2**20, device=device)
    target = torch.empty_like(source)
    layer = torch.nn.Linear(2, 2, device=device)
    adam = torch.optim.Adam(layer.parameters(), foreach=True)
    samples, classes = torch.randn(2, 2, device=device), torch.tensor([0, 1], device=device)

    def wait() -> None:
        if device == "cuda":
            torch.cuda.synchronize()

    def product() -> None:
        torch.mm(matrix, matrix)

    def copy() -> None:
        target.copy_(source)

    def step() -> None:
        loss = torch.nn.functional.cross_entropy(layer(samples), classes)
        adam.zero_grad()
        torch.autograd.backward(loss)
        adam.step()

    kernels = sum(1 for _ in ClassicalHalf(readout=(Dense(2, 2),)).step(2))
    return {
        "peak_flops_per_s": 2 * size**3 / _shortest_s(product, wait),
        "bandwidth_bytes_per_s": 2 * source.numel() * 4 / _shortest_s(copy, wait),
        "launch_s": _shortest_s(step, wait, 20 * REPEATS) / kernels,
    }


def _shortest_s(run: Callable[[], None], wait: Callable[[], None], repeats: int = REPEATS) -> float:
    def once_s() -> float:
        wait()
        started = time.perf_counter()
        run()
        wait()
        return time.perf_counter() - started

    once_s()
    return min(once_s() for _ in range(repeats))
