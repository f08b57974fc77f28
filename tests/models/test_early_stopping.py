"""Early stopping: a network that no longer improves stops, and the others train on as alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from hybhanas.architecture import Architecture
from hybhanas.data.shipped import Shipped
from hybhanas.errors import ConfigError
from hybhanas.models.population import Population
from hybhanas.models.training import Trained, train
from tests.helpers.settings import train_settings

SETTINGS = train_settings(epochs=4, final_epochs=4, learning_rate=0.03)


def test_with_patience_a_network_stops_and_the_others_end_as_if_it_had_not():
    data = Shipped(name="iris", batch_size=16, seed=0).load()
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
        stopped, trained_on = train([still, learning], data, patient, "fused", [1, 2], 6, True)
    batches = len(data.train_dataloader())
    assert steps.count(2) == 3 * batches  # a first epoch, and two that were no better
    assert steps.count(1) > 0
    (alone,) = train([learning], data, patient, "fused", [2], 6, True)
    assert trained_on.validation_accuracy == alone.validation_accuracy
    assert trained_on.test_accuracy == alone.test_accuracy
    assert stopped.test_accuracy is not None
    assert (stopped.epochs, trained_on.epochs) == (3, alone.epochs)


def test_with_patience_training_ends_when_all_have_stopped():
    data = Shipped(name="iris", batch_size=16, seed=0).load()
    still = [Architecture(qubits=q, learning_rate=1e-9) for q in (1, 2)]
    outcomes = train(still, data, replace(SETTINGS, patience=1), "fused", [1, 2], epochs=50)
    assert [outcome.epochs for outcome in outcomes if isinstance(outcome, Trained)] == [2, 2]


def test_a_table_cannot_hold_networks_that_stop_early():
    with pytest.raises(ConfigError, match="trainer.patience=2 is not accepted: null, since a tabl"):
        replace(SETTINGS, patience=2).check_tabulated()


def test_a_patience_of_no_epochs_is_refused():
    with pytest.raises(ConfigError, match="trainer.patience=0 is not accepted: at least 1, or nul"):
        replace(SETTINGS, patience=0)


def test_early_stopping_and_rungs_exclude_each_other():
    replace(SETTINGS, patience=2).check_rungs([])
    SETTINGS.check_rungs([1, 3])
    with pytest.raises(
        ConfigError, match="search.rungs=.1. is not accepted with trainer.patience=2"
    ):
        replace(SETTINGS, patience=2).check_rungs([1])
