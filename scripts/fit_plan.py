"""Fits the planner's time model to training steps on this computer, or on its GPU.

    python scripts/fit_plan.py                  # some minutes
    python scripts/fit_plan.py --processor cuda

Random networks of a search space are trained in groups of random sizes, on one thread; of each
group a step's time is what two epochs take less than six, so that no set-up is in it. The
SECONDS of hybhanas.models.work are then fitted by least squares of relative errors, none below 0.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import add

import numpy as np
from scipy.optimize import nnls

from hybhanas.architecture import Architecture
from hybhanas.data.in_memory import InMemoryData
from hybhanas.data.shipped import Shipped
from hybhanas.models.plan import STATES_BYTES
from hybhanas.models.training import train
from hybhanas.models.work import SECONDS, amounts, work_of
from scripts.bench.end_to_end import search_space, training

BATCH = 64
LARGEST = {"cpu": 12, "cuda": 256}
EPOCHS = (2, 6)


def step_s(architectures: Sequence[Architecture], data: InMemoryData, processor: str) -> float:
    """A training step of networks together, in seconds."""
    seeds = range(len(architectures))
    taken = []
    for epochs in EPOCHS:
        started = time.perf_counter()
        settings = replace(training(epochs), accelerator=processor)
        train(architectures, data, settings, "fused", seeds, epochs)
        taken.append(time.perf_counter() - started)
    return (taken[1] - taken[0]) / (EPOCHS[1] - EPOCHS[0]) / len(data.train_dataloader())


def main(given: Sequence[str] | None = None) -> None:
    """Prints the current constants, the fitted ones, and the error of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--groups", type=int, default=80, metavar="N")
    parser.add_argument("--processor", choices=SECONDS, default="cpu")
    arguments = parser.parse_args(given)
    processor, largest = arguments.processor, LARGEST[arguments.processor]
    rng = np.random.default_rng(1)
    space = search_space("hqnn")
    data = Shipped(name="digits", batch_size=BATCH, seed=1).load()
    counts, measured_s = [], []
    while len(measured_s) < arguments.groups:
        # Neighbours of a generation in the planner's order, which is how groups are made.
        drawn = [space.decode(space.sample(rng)) for _ in range(largest + 8)]
        asked = sorted(drawn, key=lambda architecture: work_of(architecture).place)
        size = int(rng.integers(1, largest + 1))
        first = int(rng.integers(0, len(asked) - size + 1))
        group = asked[first : first + size]
        work = reduce(add, map(work_of, group))
        if processor == "cpu" and size > 1 and work.states_bytes(BATCH) > STATES_BYTES:
            continue  # which is never planned
        counts.append(list(amounts(work, BATCH).values()))
        measured_s.append(step_s(group, data, processor))
    table, measured = np.array(counts), np.array(measured_s)
    fitted, _ = nnls(table / measured[:, None], np.ones(len(measured)))
    print(
        f"{len(measured)} groups, of which a step takes {1e3 * min(measured):.1f} to "
        f"{1e3 * max(measured):.1f} ms"
    )
    print("part               set     fitted  (s)")
    for part, seconds in zip(SECONDS[processor], fitted, strict=True):
        print(f"{part:10} {SECONDS[processor][part]:11.2e} {seconds:10.2e}")
    for name, seconds in (("set", [*SECONDS[processor].values()]), ("fitted", fitted)):
        ratios = table @ seconds / measured
        low, middle, high = np.percentile(ratios, [10, 50, 90])
        print(
            f"estimated over measured, {name}: {middle:.2f} ({low:.2f} to {high:.2f}, 10 % to 90 %)"
        )


if __name__ == "__main__":
    main()
