"""Evaluations per minute of the default search, in this process and with workers once they run."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from hybhanas.hydra_app.compose import composed
from hybhanas.nas.executors import Auto, Executor, Local, Serial
from hybhanas.nas.loop import run_search
from hybhanas.tasks.search import prepare
from scripts.bench.results import Result

GENERATIONS = 3
REPEATS = 3
EXECUTORS: dict[str, Executor] = {
    "this process": Serial(),
    "1 worker": Local(workers=1, threads=1, memory="auto"),
    "2 workers": Local(workers=2, threads=1, memory="auto"),
    "auto": Auto(threads=1, shares=2, accelerator="cpu"),
}


def run() -> Result:
    """The first generations of the default search with each executor, interleaved. Idle is the
    fraction of the workers' time in which they do not compute: scheduling, proposing, recording,
    and waiting for other workers at the end of a generation.
    """
    config = composed(f"search.generations={GENERATIONS}", "cache=null", "trainer.accelerator=cpu")
    seconds: dict[str, list[float]] = {name: [] for name in EXECUTORS}
    started_s: dict[str, list[float]] = {name: [] for name in EXECUTORS}
    idle: dict[str, list[float]] = {name: [] for name in EXECUTORS}
    found: dict[str, list[str]] = {}
    for _ in range(REPEATS):
        for name, executor in EXECUTORS.items():
            with tempfile.TemporaryDirectory() as folder:
                problem = prepare(config, Path(folder) / "none")
                evaluator, strategy = problem.evaluator, problem.strategy
                started = time.perf_counter()
                with executor.started(evaluator, Path(folder), lambda _: None) as workers:
                    some = [strategy.space.decode((0,) * len(strategy.space.genes))] * 4
                    list(workers.map("cost", some))
                    begun = time.perf_counter()
                    evaluations = run_search(
                        strategy, evaluator, Path(folder), workers, lambda _: None, lambda *_: None
                    )
                    seconds[name].append(time.perf_counter() - begun)
                    busy_s = sum(evaluation.seconds for evaluation in evaluations)
                    idle[name].append(1 - busy_s / seconds[name][-1] / executor.max_workers)
                started_s[name].append(begun - started)
            found[name] = [f"{e.key} {e.values.get('error')}" for e in evaluations]
    one = float(np.median(seconds["1 worker"]))
    rows = []
    print("executor      start s  search s  evaluations a minute  times one worker  idle %  equal")
    for name, times in seconds.items():
        median = float(np.median(times))
        row = {
            "executor": name,
            "start_s": float(np.median(started_s[name])),
            "search_s": median,
            "per_minute": 60 * len(found[name]) / median,
            "of_one_worker": one / median,
            "idle": float(np.median(idle[name])),
            "equal": found[name] == found["this process"],
        }
        rows.append(row)
        print(
            f"{name:12} {row['start_s']:8.1f} {median:9.1f} {row['per_minute']:21.0f} "
            f"{row['of_one_worker']:16.2f} {100 * row['idle']:7.1f}  {row['equal']}",
            flush=True,
        )
    return {"rows": rows}
