"""The throughput of the machine that this runs on, measured."""

from __future__ import annotations

import statistics
import time


def matmul_flops_per_s(size: int = 1024, repeats: int = 9) -> float:
    """Floating-point operations per second of single-precision matrix products.

    The median of `repeats` products of size x size matrices, on the GPU if there is one.
    """
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    matrix = torch.randn(size, size, device=device)

    def product_s() -> float:
        started = time.perf_counter()
        (matrix @ matrix)[0, 0].item()  # reading a value waits for the GPU
        return time.perf_counter() - started

    product_s()
    return 2 * size**3 / statistics.median(product_s() for _ in range(repeats))
