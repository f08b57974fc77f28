"""Replicas: seeds that train together, resume exactly, and stop early each on its own."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from hybhanas.architecture import Architecture
from hybhanas.data.shipped import Shipped
from hybhanas.models.scores import Scores
from hybhanas.nas.evaluator import derived_seed
from hybhanas.nas.replicas import Replica, Training, evaluate_replicas, train_replicas
from hybhanas.nas.training_result import Spread, TrainedSeed, TrainingResult
from tests.helpers.settings import patient, train_settings

ARCHITECTURE = Architecture(qubits=2, depth=2)
TRAINING = Training(
    architecture=ARCHITECTURE,
    data=Shipped(name="iris", batch_size=16, seed=0).load(),
    settings=train_settings(final_epochs=6, learning_rate=0.05),
    simulator="fused",
    seeds=(1, 2, 3),
)


class StoppedError(Exception):
    pass


def stop_at(last: int):
    def on_epoch(epoch, replicas):
        if epoch == last:
            raise StoppedError

    return on_epoch


def assert_equal(one: list[Replica], other: list[Replica]) -> None:
    for first, second in zip(one, other, strict=True):
        assert (first.seed, first.losses, first.accuracies) == (
            second.seed, second.losses, second.accuracies,
        )  # fmt: skip
        for name, value in first.state.weights.items():
            assert torch.equal(value, second.state.weights[name])


@pytest.mark.parametrize(
    "changes",
    [{}, {"shots": 32, "schedule": "cosine"}, {"noise": "survival"}],
    ids=["plain", "shots", "survival"],
)
def test_a_training_that_was_stopped_ends_bit_for_bit_as_one_that_was_not(changes, tmp_path):
    training = replace(
        TRAINING,
        settings=replace(TRAINING.settings, **changes),
        survival=(0.7, 0.6) if "noise" in changes else None,
    )
    whole = train_replicas(training, tmp_path / "whole.pt")
    for last in (1, 3):
        with pytest.raises(StoppedError):
            train_replicas(training, tmp_path / "parts.pt", stop_at(last), save_every_s=0)
    assert_equal(train_replicas(training, tmp_path / "parts.pt"), whole)
    # what was stopped before its state was written begins again
    with pytest.raises(StoppedError):
        train_replicas(training, tmp_path / "late.pt", stop_at(3), save_every_s=1e9)
    assert_equal(train_replicas(training, tmp_path / "late.pt"), whole)


def test_a_seed_starts_from_the_weights_that_a_search_gives_it(tmp_path):
    from hybhanas.models.training import train

    (replica,) = train_replicas(replace(TRAINING, seeds=(7,)), tmp_path / "one.pt")
    (outcome,) = train(
        [ARCHITECTURE], TRAINING.data, TRAINING.settings, "fused",
        [derived_seed(7, ARCHITECTURE)], epochs=6,
    )  # fmt: skip
    for name, value in outcome.model.state_dict().items():
        torch.testing.assert_close(replica.state.weights[name], value, atol=1e-6, rtol=1e-5)


def test_each_seed_stops_on_its_own_and_is_evaluated_as_it_was_then(tmp_path):
    training = replace(TRAINING, settings=patient(replace(TRAINING.settings, final_epochs=30)))
    replicas = train_replicas(training, tmp_path / "state.pt")
    for replica in replicas:
        epochs, best = len(replica.accuracies), max(replica.accuracies)
        assert epochs == 30 or replica.accuracies.index(best) == epochs - 3
        assert all(replica.accuracies[k] <= best for k in range(epochs))
    assert min(len(replica.accuracies) for replica in replicas) < 30
    for replica, scores in zip(replicas, evaluate_replicas(training, replicas), strict=True):
        validation, test = scores
        assert validation.accuracy == replica.accuracies[-1]
        assert 0 < test.accuracy <= 1


def test_a_training_that_continues_starts_from_the_given_weights(tmp_path):
    (before,) = train_replicas(replace(TRAINING, seeds=(1,)), tmp_path / "before.pt")
    weights = before.state.weights
    still = replace(TRAINING.settings, final_epochs=1, learning_rate=1e-9)
    continued = replace(TRAINING, seeds=(1,), settings=still, weights=(weights, "abc"))
    (after,) = train_replicas(continued, tmp_path / "after.pt")
    assert after.accuracies == before.accuracies[-1:]
    for name, value in weights.items():
        torch.testing.assert_close(after.state.weights[name], value, atol=1e-6, rtol=0)


def test_a_damaged_state_is_said_and_training_starts_again(tmp_path, caplog):
    one = replace(TRAINING, seeds=(1,))
    (tmp_path / "state.pt").write_bytes(b"no state")
    (replica,) = train_replicas(one, tmp_path / "state.pt")
    assert "state.pt is damaged" in caplog.text
    assert len(replica.accuracies) == 6


def test_the_interval_is_that_of_student():
    spread = Spread.of([0.8, 0.9])
    assert spread.mean == pytest.approx(0.85)
    assert spread.deviation == pytest.approx(0.1 / 2**0.5)
    # 12.706 standard errors of 0.05, which leave [0, 1]
    assert spread.low == pytest.approx(0.85 - 12.706 * 0.05, abs=1e-4)
    assert spread.high == 1.0
    assert Spread.of([0.8]) == Spread(0.8, None, None, None)


def test_a_result_is_read_back_as_it_was_written():
    scores = Scores(0.9, 0.8, None, samples=10)
    result = TrainingResult(
        ARCHITECTURE, 21,
        [TrainedSeed(1, 6, scores, scores, "checkpoints/seed_1.pt"),
         TrainedSeed(2, 1, None, None, None, "training diverged")],
    )  # fmt: skip
    assert TrainingResult.from_dict(result.to_dict()) == result
    assert result.spread("test", "accuracy").mean == 0.9
    assert result.spread("test", "roc_auc") is None
