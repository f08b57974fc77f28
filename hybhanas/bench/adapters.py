"""Benchmarks for optimisers of other libraries: pymoo, Optuna and Syne Tune, imported when used.

Each takes a table, and what `Benchmark.points` takes: a backend, the total and the seed. A variable
is a gene of the space, its value the index of a choice; see `SearchSpace.decode`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.bench.benchmark import OBJECTIVES, Benchmark

if TYPE_CHECKING:
    import optuna

NONE = 1e9
"""Stands for the objectives of an architecture without a result, where a library cannot be told
that there is none.
"""


def pymoo_problem(
    benchmark: Benchmark, backend: str, total: str = "qpu_time", seed: int | None = None
) -> Any:
    """A `pymoo.core.problem.Problem` of `OBJECTIVES`, whose variables are integers.

    Its one constraint is broken by an architecture that has no result.
    """
    from pymoo.core.problem import Problem

    answer, most = _answers(benchmark, backend, total, seed), np.array(benchmark.space.choices) - 1

    class TableProblem(Problem):
        def __init__(self) -> None:
            super().__init__(
                n_var=len(most), n_obj=len(OBJECTIVES), n_ieq_constr=1, xl=0, xu=most, vtype=int
            )

        def _evaluate(self, x: np.ndarray, out: dict[str, Any], *_: Any, **__: Any) -> None:
            found = np.array([answer(np.round(genome).astype(int))[1] for genome in x])
            known = np.isfinite(found).all(axis=1, keepdims=True)
            out["F"] = np.where(known, found, NONE)
            out["G"] = np.where(known, -1.0, 1.0)

    return TableProblem()


def optuna_objective(
    benchmark: Benchmark, backend: str, total: str = "qpu_time", seed: int | None = None
) -> Callable[[optuna.Trial], tuple[float, ...]]:
    """An objective of a study with `directions=["minimize"] * 3`: `OBJECTIVES` of the architecture
    that a trial suggests, gene by gene. A trial is pruned whose architecture has no result.
    """
    from optuna import TrialPruned

    answer = _answers(benchmark, backend, total, seed)
    genes = dict(zip(benchmark.space.genes, benchmark.space.choices, strict=True))

    def objective(trial: optuna.Trial) -> tuple[float, ...]:
        architecture, values = answer(
            [trial.suggest_categorical(gene, range(count)) for gene, count in genes.items()]
        )
        trial.set_user_attr("architecture", architecture.to_dict())
        if not np.isfinite(values).all():
            raise TrialPruned
        return tuple(values.tolist())

    return objective


def syne_tune_blackbox(
    benchmark: Benchmark, backend: str, total: str = "qpu_time", seed: int | None = None
) -> Any:
    """A `Blackbox` of Syne Tune's for its `UserBlackboxBackend`: `OBJECTIVES` after every `epoch`,
    the error being that after as many, and `elapsed`, in which an epoch takes a second.

    Genes with a single choice are left out. An architecture without a result has NONE throughout.
    """
    from syne_tune.blackbox_repository.blackbox import Blackbox
    from syne_tune.config_space import choice, randint

    answer, space, last = (
        _answers(benchmark, backend, total, seed),
        benchmark.space,
        benchmark.epochs,
    )
    genes = dict(zip(space.genes, space.choices, strict=True))
    epochs = np.arange(1, last + 1)

    class TableBlackbox(Blackbox):
        def __init__(self) -> None:
            super().__init__(
                {gene: choice([*range(count)]) for gene, count in genes.items() if count > 1},
                {"epoch": randint(1, last)},
                [*OBJECTIVES, "elapsed"],
            )

        def _objective_function(
            self, configuration: dict[str, int], fidelity: Any = None, **_: Any
        ) -> dict[str, float] | np.ndarray:
            architecture, values = answer([configuration.get(gene, 0) for gene in genes])
            errors = 1 - benchmark.curve(architecture, seed)
            known = np.isfinite(values).all()
            points = [[e, *values[1:]] if known else [NONE] * len(values) for e in errors]
            table = np.column_stack([points, epochs])
            if fidelity is None:
                return table
            return dict(zip(self.objectives_names, table[fidelity["epoch"] - 1], strict=True))

        @property
        def fidelity_values(self) -> np.ndarray:
            return epochs

    return TableBlackbox()


def _answers(
    benchmark: Benchmark, backend: str, total: str, seed: int | None
) -> Callable[[Sequence[int] | np.ndarray], tuple[Architecture, np.ndarray]]:
    """The architecture of a genome, and its OBJECTIVES [3], NaN where there is no result."""
    space, points = benchmark.space, benchmark.points(backend, total, seed)

    def answer(genome: Sequence[int] | np.ndarray) -> tuple[Architecture, np.ndarray]:
        architecture = space.decode([*genome])
        return architecture, points[benchmark.row(architecture)]

    return answer
