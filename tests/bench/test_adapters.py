"""A benchmark under optimisers of other libraries."""

from __future__ import annotations

import numpy as np
import optuna
import pytest
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.operators.crossover.sbx import SBX
from pymoo.operators.mutation.pm import PM
from pymoo.operators.repair.rounding import RoundingRepair
from pymoo.operators.sampling.rnd import IntegerRandomSampling
from pymoo.optimize import minimize

from hybhanas import bench
from hybhanas.architecture import Architecture
from hybhanas.bench.adapters import optuna_objective, pymoo_problem
from tests.helpers.benchmarks import SHIPPED, by_hand, of


def test_a_problem_of_pymoo_has_the_points_and_a_constraint_where_there_is_none():
    table = by_hand()
    problem = pymoo_problem(table, "small", seed=1)
    genomes = np.zeros((3, problem.n_var), int)
    genomes[:, table.space.genes.index("qubits")] = [0, 1, 2]
    points, broken = problem.evaluate(genomes, return_values_of=["F", "G"])
    assert points[:2].tolist() == [[0.25, 1.5, 20.0], [0.125, 1.0, 30.0]]
    assert broken.ravel().tolist() == [-1.0, -1.0, 1.0]


def test_nsga2_of_pymoo_finds_front_members_of_a_shipped_table():
    table = bench.load(SHIPPED / "iris_small.parquet")
    algorithm = NSGA2(
        16, sampling=IntegerRandomSampling(), crossover=SBX(repair=RoundingRepair()),
        mutation=PM(repair=RoundingRepair()),
    )  # fmt: skip
    found = minimize(pymoo_problem(table, "ibm_fez"), algorithm, ("n_gen", 8), seed=1)
    points = table.points("ibm_fez")
    true = points[[table.row(a) for a in table.front("ibm_fez")]]
    distances = np.abs(found.F[:, None] - true).max(axis=2).min(axis=1)
    assert (distances < 1e-9).sum() >= 5


@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
def test_a_study_of_optuna_sees_the_points_and_prunes_what_has_none():
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    table = by_hand()
    study = optuna.create_study(
        directions=["minimize"] * 3, sampler=optuna.samplers.RandomSampler(seed=1)
    )
    study.optimize(optuna_objective(table, "small", seed=1), n_trials=12)
    for trial in study.trials:
        architecture = Architecture.from_dict(trial.user_attrs["architecture"])
        if architecture == of(4):
            assert trial.state.name == "PRUNED"
        else:
            assert trial.values == table.points("small", seed=1)[table.row(architecture)].tolist()
    assert {t.user_attrs["architecture"]["qubits"] for t in study.trials} == {2, 3, 4}
