"""Scores by hand and against scikit-learn's; two classes share one logit."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from hybhanas.architecture import Architecture
from hybhanas.data.shapes import Moons
from hybhanas.models.hqnn import HQNN
from hybhanas.models.layers import classical_flops, parameter_count
from hybhanas.models.logits import losses, predicted, probabilities, scores_of
from hybhanas.models.population import Population
from hybhanas.models.scores import Scores, roc_auc
from hybhanas.models.training import Trained, train
from tests.helpers.settings import train_settings

SETTINGS = train_settings(epochs=20, final_epochs=20, learning_rate=0.05)


def test_scores_are_those_of_a_hand_count():
    classes, found = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    scores = Scores.of(np.array([[0.1, 0.4, 0.9, 0.6]]), found, classes)
    # three of four are correct; two thirds of class 0 and all of class 1; 2 of 3 pairs are in order
    assert scores == Scores(3 / 4, (2 / 3 + 1) / 2, 2 / 3, samples=4)


def test_equal_ranks_count_half_and_one_class_alone_has_no_curve():
    assert roc_auc(np.array([[0.5, 0.5]]), np.array([0, 1])) == 0.5
    assert roc_auc(np.array([[0.1, 0.9]]), np.array([1, 1])) is None


@pytest.mark.parametrize("count", [2, 3, 7])
def test_scores_are_those_of_scikit_learn(count):
    rng = np.random.default_rng(count)
    classes = rng.permutation(np.arange(90) % count)
    logits = torch.from_numpy(rng.normal(size=(3, 1 if count == 2 else count, 90)))
    for own, scores in zip(logits, scores_of(logits, torch.from_numpy(classes)), strict=True):
        assert scores is not None
        chances = probabilities(own, dim=0).T.numpy()
        ranking = chances[:, 1] if count == 2 else chances
        assert scores.roc_auc == pytest.approx(roc_auc_score(classes, ranking, multi_class="ovr"))
        found = chances.argmax(axis=1)
        assert scores.balanced_accuracy == pytest.approx(balanced_accuracy_score(classes, found))
        assert scores.accuracy == (found == classes).mean()


def test_a_logit_that_is_not_finite_has_no_scores():
    logits = torch.tensor([[[0.0, 1.0]], [[math.nan, 1.0]]])
    first, second = scores_of(logits, torch.tensor([0, 1]))
    assert first == Scores(1.0, 1.0, 1.0, samples=2)
    assert second is None


def test_one_logit_is_two_of_which_the_first_is_zero():
    one, classes = torch.randn(2, 1, 9), torch.randint(2, (9,))
    both = torch.cat([torch.zeros(2, 1, 9), one], dim=1)
    torch.testing.assert_close(losses(one, classes), losses(both, classes))
    torch.testing.assert_close(probabilities(one), probabilities(both))
    assert torch.equal(predicted(one), predicted(both))


def test_a_network_for_two_classes_has_one_logit_and_as_many_parameters_less():
    architecture = Architecture(qubits=2, rotations="ry")
    model = HQNN(architecture, features=4, classes=2, simulator="fused")
    assert model(torch.zeros(5, 4)).shape == (5, 1)
    # dense 4 to 2 inputs; 2 RY angles; dense 2 observables to 1 logit
    assert parameter_count(architecture, 4, 2) == (4 * 2 + 2) + 2 + (2 + 1)
    assert classical_flops(architecture, 4, 2) == 2 * (4 * 2 + 2)


def test_networks_for_two_classes_train_together_as_alone_and_learn():
    data = Moons(name="moons", samples=200, noise=0.1, batch_size=20, seed=1).load()
    architectures = [
        Architecture(qubits=2, depth=2, reuploading=True),
        Architecture(qubits=3, hidden_layers=1, hidden_width=8, readout="mlp"),
    ]
    together = train(architectures, data, SETTINGS, "fused", [1, 2], epochs=20, test=True)
    (alone,) = train(architectures[1:], data, SETTINGS, "fused", [2], epochs=20, test=True)
    assert all(isinstance(outcome, Trained) for outcome in (*together, alone))
    assert together[1].validation_accuracy == alone.validation_accuracy
    for outcome in together:
        assert outcome.validation_accuracy >= 0.85
        assert outcome.test.roc_auc >= 0.9
        assert outcome.test.balanced_accuracy == pytest.approx(outcome.test_accuracy)  # 20 and 20
    population = Population([outcome.model for outcome in together], "fused")
    x = torch.randn(9, 2)
    for logits, model in zip(population(x), population.models, strict=True):
        torch.testing.assert_close(logits, model(x).T, atol=2e-6, rtol=1e-5)
