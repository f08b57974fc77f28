"""The evaluator: pure, keyed by all that matters, and never brought down by a candidate."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import pytest
import torch

from hybhanas.architecture import Architecture
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.data.shipped import Shipped
from hybhanas.models.training import train
from hybhanas.nas.constraints import Constraints
from hybhanas.nas.evaluation import COSTED, EVALUATED, FAILED, Evaluation
from hybhanas.nas.evaluator import Evaluator, Group, derived_seed
from hybhanas.quantum.variants import TWIN
from tests.helpers.settings import cost_model, train_settings
from tests.helpers.synthetic import make_calibration

MODEL = cost_model(faults="whole_circuit", optimization_level=1)
TRAINING = train_settings(epochs=1, final_epochs=2, learning_rate=0.05)
DEVICE = Device(name="test", peak_flops_per_s=1e12, utilisation=0.5, power_w=200.0, source="test")
WORK = Workload(samples=90, epochs=2, batch_size=32)


def evaluator(seed: int = 1, model: CostModel = MODEL, **change) -> Evaluator:
    calibration = make_calibration(4, ((0, 1), (1, 2), (2, 3)))
    settings = {
        "data": Shipped(name="iris", batch_size=32, seed=seed).load(),
        "estimator": CostEstimator(calibration, model, DEVICE, WORK, 20e3),
        "training": TRAINING,
        "simulator": "fused",
        "seed": seed,
        "constraints": Constraints({}),
    }
    return Evaluator(**(settings | change))


def evaluate(architecture: Architecture, by: Evaluator) -> Evaluation:
    """Costed, and trained alone if it is to be trained."""
    costed = by.cost(architecture)
    if costed.status != COSTED:
        return costed
    return by.train(Group((costed,), by.epochs))[0][0]


def test_an_evaluation_is_a_pure_function():
    a = Architecture(qubits=3, depth=2)
    one, two = evaluate(a, evaluator()), evaluate(a, evaluator())
    assert replace(one, seconds=0.0) == replace(two, seconds=0.0)
    assert one.status == EVALUATED
    assert {"error", "log10_total_s", "parameters", "simulation_flops"} <= set(one.values)


def test_every_setting_that_matters_changes_the_key():
    a = Architecture(qubits=3)
    base = evaluator()
    keys = {
        base.key(a),
        base.key(Architecture(qubits=2)),
        evaluator(seed=2).key(a),
        evaluator(model=replace(MODEL, shots=1)).key(a),
        evaluator(training=replace(TRAINING, epochs=2)).key(a),
        evaluator(simulator="torchquantum").key(a),
        evaluator(data=Shipped(name="wine", batch_size=32, seed=1).load()).key(a),
    }
    assert len(keys) == 7
    assert evaluator().key(a) == base.key(a)


def test_a_contribution_is_the_accuracy_above_that_of_the_classical_twin():
    a = Architecture(qubits=3, depth=2)
    plain, with_twin = evaluate(a, evaluator()), evaluate(a, evaluator(twins=True))
    twin = evaluate(a, evaluator(simulator=TWIN)).validation_accuracy
    assert with_twin.validation_accuracy == plain.validation_accuracy
    assert with_twin.contribution == plain.validation_accuracy - twin
    assert plain.contribution is None
    assert plain.key != with_twin.key


def test_a_network_whose_twin_cannot_be_trained_has_failed_with_the_reason(monkeypatch):
    def no_twins(architectures, data, training, simulator, *others):
        if simulator == TWIN:
            raise MemoryError("no room")
        return train(architectures, data, training, simulator, *others)

    monkeypatch.setattr("hybhanas.models.training.train", no_twins)
    evaluation = evaluate(Architecture(qubits=2), evaluator(twins=True))
    assert evaluation.status == FAILED
    assert evaluation.reason == "CandidateError: its classical twin: MemoryError: no room"


def test_seeds_derive_from_the_run_and_the_architecture_alone():
    a, b = Architecture(qubits=2), Architecture(qubits=3)
    assert derived_seed(1, a) == derived_seed(1, a)
    assert len({derived_seed(1, a), derived_seed(1, b), derived_seed(2, a)}) == 3
    assert 0 <= derived_seed(1, a) < 2**31


def test_a_circuit_too_wide_for_the_machine_is_a_failed_evaluation_with_its_reason():
    evaluation = evaluate(Architecture(qubits=5), evaluator())
    assert evaluation.status == FAILED
    assert "5 qubits are more than the 4 usable ones of synthetic" in evaluation.reason
    assert evaluation.values == {}


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("no room"),
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("can't allocate 9 TB"),
        RuntimeError("CUDA error: out of memory"),
    ],
)
def test_running_out_of_memory_is_a_failed_evaluation_that_keeps_its_cost(monkeypatch, error):
    def raising(*args):
        raise error

    monkeypatch.setattr("hybhanas.models.training.train", raising)
    evaluation = evaluate(Architecture(qubits=2), evaluator())
    assert evaluation.status == FAILED
    assert str(error) in evaluation.reason
    assert evaluation.cost is not None


def test_a_group_that_runs_out_of_memory_is_bisected(monkeypatch):
    sizes = []

    def small_memory(architectures, *args):
        sizes.append(len(architectures))
        if len(architectures) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return train(architectures, *args)

    monkeypatch.setattr("hybhanas.models.training.train", small_memory)
    by = evaluator()
    architectures = [Architecture(qubits=2, rotations=name) for name in ("ry", "ry_rz", "rz_ry_rz")]
    costed = [by.cost(architecture) for architecture in architectures]
    evaluations = [evaluation for evaluation, _ in by.train(Group(costed, by.epochs))]
    assert sizes == [3, 1, 2, 1, 1]
    assert [e.architecture for e in evaluations] == architectures
    assert all(e.status == EVALUATED for e in evaluations)


def test_the_error_of_a_network_that_is_too_large_holds_nothing_of_its_training(monkeypatch):
    class Held:
        pass

    alive = []

    def failing(*args):
        held = Held()
        alive.append(weakref.ref(held))
        try:
            raise MemoryError("no room")
        except MemoryError as error:
            raise torch.OutOfMemoryError("CUDA out of memory") from error

    monkeypatch.setattr("hybhanas.models.training.train", failing)
    (error,) = evaluator().train_networks([Architecture(qubits=2)], 1)
    gc.collect()
    assert isinstance(error, torch.OutOfMemoryError)
    assert alive[0]() is None


def test_a_bug_is_not_hidden_as_a_failed_candidate(monkeypatch):
    def raising(*args):
        raise RuntimeError("shapes cannot be multiplied")

    monkeypatch.setattr("hybhanas.models.training.train", raising)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        evaluate(Architecture(qubits=2), evaluator())
