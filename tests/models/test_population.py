"""Populations: K networks trained as one are each trained as alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from hybhanas.architecture import Architecture
from hybhanas.data.shipped import Shipped
from hybhanas.models.adam import StackedAdam
from hybhanas.models.hqnn import FUNCTIONS, HQNN
from hybhanas.models.layers import Function, lay_out_network
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
    none = {name: torch.zeros_like(p) for name, p in population.named_parameters()}
    found = {n: none[n] if p.grad is None else p.grad for n, p in population.named_parameters()}
    gradients = population.split(found)
    for k, model in enumerate(population.models):
        expected = model(x)
        torch.testing.assert_close(logits[k], expected.T, atol=2e-6, rtol=1e-5)
        functional.cross_entropy(expected, classes, reduction="sum").backward()
        for name, own in model.named_parameters():
            torch.testing.assert_close(gradients[k][name], own.grad, atol=2e-5, rtol=1e-4)


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
    data = Shipped(name="iris", batch_size=16, seed=0).load()
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
def test_resuming_from_a_rung_is_training_without_a_stop(batch_size):
    data = Shipped(name="iris", batch_size=batch_size, seed=0).load()
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


def test_accuracy_in_a_group_is_that_of_training_alone_to_one_sample():
    data = Shipped(name="wine", batch_size=32, seed=1).load()
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
    data = Shipped(name="iris", batch_size=16, seed=0).load()
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


def test_values_in_the_order_of_the_stack_are_given_back_in_the_callers():
    architectures = random_architectures(9, 6)
    population = Population([HQNN(a, FEATURES, CLASSES, "fused") for a in architectures], "fused")
    held = [model.architecture for model in population.models]
    assert held != architectures  # a stack sorts its circuits
    assert population.in_callers_order(held) == architectures
    population.keep([0, 3, 4])
    held = [model.architecture for model in population.models]
    assert [architectures[i] for i in population.members] == held


def test_splitting_padded_tensors_is_the_inverse_of_padding():
    models = [HQNN(a, FEATURES, CLASSES, "fused") for a in random_architectures(13, 5)]
    population = Population(models, "fused")
    own = [model.state_dict() for model in population.models]
    padded = population.pad(own)
    for name, parameter in population.named_parameters():
        assert torch.equal(padded[name], parameter)
    for given, found in zip(own, population.split(padded), strict=True):
        assert given.keys() == found.keys()
        assert all(torch.equal(given[name], found[name]) for name in given)


@pytest.mark.parametrize("part", ["encoder", "readout"])
@pytest.mark.parametrize("layer", [nn.Dropout(0.5), nn.LayerNorm(3), nn.Linear(3, 3), nn.ReLU()])
def test_a_layer_that_a_population_does_not_compute_is_refused(part, layer):
    models = [HQNN(a, FEATURES, CLASSES, "fused") for a in random_architectures(1, 3)]
    getattr(models[1], part).append(layer)
    with pytest.raises(ValueError, match=f"{part}: .* in place of None is not accepted"):
        Population(models, "fused")


def test_a_layer_is_refused_in_the_data_as_well(monkeypatch):
    def with_dropout(*arguments):
        layers = lay_out_network(*arguments)
        return replace(layers, encoder=(*layers.encoder, Function("dropout")))

    monkeypatch.setattr("hybhanas.models.hqnn.lay_out_network", with_dropout)
    monkeypatch.setitem(FUNCTIONS, "dropout", nn.Dropout)
    model = HQNN(Architecture(qubits=2), FEATURES, CLASSES, "fused")
    assert isinstance(model.encoder[-1], nn.Dropout)
    with pytest.raises(ValueError, match="encoder: Function.name='dropout'. in .* is not accepted"):
        Population([model], "fused")


def test_a_function_of_ones_own_is_computed_for_the_networks_that_have_it(monkeypatch):
    monkeypatch.setitem(FUNCTIONS, "relu", nn.Softplus)
    architectures = [
        Architecture(qubits=2, hidden_layers=2, hidden_width=4, activation=name)
        for name in ("relu", "tanh", "gelu")
    ]
    population = Population([HQNN(a, FEATURES, CLASSES, "fused") for a in architectures], "fused")
    assert isinstance(population.models[population.members.index(0)].encoder[1], nn.Softplus)
    x = torch.randn(9, FEATURES)
    for logits, model in zip(population(x), population.models, strict=True):
        torch.testing.assert_close(logits, model(x).T, atol=2e-6, rtol=1e-5)
