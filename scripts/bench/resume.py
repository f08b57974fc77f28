"""A search of 100,000 evaluations that are all recorded: how long a resume takes to read them, in
how much memory, and whether a generation takes longer the older the search is.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hybhanas.architecture import Architecture
from hybhanas.hydra_app.compose import composed
from hybhanas.nas.evaluation import EVALUATED, Evaluation
from hybhanas.nas.evaluator import Evaluator
from hybhanas.nas.executors.executor import InProcess
from hybhanas.nas.loop import Progress, run_search
from hybhanas.nas.problem import Problem
from hybhanas.tasks.search import prepare

if TYPE_CHECKING:  # it imports torch, which would count as memory of the resume
    from scripts.bench.results import Result

POPULATION, GENERATIONS = 100, 1000
ROOT = Path(__file__).parents[2]


def run() -> Result:
    """NSGA-II over the space of HQNNs, in a process of its own that has nothing to compute."""
    with tempfile.TemporaryDirectory() as folder:
        write_records(problem(Path(folder)), Path(folder) / "records")
        child = subprocess.run(
            [sys.executable, "-m", "scripts.bench.resume", folder],
            cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
    measured: Result = json.loads(child.stdout.splitlines()[-1])
    for name, value in measured.items():
        print(f"{name}: {value:.4g}")
    return measured


def problem(folder: Path, population: int = POPULATION, generations: int = GENERATIONS) -> Problem:
    """The search, which `folder` holds the records of."""
    settings = [f"search.population={population}", f"search.generations={generations}"]
    settings += ["backend=ibm_fez", "dataset=iris", "search_space=hqnn"]
    return prepare(composed("search=nsga2", *settings, "cache=null"), folder / "none")


def write_records(problem: Problem, folder: Path) -> None:
    """Records of all that the search asks for: costs of real circuits of as many qubits, times and
    accuracies spread by the hash of the architecture.
    """
    folder.mkdir(parents=True)
    evaluator, strategy = problem.evaluator, problem.strategy
    costed = {
        qubits: evaluator.cost(Architecture(qubits=qubits)) for qubits in strategy.space.qubits
    }
    for _ in range(strategy.settings.generations):
        known = [_spread(costed[a.qubits], a, evaluator) for a in strategy.ask()]
        for evaluation in known:
            path = folder / f"{evaluation.key}.json"
            path.write_text(json.dumps(evaluation.to_dict(), indent=1, sort_keys=True) + "\n")
        strategy.tell(known)


def _spread(costed: Evaluation, architecture: Architecture, evaluator: Evaluator) -> Evaluation:
    """An evaluation of an architecture, by the cost of another one."""
    first, second, third = _numbers(architecture)
    assert costed.cost is not None
    log10_total_s = costed.cost.time.log10_total_s + first
    known: dict[str, Any] = {"log10_total_s": log10_total_s, "total_s": 10**log10_total_s}
    return replace(
        costed,
        key=evaluator.key(architecture),
        architecture=architecture,
        status=EVALUATED,
        epochs=evaluator.epochs,
        validation_accuracy=second,
        parameters=int(1000 * third),
        cost=replace(costed.cost, time=replace(costed.cost.time, **known)),
    )


def _numbers(architecture: Architecture) -> Iterator[float]:
    """Three numbers from 0 to 1 that depend on the architecture alone."""
    digits = architecture.hash
    return (int(digits[start : start + 5], 16) / 16**5 for start in (0, 5, 10))


def _check_recorded(progress: Progress) -> None:
    if progress.new:
        raise ValueError("an evaluation has no record")


def resumed(problem: Problem, folder: Path) -> Result:
    """Runs the search to its end by its records; times are of the processor, on one core."""
    ends_s = [time.process_time()]
    evaluations = run_search(
        problem.strategy,
        problem.evaluator,
        folder,
        InProcess(problem.evaluator),
        _check_recorded,
        lambda *_: ends_s.append(time.process_time()),
    )
    tenth = len(ends_s) // 10
    return {
        "evaluations": float(len(evaluations)),
        "resume_s": ends_s[-1] - ends_s[0],
        "peak_mib": _peak_mib(),
        "generation_first_tenth_s": (ends_s[tenth] - ends_s[0]) / tenth,
        "generation_last_tenth_s": (ends_s[-1] - ends_s[-1 - tenth]) / tenth,
    }


def _peak_mib() -> float:
    """The most memory that this process has held; ru_maxrss starts at the peak of its parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    given = Path(sys.argv[1])
    print(json.dumps(resumed(problem(given), given)))
