"""Training: repeats exactly, learns, leaves the test split alone, and says when it diverges."""

from __future__ import annotations

import logging
import warnings

import pytest
import pytorch_lightning as pl
import torch

from hybhanas.architecture import Architecture
from hybhanas.data.in_memory import InMemoryData
from hybhanas.data.shipped import Shipped
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.models.training import Trained, train
from tests.helpers.settings import train_settings

SETTINGS = train_settings(epochs=3, final_epochs=3, learning_rate=0.05)
IRIS = Shipped(name="iris", batch_size=16, seed=0).load()
ARCHITECTURE = Architecture(qubits=2, depth=2, encoding="amplitude", measurement="z_zz")


def train_one(data: InMemoryData, seed: int, epochs: int, test: bool = False) -> Trained:
    (outcome,) = train([ARCHITECTURE], data, SETTINGS, "fused", [seed], epochs, test)
    if not isinstance(outcome, Trained):
        raise outcome
    return outcome


def test_the_outcome_depends_on_the_arguments_alone():
    torch.manual_seed(1)
    one = train_one(IRIS, 5, epochs=3)
    torch.manual_seed(2)
    torch.randn(10)
    two = train_one(IRIS, 5, epochs=3)
    other = train_one(IRIS, 6, epochs=3)
    states = [run.model.state_dict() for run in (one, two, other)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert not all(torch.equal(states[0][name], states[2][name]) for name in states[0])


def test_training_does_not_disturb_the_callers_random_numbers():
    torch.manual_seed(3)
    expected = torch.randn(4)
    torch.manual_seed(3)
    train_one(IRIS, 5, epochs=1)
    assert torch.equal(torch.randn(4), expected)


def test_training_seeds_no_generator_of_a_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "manual_seed_all", lambda seed: pytest.fail("seeded"))
    train_one(IRIS, 5, epochs=1)


@pytest.fixture
def precisions():
    kinds = (torch.backends.cuda.matmul, torch.backends.mkldnn.matmul)
    before = [kind.fp32_precision for kind in kinds]
    yield kinds
    for kind, precision in zip(kinds, before, strict=True):
        kind.fp32_precision = precision


def test_training_has_full_precision_whatever_the_process_is_set_to(precisions, monkeypatch):
    during, fit = [], pl.Trainer.fit

    def noted(self, *given):
        during.append([kind.fp32_precision for kind in precisions])
        fit(self, *given)

    monkeypatch.setattr(pl.Trainer, "fit", noted)
    for kind in precisions:
        kind.fp32_precision = "tf32"
    train_one(IRIS, 5, epochs=1)
    assert during == [["ieee", "ieee"]]
    assert [kind.fp32_precision for kind in precisions] == ["tf32", "tf32"]


def test_what_belongs_to_the_whole_process_is_left_as_it_was():
    log, threads = logging.getLogger("pytorch_lightning"), torch.get_num_threads()
    level, filters = log.level, list(warnings.filters)
    try:
        torch.set_num_threads(2)
        log.setLevel(logging.INFO)
        train_one(IRIS, 5, epochs=1)
        assert torch.get_num_threads() == 2
        assert log.level == logging.INFO
        assert warnings.filters == filters
    finally:
        torch.set_num_threads(threads)
        log.setLevel(level)


def test_iris_is_learnt_well_above_chance():
    outcome = train_one(IRIS, 5, epochs=30, test=True)
    assert outcome.validation_accuracy >= 0.85
    assert outcome.test_accuracy >= 0.85


def test_the_test_split_is_untouched_unless_asked_for(monkeypatch):
    def touched(self):
        raise AssertionError("the test split was read")

    monkeypatch.setattr(InMemoryData, "test_dataloader", touched)
    assert train_one(IRIS, 5, epochs=1).test_accuracy is None
    with pytest.raises(AssertionError, match="the test split was read"):
        train_one(IRIS, 5, epochs=1, test=True)


def test_diverged_training_is_a_candidates_error():
    broken = Shipped(name="iris", batch_size=16, seed=0).load()
    broken.splits.train.features[0] = float("nan")
    with pytest.raises(CandidateError, match="training diverged"):
        train_one(broken, 5, epochs=1)


@pytest.mark.parametrize("change", [{"epochs": 0}, {"learning_rate": 0.0}, {"accelerator": "tpu"}])
def test_settings_that_make_no_sense_are_named(change):
    from dataclasses import replace

    (name,) = change
    with pytest.raises(ConfigError, match=f"trainer.{name}="):
        replace(SETTINGS, **change)


def test_rungs_lie_below_the_last_epoch():
    with pytest.raises(ConfigError, match=r"search.rungs=\[1, 3\] is not accepted: below trainer."):
        SETTINGS.check_rungs([1, 3])
