"""Times of calls that take turns, so that a busy moment of the machine hits all of them."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

BLOCK_S = 0.02  # a turn repeats a short call for this long: its caches warm up as in a loop


@dataclass(frozen=True, slots=True)
class Timing:
    """What one call takes, in ms: the median over the rounds and its quartiles.

    `cpu_ms` is the processor time of all threads. With one thread it is below `ms` by what the
    call waited for other programs, so that on a quiet machine the two agree.
    """

    ms: float
    low_ms: float
    high_ms: float
    cpu_ms: float
    rounds: int


def take_turns(
    calls: Mapping[str, Callable[[], object]], rounds: int = 15, budget_s: float = 60.0
) -> dict[str, Timing]:
    """Times calls interleaved, after one call of each that does not count.

    Args:
        calls: by name.
        rounds: turns of each call.
        budget_s: when all turns together have taken so long, in seconds, no further round
            begins once there are five.
    """
    repeats = {}
    for name, call in calls.items():
        started = time.perf_counter()
        call()
        repeats[name] = max(1, round(BLOCK_S / (time.perf_counter() - started)))
    wall: dict[str, list[float]] = {name: [] for name in calls}
    cpu: dict[str, list[float]] = {name: [] for name in calls}
    began = time.perf_counter()
    for done in range(rounds):
        if done >= 5 and time.perf_counter() - began > budget_s:
            break
        for name, call in calls.items():
            started, cpu_started = time.perf_counter(), time.process_time()
            for _ in range(repeats[name]):
                call()
            wall[name].append(1e3 * (time.perf_counter() - started) / repeats[name])
            cpu[name].append(1e3 * (time.process_time() - cpu_started) / repeats[name])
    return {name: _timing(wall[name], cpu[name]) for name in calls}


@contextmanager
def one_core() -> Iterator[None]:
    """Keeps this thread, and the threads it starts meanwhile, on one core; on Linux only.

    JAX has no other setting that holds it to one thread (jax issue 1539).
    """
    if sys.platform != "linux":
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _timing(wall_ms: list[float], cpu_ms: list[float]) -> Timing:
    low, middle, high = statistics.quantiles(wall_ms, n=4, method="inclusive")
    return Timing(middle, low, high, statistics.median(cpu_ms), len(wall_ms))
