"""Benchmarks for optimisers of other libraries: pymoo and Optuna, imported when they are used."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from hybhanas.bench.benchmark import OBJECTIVES, Benchmark

if TYPE_CHECKING:
    import optuna

NONE = 1e9
"""Stands for the objectives of an architecture without a result; such a one breaks the constraint
as well.
"""


def pymoo_problem(
    benchmark: Benchmark, backend: str, total: str = "qpu_time", seed: int | None = None
) -> Any:
    """A `pymoo.core.problem.Problem` of `OBJECTIVES`, whose variables are the integers of a genome
    of the space, see `SearchSpace.decode`.

    Its one constraint is broken by an architecture that has no result.

    Args:
        benchmark: the table.
        backend: see `Benchmark.points`.
        total: likewise.
        seed: likewise.
    """
    from pymoo.core.problem import Problem

    space, points = benchmark.space, benchmark.points(backend, total, seed)

    class TableProblem(Problem):
        def __init__(self) -> None:
            most = np.array(space.choices) - 1
            super().__init__(
                n_var=len(most), n_obj=len(OBJECTIVES), n_ieq_constr=1, xl=0, xu=most, vtype=int
            )

        def _evaluate(self, x: np.ndarray, out: dict[str, Any], *_: Any, **__: Any) -> None:
            rows = [benchmark.row(space.decode(np.round(genome).astype(int))) for genome in x]
            found = points[rows]
            known = np.isfinite(found).all(axis=1, keepdims=True)
            out["F"] = np.where(known, found, NONE)
            out["G"] = np.where(known, -1.0, 1.0)

    return TableProblem()


def optuna_objective(
    benchmark: Benchmark, backend: str, total: str = "qpu_time", seed: int | None = None
) -> Callable[[optuna.Trial], tuple[float, ...]]:
    """An objective of a study with `directions=["minimize"] * 3`: `OBJECTIVES` of the architecture
    that a trial suggests, gene by gene. A trial is pruned whose architecture has no result.

    Args:
        benchmark: the table.
        backend: see `Benchmark.points`.
        total: likewise.
        seed: likewise.
    """
    from optuna import TrialPruned

    space, points = benchmark.space, benchmark.points(backend, total, seed)
    genes = dict(zip(space.genes, space.choices, strict=True))

    def objective(trial: optuna.Trial) -> tuple[float, ...]:
        genome = [trial.suggest_categorical(g, range(count)) for g, count in genes.items()]
        architecture = space.decode(genome)
        values = points[benchmark.row(architecture)]
        trial.set_user_attr("architecture", architecture.to_dict())
        if not np.isfinite(values).all():
            raise TrialPruned
        return tuple(values.tolist())

    return objective
