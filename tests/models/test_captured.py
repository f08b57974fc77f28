"""Steps that can be captured for a GPU: without one they run kernel by kernel, to the same end."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from hybhanas.architecture import Architecture
from hybhanas.data.in_memory import InMemoryData
from hybhanas.data.shipped import Shipped
from hybhanas.models import training
from hybhanas.models.adam import StackedAdam
from hybhanas.models.captured import CapturedSteps
from hybhanas.models.resident import resident
from hybhanas.models.training import Trained, train
from tests.helpers.settings import everything, patient, train_settings

SPACE = everything(qubits=(1, 2, 3, 4))
SETTINGS = train_settings(epochs=3, final_epochs=3, learning_rate=0.03)


def iris(**changes) -> InMemoryData:
    return Shipped(**({"name": "iris", "batch_size": 16, "seed": 0} | changes)).load()


def trained(architectures: list[Architecture], data=None, **more) -> list[Trained]:
    seeds = range(len(architectures))
    given = {"settings": SETTINGS, "epochs": 3} | more
    settings, epochs = given.pop("settings"), given.pop("epochs")
    outcomes = train(architectures, data or iris(), settings, "fused", seeds, epochs, **given)
    assert all(isinstance(outcome, Trained) for outcome in outcomes)
    return outcomes


def as_for_a_gpu(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(training, "_captures", lambda *_: True)
    patch.setattr(training, "_placed", lambda batches, _: resident(batches, torch.device("cpu")))


@pytest.fixture
def both(monkeypatch):
    """Calls a function twice: with Lightning's steps, and with those for a GPU."""

    def call(function):
        ordinary = function()
        with monkeypatch.context() as patch:
            as_for_a_gpu(patch)
            return ordinary, function()

    return call


def assert_equal(some: list[Trained], others: list[Trained]) -> None:
    """Logits, not weights: Adam moves a weight that nothing depends on by the rounding of zero."""
    x = torch.from_numpy(iris().splits.validation.features)
    for a, b in zip(some, others, strict=True):
        torch.testing.assert_close(a.model(x), b.model(x), atol=1e-3, rtol=1e-3)
        assert (a.validation_accuracy, a.epochs) == (b.validation_accuracy, b.epochs)


def test_networks_end_with_the_logits_of_ordinary_steps(both):
    rng = np.random.default_rng(1)
    architectures = [SPACE.decode(SPACE.sample(rng)) for _ in range(8)]
    assert_equal(*both(lambda: trained(architectures)))


def test_an_interrupted_training_ends_with_the_logits_of_an_uninterrupted_one(both):
    networks = [Architecture(qubits=2, depth=d) for d in (1, 2)]

    def in_two_parts() -> list[Trained]:
        states = [one.state for one in trained(networks, until=1)]
        return trained(networks, states=states)

    ordinary, captured = both(in_two_parts)
    assert_equal(ordinary, captured)
    assert_equal(captured, trained(networks))


def test_networks_stop_after_the_same_epochs_whether_they_are_cut_away_or_trained_along(both):
    # One of three is trained along at a rate of zero; when two have stopped, they are cut away.
    networks = [
        Architecture(qubits=1, learning_rate=1e-9),
        Architecture(qubits=2, learning_rate=1e-9),
        Architecture(qubits=2, depth=2),
    ]
    ordinary, captured = both(lambda: trained(networks, settings=patient(SETTINGS), epochs=8))
    assert_equal(ordinary, captured)
    assert [one.epochs for one in captured][:2] == [3, 3]


def test_a_training_that_fails_leaves_nothing_of_its_steps(monkeypatch):
    as_for_a_gpu(monkeypatch)
    made, ordinary = [], CapturedSteps.__init__

    def noted(self, *given):
        ordinary(self, *given)
        made.append(weakref.ref(self))

    def failing(self, batch):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(CapturedSteps, "__init__", noted)
    monkeypatch.setattr(CapturedSteps, "__call__", failing)
    try:
        trained([Architecture(qubits=2)])
    except torch.OutOfMemoryError as error:
        error.__traceback__ = None  # as of one that is caught and left
    gc.collect()
    assert [one() for one in made] == [None]


class Reads(TorchDispatchMode):
    """Counts the numbers that Python reads from tensors; for each it would wait for a GPU."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        self.count += operation is torch.ops.aten._local_scalar_dense.default
        return operation(*args, **(kwargs or {}))


def test_more_batches_in_an_epoch_read_no_more_numbers_from_tensors(monkeypatch):
    as_for_a_gpu(monkeypatch)
    networks = [Architecture(qubits=2, depth=d) for d in (1, 2)]
    with Reads() as few:
        trained(networks, iris(batch_size=30))
    with Reads() as many:
        trained(networks, iris(batch_size=3))
        torch.ones(1).item()
    assert many.count == few.count + 1


def test_a_step_by_factors_is_a_step_by_numbers():
    torch.manual_seed(0)
    rates = torch.tensor([0.1, 0.003], dtype=torch.double)
    start = torch.randn(2, 3, 2, dtype=torch.double)
    numbers, tensors = (torch.nn.Parameter(start.clone()) for _ in range(2))
    by_numbers, by_tensors = StackedAdam([numbers], rates), StackedAdam([tensors], rates)
    schedule = torch.optim.lr_scheduler.OneCycleLR(by_numbers, max_lr=1.0, total_steps=9)
    for step in range(9):
        gradient = torch.randn_like(start)
        factors = torch.tensor(by_numbers.factors(step + 1), dtype=torch.double)
        numbers.grad = gradient
        by_numbers.step()
        by_tensors.step_on_device([gradient], factors)
        schedule.step()
    torch.testing.assert_close(numbers, tensors)
    assert (numbers - start).abs().max() > 0.1


def test_what_cannot_be_captured_runs_kernel_by_kernel_and_says_so(caplog):
    weight = torch.nn.Parameter(torch.ones(1))
    optimizer = StackedAdam([weight], torch.tensor([0.1]))
    factors = torch.tensor([optimizer.factors(step) for step in (1, 2, 3)])
    steps = CapturedSteps(lambda batch: (weight * batch[0]).sum(), optimizer, factors)
    steps._captures = True  # as on a GPU, of which this machine has none
    for _ in range(3):
        steps([torch.ones(2)])
    torch.testing.assert_close(weight.data, torch.tensor([0.7]), atol=1e-3, rtol=0)
    assert "training steps are launched kernel by kernel, more slowly" in caplog.text
    assert len(caplog.records) == 1


def test_resident_batches_are_those_of_the_loader_epoch_by_epoch():
    for loader in (iris(pca=2).train_dataloader, iris().val_dataloader):
        expected, found = loader(), resident(loader(), torch.device("cpu"))
        assert len(found) == len(expected)
        for _ in range(2):
            for a, b in zip(expected, found, strict=True):
                assert all(torch.equal(own, other) for own, other in zip(a, b, strict=True))


def test_batches_of_another_loader_are_left_as_they_are():
    batches = [[torch.zeros(2, 3), torch.zeros(2, dtype=torch.long)]]
    assert resident(batches, torch.device("cpu")) is batches
