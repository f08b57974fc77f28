"""Populations: K networks trained as one are each trained as alone."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from hybhanas.architecture import Architecture
from hybhanas.data.tabular import TabularData
from hybhanas.models.adam import StackedAdam
from hybhanas.models.hqnn import HQNN
from hybhanas.models.population import Population
from hybhanas.models.state import TrainingState
from hybhanas.models.training import Trained, train
from tests.helpers.settings import everything, train_settings

SPACE = everything(qubits=(1, 2, 3, 4, 5))
FEATURES, CLASSES = 6, 3
SETTINGS = train_settings(epochs=4, final_epochs=4, learning_rate=0.03)


def random_architectures(seed: int, count: int) -> list[Architecture]:
    rng = np.random.default_rng(seed)
    return [SPACE.decode(SPACE.sample(rng)) for _ in range(count)]


@pytest.mark.parametrize("seed", range(8))
def test_logits_and_gradients_are_those_of_each_network_alone(seed):
    models = [HQNN(a, FEATURES, CLASSES, "fused") for a in random_architectures(seed, 6)]
    population = Population(models, "fused")
    x, classes = torch.randn(20, FEATURES), torch.randint(CLASSES, (20,))
    logits = population(x)
    functional.cross_entropy(logits, classes.expand(6, -1)).mul(6 * 20).backward()
    gradients = copy.deepcopy(population)
    for parameter, own in zip(gradients.parameters(), population.parameters(), strict=True):
        parameter.data = torch.zeros_like(own) if own.grad is None else own.grad
    gradients.write_back()  # now every copied network holds its gradients as its weights
    for k, model in enumerate(population.models):
        expected = model(x)
        torch.testing.assert_close(logits[k], expected.T, atol=2e-6, rtol=1e-5)
        functional.cross_entropy(expected, classes, reduction="sum").backward()
        for own, found in zip(model.parameters(), gradients.models[k].parameters(), strict=True):
            torch.testing.assert_close(found.data, own.grad, atol=2e-5, rtol=1e-4)


def test_what_is_padded_stays_zero_through_training():
    models = [HQNN(a, FEATURES, CLASSES, "fused") for a in random_architectures(3, 6)]
    population = Population(models, "fused")
    count = sum(p.numel() for model in models for p in model.parameters())
    optimizer = torch.optim.Adam(population.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        population(torch.randn(20, FEATURES)).square().sum().backward()
        optimizer.step()
    assert sum(int(p.count_nonzero()) for p in population.parameters()) <= count


def test_writing_back_gives_each_network_what_the_population_learnt():
    models = [HQNN(a, FEATURES, CLASSES, "fused") for a in random_architectures(5, 4)]
    population = Population(models, "fused")
    with torch.no_grad():
        for parameter in population.parameters():
            parameter *= 1.5
    x = torch.randn(9, FEATURES)
    logits = population(x)
    population.write_back()
    for k, model in enumerate(population.models):
        torch.testing.assert_close(model(x).T, logits[k], atol=2e-6, rtol=1e-5)


def test_training_a_population_is_plain_adam_on_each_network():
    """Against a loop of torch's own parts on the gate-by-gate simulator."""
    data = TabularData(name="iris", batch_size=16, seed=0)
    architectures = random_architectures(11, 3)
    outcomes = train(architectures, data, SETTINGS, "fused", [1, 2, 3], epochs=2)
    for architecture, seed, outcome in zip(architectures, (1, 2, 3), outcomes, strict=True):
        assert isinstance(outcome, Trained)
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            model = HQNN(architecture, data.features, data.classes, "torchquantum")
        loader = data.train_dataloader()
        rate = architecture.learning_rate or SETTINGS.learning_rate
        optimizer = torch.optim.Adam(model.parameters(), lr=rate)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=rate, total_steps=2 * len(loader)
        )
        for _ in range(2):
            for features, classes in loader:
                optimizer.zero_grad()
                functional.cross_entropy(model(features), classes).backward()
                optimizer.step()
                schedule.step()
        x = torch.from_numpy(data.splits.validation.features)
        torch.testing.assert_close(outcome.model(x), model(x), atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("batch_size", [16, 30])  # 90 samples: with a rest, and without
def test_going_on_from_a_rung_is_training_without_a_stop(batch_size):
    data = TabularData(name="iris", batch_size=batch_size, seed=0)
    settings = (data, SETTINGS, "fused", [1, 2, 3])
    architectures = random_architectures(11, 3)
    whole = train(architectures, *settings, epochs=4)
    states: list[TrainingState] = []
    for until in (1, 3, 4):
        parts = train(architectures, *settings, epochs=4, until=until, states=states)
        states = [part.state for part in parts if isinstance(part, Trained) and part.state]
    for part, uninterrupted in zip(parts, whole, strict=True):
        assert isinstance(part, Trained)
        assert isinstance(uninterrupted, Trained)
        torch.testing.assert_close(
            part.model.state_dict(), uninterrupted.model.state_dict(), atol=1e-6, rtol=1e-5
        )


def test_accuracy_in_company_is_that_of_training_alone_to_one_sample():
    data = TabularData(name="wine", batch_size=32, seed=1)
    architectures = random_architectures(17, 6)
    seeds = range(6)
    together = train(architectures, data, SETTINGS, "fused", list(seeds), epochs=4)
    for architecture, seed, outcome in zip(architectures, seeds, together, strict=True):
        (alone,) = train([architecture], data, SETTINGS, "fused", [seed], epochs=4)
        assert isinstance(outcome, Trained)
        assert isinstance(alone, Trained)
        one_sample = 1 / len(data.splits.validation)
        assert abs(outcome.validation_accuracy - alone.validation_accuracy) <= 1.01 * one_sample


def test_one_network_that_diverges_does_not_touch_the_others():
    data = TabularData(name="iris", batch_size=16, seed=0)
    wild = Architecture(qubits=2, learning_rate=0.99, hidden_layers=2, hidden_width=8)
    calm = Architecture(qubits=2, learning_rate=0.01)

    class Overflowing(HQNN):
        def __init__(self, architecture, *args):
            super().__init__(architecture, *args)
            if architecture == wild:
                self.readout[-1].bias.data[:] = float("inf")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hybhanas.models.training.HQNN", Overflowing)
        diverged, fine = train([wild, calm], data, SETTINGS, "fused", [1, 2], epochs=1)
    (alone,) = train([calm], data, SETTINGS, "fused", [2], epochs=1)
    assert "training diverged" in str(diverged)
    assert fine.validation_accuracy == alone.validation_accuracy


@pytest.mark.parametrize("simulator", ["fused", "torchquantum"])
@pytest.mark.parametrize("rows", [[0, 1, 2, 4], [5], [1, 3]])
def test_networks_that_stay_when_others_leave_compute_what_they_did(rows, simulator):
    models = [HQNN(a, FEATURES, CLASSES, simulator) for a in random_architectures(7, 6)]
    population = Population(models, simulator)
    optimizer = StackedAdam(population.parameters(), torch.full((6,), 0.01))
    x = torch.randn(9, FEATURES)
    population(x).square().sum().backward()
    optimizer.step()
    with torch.no_grad():  # a graph that still lives would remember the old shapes
        before = population(x)[rows]
    staying = [population.models[k] for k in rows]
    population.keep(rows)
    optimizer.keep(rows)
    assert list(population.models) == staying
    torch.testing.assert_close(population(x), before, atol=2e-6, rtol=1e-5)
    population(x).square().sum().backward()
    optimizer.step()
    assert all(p.shape[0] == len(rows) for p in population.parameters())


def test_with_patience_a_network_stops_and_the_others_end_as_if_it_had_not():
    data = TabularData(name="iris", batch_size=16, seed=0)
    still = Architecture(qubits=2, learning_rate=1e-9)  # never gets any better
    learning = Architecture(qubits=2, depth=2, learning_rate=0.03)
    patient = replace(SETTINGS, patience=2)
    steps = []

    class Counting(Population):
        def forward(self, x):
            steps.append(len(self.models)) if torch.is_grad_enabled() else None
            return super().forward(x)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hybhanas.models.training.Population", Counting)
        stopped, went_on = train([still, learning], data, patient, "fused", [1, 2], 6, True)
    batches = len(data.train_dataloader())
    assert steps.count(2) == 3 * batches  # a first epoch, and two that were no better
    assert steps.count(1) > 0
    (alone,) = train([learning], data, patient, "fused", [2], 6, True)
    assert went_on.validation_accuracy == alone.validation_accuracy
    assert went_on.test_accuracy == alone.test_accuracy
    assert stopped.test_accuracy is not None
    assert (stopped.epochs, went_on.epochs) == (3, alone.epochs)


def test_with_patience_training_ends_when_all_have_stopped():
    data = TabularData(name="iris", batch_size=16, seed=0)
    still = [Architecture(qubits=q, learning_rate=1e-9) for q in (1, 2)]
    outcomes = train(still, data, replace(SETTINGS, patience=1), "fused", [1, 2], epochs=50)
    assert [outcome.epochs for outcome in outcomes if isinstance(outcome, Trained)] == [2, 2]
