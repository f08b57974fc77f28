"""A strategy, by default `model`, against random search that is given the same time.

    python scripts/equal_time.py                        # as docs/searches.md has it: half an hour
    python scripts/equal_time.py --seeds 3 dataset=wine search=nsga2

Each search runs in a process of its own with one thread and no transpile cache; its time is the CPU
time of that process, imports included, until its last generation is evaluated. The front is not
trained further. Random search continues, generation by generation, until it has taken at least as
long as the strategy with the same seed, or evaluated the whole space.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from hybhanas.errors import ConfigError
from hybhanas.hydra_app.compose import composed
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.executors import Serial
from hybhanas.nas.loop import Generation, run_search
from hybhanas.tasks.search import prepare
from scripts import page

PART = "equal_time"
RANDOM = "random"
MOST_GENERATIONS = 1000
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


class Outcome(NamedTuple):
    """A search: its evaluations, the CPU seconds that they took, and their hypervolume."""

    evaluations: int
    cpu_s: float
    hypervolume: float


class Compared(NamedTuple):
    """A strategy and random search with one seed."""

    seed: int
    strategy: Outcome
    random: Outcome


class _LongEnough(Exception):  # noqa: N818 - not an error
    pass


def searched(overrides: Sequence[str], least_s: float) -> Outcome:
    """A search in this process, ended by the first generation after so many CPU seconds of it."""
    outcomes: list[Outcome] = []

    def on_generation(generation: Generation, evaluations: Sequence[Evaluation]) -> None:
        spent_s = time.process_time()
        outcomes.append(Outcome(len(evaluations), spent_s, generation.hypervolume))
        if spent_s >= least_s:
            raise _LongEnough

    config = composed("cache=null", "trainer.accelerator=cpu", *overrides)
    with tempfile.TemporaryDirectory() as folder:
        problem = prepare(config, Path(folder) / "none")
        parts = problem.strategy, problem.evaluator
        started = Serial().started(problem.evaluator, Path(folder), print)
        with started as workers, suppress(_LongEnough):
            run_search(*parts, Path(folder), workers, lambda _: None, on_generation)
    return outcomes[-1]


def compared(seed: int, overrides: Sequence[str], pool: ProcessPoolExecutor) -> Compared:
    """Both searches with one seed, one after the other."""
    common = [*overrides, f"seed={seed}"]
    strategy = pool.submit(searched, common, math.inf).result()
    longer = [*common, f"search={RANDOM}", f"search.generations={MOST_GENERATIONS}"]
    random = pool.submit(searched, longer, strategy.cpu_s).result()
    print(Compared(seed, strategy, random), file=sys.stderr, flush=True)
    return Compared(seed, strategy, random)


def report(name: str, found: Sequence[Compared]) -> str:
    """The table, and what it comes to.

    Args:
        name: of the strategy.
        found: of each seed.
    """
    rows = [
        {
            "seed": one.seed,
            f"`{name}`": f"{one.strategy.hypervolume:.4f}",
            "networks": one.strategy.evaluations,
            "CPU s": f"{one.strategy.cpu_s:.0f}",
            f"`{RANDOM}`": f"{one.random.hypervolume:.4f}",
            "its networks": one.random.evaluations,
            "its CPU s": f"{one.random.cpu_s:.0f}",
            "lead": f"{_lead(one):+.4f}",
        }
        for one in found
    ]
    leads = [_lead(one) for one in found]
    strategy = [one.strategy.hypervolume for one in found]
    random = [one.random.hypervolume for one in found]
    return (
        f"{page.markdown(pd.DataFrame(rows))}\n\n"
        f"Hypervolume: `{name}` {_spread(strategy)}, `{RANDOM}` {_spread(random)}. The medians "
        f"differ by {np.median(strategy) - np.median(random):+.4f}. The lead with the same seed is "
        f"{_spread(leads, '+')}."
    )


def _lead(one: Compared) -> float:
    return one.strategy.hypervolume - one.random.hypervolume


def _spread(values: Sequence[float], sign: str = "") -> str:
    low, middle, high = np.percentile(values, [25, 50, 75])
    mean, deviation = np.mean(values), np.std(values, ddof=1)
    return (
        f"{middle:{sign}.4f} (median; quartiles {low:{sign}.4f} to {high:{sign}.4f}; mean "
        f"{mean:{sign}.4f}, standard deviation {deviation:.4f})"
    )


def main(given: Sequence[str] | None = None) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("overrides", nargs="*", help="of the configuration, as dataset=wine")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="2 or more; from 1")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="seeds at once")
    parser.add_argument("--page", action="store_true", help="write into docs/ as well")
    given = sys.argv[1:] if given is None else given
    arguments = parser.parse_args(given)
    for option, least in (("seeds", 2), ("jobs", 1)):
        if (value := getattr(arguments, option)) < least:
            parser.error(f"--{option} {value}: at least {least}")
    try:
        name = composed(*arguments.overrides).search.name
    except ConfigError as error:
        parser.error(str(error))
    if name == RANDOM:
        parser.error(f"search={RANDOM} is not accepted: it is what the search is compared with")
    os.environ.update(dict.fromkeys(THREADS, "1"))  # of the processes that are started from here
    spawned = multiprocessing.get_context("spawn")
    jobs = arguments.jobs
    try:
        with (
            ProcessPoolExecutor(jobs, mp_context=spawned, max_tasks_per_child=1) as pool,
            ThreadPoolExecutor(jobs) as threads,
        ):
            one = partial(compared, overrides=arguments.overrides, pool=pool)
            found = [*threads.map(one, range(1, arguments.seeds + 1))]
    except ConfigError as error:
        parser.error(str(error))
    command = shlex.join(["python", "scripts/equal_time.py", *given])
    text = f"```bash\n{command}\n```\n\n{report(name, found)}"
    print(text)
    if arguments.page:
        page.fill(PART, text, page.DOCS / "searches.md")


if __name__ == "__main__":
    main()
