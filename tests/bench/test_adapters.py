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
from hybhanas.bench.adapters import NONE, optuna_objective, pymoo_problem, syne_tune_blackbox
from hybhanas.bench.benchmark import OBJECTIVES
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


def test_a_blackbox_of_syne_tune_has_the_points_after_every_epoch():
    pytest.importorskip("syne_tune", reason="pip install syne-tune huggingface_hub")
    table = by_hand()
    blackbox = syne_tune_blackbox(table, "small", seed=1)
    (gene,) = blackbox.configuration_space
    assert gene == "qubits"  # the only one with a choice
    # of 2 qubits: 1 minus the accuracies 0.5, 0.25, 0.75, the time, the parameters, the seconds
    assert blackbox({"qubits": 0}).tolist() == [
        [0.5, 1.5, 20.0, 1.0], [0.75, 1.5, 20.0, 2.0], [0.25, 1.5, 20.0, 3.0],
    ]  # fmt: skip
    assert blackbox({"qubits": 1}, {"epoch": 3}) == {
        "error": 0.125, "log10_total_s": 1.0, "parameters": 30.0, "elapsed": 3.0,
    }  # fmt: skip
    assert blackbox({"qubits": 2})[0].tolist() == [NONE, NONE, NONE, 1.0]  # it does not fit


def test_mo_asha_of_syne_tune_runs_on_a_shipped_table(tmp_path, monkeypatch):
    pytest.importorskip("syne_tune", reason="pip install syne-tune huggingface_hub")
    monkeypatch.setenv("SYNETUNE_FOLDER", str(tmp_path))
    from syne_tune import StoppingCriterion, Tuner
    from syne_tune.backend.simulator_backend.simulator_callback import SimulatorCallback
    from syne_tune.blackbox_repository import UserBlackboxBackend
    from syne_tune.optimizer.schedulers.multiobjective.moasha import MOASHA

    table = bench.load(SHIPPED / "iris_small.parquet")
    blackbox = syne_tune_blackbox(table, "ibm_fez", seed=1)
    asha = MOASHA(
        blackbox.configuration_space, [*OBJECTIVES], time_attr="epoch", max_t=table.epochs,
        grace_period=3, random_seed=1,
    )  # fmt: skip
    tuner = Tuner(
        UserBlackboxBackend(blackbox, elapsed_time_attr="elapsed"), asha,
        StoppingCriterion(max_num_trials_started=30), n_workers=1, sleep_time=0.0,
        callbacks=[SimulatorCallback()], save_tuner=False,
    )  # fmt: skip
    tuner.run()
    metrics = tuner.tuning_status.trial_metric_statistics
    ended = tuner.tuning_status.last_trial_status_seen
    epochs = {status: {metrics[i].max_metrics["epoch"] for i in range(30) if ended[i] == status}
              for status in ("Completed", "Stopped")}  # fmt: skip
    assert epochs["Completed"] == {12}
    assert min(epochs["Stopped"]) >= 3
    assert max(epochs["Stopped"]) < 12
    errors = {metrics[i].min_metrics["error"] for i in range(30)}
    assert errors <= {*(1 - table.accuracy[:, 0]).ravel()}
