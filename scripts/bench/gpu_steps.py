"""The quantum layer and a whole step of training on a GPU, of up to thousands of circuits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from statistics import median
from typing import Any

import torch

from hybhanas.architecture import Architecture
from hybhanas.models.hqnn import HQNN
from hybhanas.models.module import PopulationModule
from hybhanas.models.plan import OF_CARD
from hybhanas.models.population import Population
from hybhanas.models.work import peak_bytes, work_of
from scripts.bench import population
from scripts.bench.population import CLASSES, FEATURES
from scripts.bench.timing import take_turns

DEVICE = "cuda"
SIZES = ((4, 2), (6, 3), (8, 4), (10, 6), (12, 6), (14, 6), (16, 6))  # qubits, layers
COUNTS = (1, 16, 64, 256, 1024, 4096)
BATCHES = (32, 256)
CPU_COUNTS = (16, 64)
FIRST = [(4, 2), (6, 3), (8, 4)]  # of which one thread of a CPU is timed as well
WORDS = tuple(product(("cx", "cz", "crx", "cry", "crz"), ("ring", "linear", "star")))

Note = Callable[[Mapping[str, Any]], None]
"""Writes a row of results."""

Step = Callable[[], object]


def run(note: Note, seconds: float) -> None:
    """Steps of K different circuits, the most important first: 1024 of 4, 6 and 8 qubits and what
    one thread of this CPU takes, then all K, qubits and batches, as far as time and memory go.
    """
    end = time.perf_counter() + seconds
    print(
        "what           qubits layers batch     K  kernel by kernel ms  captured ms  us a candidate"
    )
    first = [(size, 32, 1024) for size in FIRST]
    for size, batch, count in first:
        _row(note, size, batch, count)
    for size in FIRST:
        _row_of_cpu(note, size)
    for batch, size in product(BATCHES, SIZES):
        took_s = 0.0
        for count in COUNTS:
            left_s = end - time.perf_counter()
            if (size, batch, count) in first:
                continue
            if left_s < 5 * took_s or left_s < 0 or not _fits(size, batch, count):
                break
            started = time.perf_counter()
            _row(note, size, batch, count)
            took_s = time.perf_counter() - started


def streams(note: Note, seconds: float) -> None:
    """Two groups one after the other, and at once on two streams."""
    end = time.perf_counter() + seconds
    for size, count in product(FIRST, (8, 32, 128)):
        if time.perf_counter() > end:
            return
        steps = [captured_training(mixed(size, count), 64) for _ in range(2)]
        queues = [torch.cuda.Stream() for _ in steps]

        def one_after_the_other(steps: Sequence[Step] = steps) -> None:
            for step in steps:
                step()

        def at_once(
            steps: Sequence[Step] = steps, queues: Sequence[torch.cuda.Stream] = queues
        ) -> None:
            for step, queue in zip(steps, queues, strict=True):
                with torch.cuda.stream(queue):
                    step()

        serial_ms, parallel_ms = gpu_ms(one_after_the_other), gpu_ms(at_once)
        note({
            "qubits": size[0], "layers": size[1], "count": count,
            "serial_ms": serial_ms, "parallel_ms": parallel_ms,
        })  # fmt: skip
        print(f"two groups of {count}, {size[0]} qubits: {serial_ms:.2f} ms one after the other, "
              f"{parallel_ms:.2f} ms on two streams", flush=True)  # fmt: skip


def mixed(size: tuple[int, int], count: int) -> list[Architecture]:
    """Networks of one size with all entanglers and some patterns, in turn."""
    qubits, depth = size
    kinds = [
        Architecture(qubits=qubits, depth=depth, entangler=entangler, entanglement=pattern)
        for entangler, pattern in WORDS
    ]
    return [kinds[i % len(kinds)] for i in range(count)]


def captured_training(architectures: Sequence[Architecture], batch: int) -> Step:
    """A step of training of all networks, as a search takes it, captured."""
    return training(architectures, batch, captured=True)[0]


def training(
    architectures: Sequence[Architecture], batch: int, captured: bool, device: str = DEVICE
) -> tuple[Step, PopulationModule]:
    """A step of training of all networks, with new samples each time, and their module."""
    torch.manual_seed(0)
    models = [HQNN(architecture, FEATURES, CLASSES, "fused") for architecture in architectures]
    rates = [0.01] * len(models)
    module = PopulationModule(Population(models, "fused"), rates, range(4_000), captured=True)
    module.to(device)
    module.configure_optimizers()
    if not captured:
        module.launch_kernel_by_kernel()
    samples = [torch.randn(batch, FEATURES, device=device) for _ in range(4)]
    classes = [torch.randint(CLASSES, (batch,), device=device) for _ in range(4)]
    batches = [[*pair] for pair in zip(samples, classes, strict=True)]
    turn = iter(range(10**9))
    return lambda: module.training_step(batches[next(turn) % 4], 0), module


def layer(module: PopulationModule, batch: int) -> Step:
    """Forward and backward through the quantum layers of all its networks."""
    circuits = [model.layers.circuit for model in module.population.models]
    stack = module.population.circuits
    torch.manual_seed(0)
    sizes = [max(c.inputs for c in circuits), max(c.weights for c in circuits)]
    inputs = torch.randn(len(circuits), sizes[0], batch, device=DEVICE, requires_grad=True)
    weights = torch.randn(len(circuits), sizes[1], device=DEVICE, requires_grad=True)
    return lambda: torch.autograd.grad(stack(inputs, weights).sum(), (inputs, weights))


def captured(step: Step) -> Step:
    """A call as one launch of a CUDA graph."""
    step()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def gpu_ms(step: Step, budget_s: float = 0.15) -> float:
    """The median of five blocks of calls, in ms a call, after calls that allocate and capture."""
    for _ in range(3):
        step()
    torch.cuda.synchronize()
    started = time.perf_counter()
    step()
    torch.cuda.synchronize()
    repeats = max(1, min(100, int(budget_s / 5 / (time.perf_counter() - started))))
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(repeats):
            step()
        torch.cuda.synchronize()
        taken.append(1e3 * (time.perf_counter() - started) / repeats)
    return median(taken)


def _row(note: Note, size: tuple[int, int], batch: int, count: int) -> None:
    architectures = mixed(size, count)
    row: dict[str, Any] = {"qubits": size[0], "layers": size[1], "batch": batch, "count": count}
    started = time.perf_counter()
    step, module = training(architectures, batch, captured=True)
    row["setup_s"] = time.perf_counter() - started
    torch.cuda.reset_peak_memory_stats()
    ms = {"training step": gpu_ms(step)}
    row["peak_bytes"] = torch.cuda.max_memory_allocated()
    module.launch_kernel_by_kernel()
    eager = {"training step": gpu_ms(step)}
    calls = layer(module, batch)
    eager["layer"] = gpu_ms(calls)
    ms["layer"] = gpu_ms(captured(calls))
    note(row | {"captured_ms": ms, "kernel_by_kernel_ms": eager})
    for what, taken in ms.items():
        print(f"{what:14} {size[0]:6} {size[1]:6} {batch:5} {count:5} {eager[what]:20.3f} "
              f"{taken:12.3f} {1e3 * taken / count:15.2f}", flush=True)  # fmt: skip


def _row_of_cpu(note: Note, size: tuple[int, int]) -> None:
    """One thread of the CPU beside it, with the number of circuits that suits it best."""
    torch.set_num_threads(1)
    calls = {k: population.stacked_training(mixed(size, k)) for k in CPU_COUNTS}
    timings = take_turns({f"{k}": call for k, call in calls.items()}, rounds=5, budget_s=5.0)
    ms = {int(k): timing.ms / int(k) for k, timing in timings.items()}
    note({
        "qubits": size[0], "layers": size[1], "batch": population.BATCH,
        "cpu_candidate_ms": min(ms.values()), "cpu_count": min(ms, key=lambda k: ms[k]),
    })  # fmt: skip
    print(f"one thread of the CPU, {size[0]} qubits: {1e3 * min(ms.values()):.1f} us a candidate, "
          f"{min(ms, key=lambda k: ms[k])} at once", flush=True)  # fmt: skip


def _fits(size: tuple[int, int], batch: int, count: int) -> bool:
    group = work_of(mixed(size, 1)[0])
    for _ in range(count.bit_length() - 1):
        group = group + group
    held = float(peak_bytes(group, batch, FEATURES))
    return held < OF_CARD * torch.cuda.get_device_properties(0).total_memory
