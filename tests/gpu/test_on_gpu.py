"""On a GPU: the same numbers as on a CPU, the same every time, and within its memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from operator import add

import numpy as np
import pytest
import pytorch_lightning as pl
import torch

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.data.shipped import Shipped
from hybhanas.models import training
from hybhanas.models.plan import OF_CARD, _cards, plan
from hybhanas.models.training import Trained, train
from hybhanas.models.work import peak_bytes, work_of
from hybhanas.quantum.layer import quantum_layer
from hybhanas.quantum.stack import stack_of
from tests.helpers.settings import everything, patient, train_settings

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no GPU here"),
]

DEVICE = "cuda"
SPACE = everything(qubits=(1, 2, 3, 4, 5, 6))
CPU = train_settings(epochs=3, final_epochs=3, learning_rate=0.03)
GPU = replace(CPU, accelerator="auto")  # which is the GPU where there is one
IRIS = Shipped(name="iris", batch_size=16, seed=0).load()
DIGITS = Shipped(name="digits", batch_size=64, seed=0).load()


def random_architectures(seed: int, count: int) -> list[Architecture]:
    rng = np.random.default_rng(seed)
    return [SPACE.decode(SPACE.sample(rng)) for _ in range(count)]


def samples_of(architecture: Architecture, batch: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs [batch, inputs] and weights, amplitudes of length 1."""
    circuit = lay_out(architecture)
    generator = torch.Generator().manual_seed(circuit.weights)
    inputs = torch.randn(batch, circuit.inputs, generator=generator)
    if architecture.by_amplitude:
        inputs = inputs / inputs.norm(dim=1, keepdim=True)
    return inputs, torch.randn(circuit.weights, generator=generator)


def outcome(
    architecture: Architecture, batch: int, simulator: str, device: str
) -> list[torch.Tensor]:
    """Values and both gradients of one circuit, on the CPU."""
    inputs, weights = samples_of(architecture, batch)
    layer = quantum_layer(lay_out(architecture), simulator).to(device)
    (own,) = layer.parameters()
    own.data = weights.to(device)
    x = inputs.to(device).requires_grad_()
    values = layer(x)
    factor = torch.linspace(0.3, 1, values.numel(), device=device).view_as(values)
    gradients = torch.autograd.grad((values * factor).sum(), (x, own))
    return [part.detach().cpu() for part in (values, *gradients)]


@pytest.mark.parametrize("batch", [3, 70])
@pytest.mark.parametrize("simulator", ["fused", "torchquantum"])
def test_one_circuit_has_the_values_and_gradients_that_it_has_on_a_cpu(simulator, batch):
    if simulator == "torchquantum":
        pytest.importorskip("torchquantum")
    for architecture in random_architectures(seed=batch, count=12):
        on_cpu = outcome(architecture, batch, "fused", "cpu")
        on_gpu = outcome(architecture, batch, simulator, DEVICE)
        for a, b in zip(on_cpu, on_gpu, strict=True):
            torch.testing.assert_close(a, b, atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize("batch", [3, 70])
@pytest.mark.parametrize("seed", range(3))
def test_a_stack_has_the_values_and_gradients_that_its_circuits_have_on_a_cpu(seed, batch):
    architectures = random_architectures(seed, count=24)
    circuits = [lay_out(architecture) for architecture in architectures]
    stack, order = stack_of(circuits)
    stack.to(DEVICE)
    samples = [samples_of(architectures[i], batch) for i in order]
    pad = torch.nn.utils.rnn.pad_sequence
    inputs = pad([x.T for x, _ in samples], batch_first=True).to(DEVICE).requires_grad_()
    weights = pad([w for _, w in samples], batch_first=True).to(DEVICE).requires_grad_()
    values = stack(inputs, weights)
    factors = torch.zeros_like(values)
    for k, i in enumerate(order):
        own = len(circuits[i].observables)
        factors[k, :own] = torch.linspace(0.3, 1, batch * own).view(batch, own).T
    of_inputs, of_weights = torch.autograd.grad((values * factors).sum(), (inputs, weights))
    for k, i in enumerate(order):
        circuit = circuits[i]
        expected = outcome(architectures[i], batch, "fused", "cpu")
        found = [
            values[k, : len(circuit.observables)].T,
            of_inputs[k, : circuit.inputs].T,
            of_weights[k, : circuit.weights],
        ]
        for a, b in zip(found, expected, strict=True):
            torch.testing.assert_close(a.cpu(), b, atol=2e-5, rtol=1e-4)


def trained(settings, architectures: Sequence[Architecture], **more) -> list[Trained]:
    outcomes = train(
        architectures,
        DIGITS,
        settings,
        "fused",
        range(len(architectures)),
        **({"epochs": 2} | more),
    )
    for one in outcomes:
        assert isinstance(one, Trained), one
    return outcomes


def assert_alike(some: Sequence[Trained], others: Sequence[Trained]) -> None:
    """Logits, not weights: Adam moves a weight that nothing depends on by the rounding of zero. In
    two epochs rounding grows to some thousandths of a logit.
    """
    x = torch.from_numpy(DIGITS.splits.validation.features)
    for a, b in zip(some, others, strict=True):
        torch.testing.assert_close(a.model(x), b.model(x), atol=0.05, rtol=0.05)
        assert abs(a.validation_accuracy - b.validation_accuracy) <= 0.02


def test_a_population_learns_on_a_gpu_what_it_learns_on_a_cpu():
    architectures = random_architectures(seed=4, count=16)
    assert_alike(trained(GPU, architectures), trained(CPU, architectures))


def test_a_training_repeats_to_the_last_bit_on_one_card():
    architectures = random_architectures(seed=5, count=24)
    one, two = trained(GPU, architectures), trained(GPU, architectures)
    for a, b in zip(one, two, strict=True):
        weights = b.model.state_dict()
        assert all(torch.equal(value, weights[n]) for n, value in a.model.state_dict().items())
        assert a.validation_accuracy == b.validation_accuracy


def test_captured_steps_are_those_that_are_launched_kernel_by_kernel(monkeypatch):
    architectures = random_architectures(seed=6, count=16)
    captured = trained(GPU, architectures)
    monkeypatch.setattr(training, "_captures", lambda *_: False)
    assert_alike(captured, trained(GPU, architectures))


def test_a_training_that_is_interrupted_ends_as_one_that_is_not():
    architectures = random_architectures(seed=7, count=8)
    first = trained(GPU, architectures, epochs=3, until=1)
    states = [one.state for one in first]
    rest = trained(GPU, architectures, epochs=3, states=states)
    assert_alike(rest, trained(GPU, architectures, epochs=3))


def test_networks_that_no_longer_improve_stop():
    still = [Architecture(qubits=2, learning_rate=1e-9)] * 3
    learning = Architecture(qubits=2, depth=2, learning_rate=0.03)
    *stopped, learnt = train([*still, learning], IRIS, patient(GPU), "fused", [1, 2, 3, 4], 6, True)
    assert [one.epochs for one in stopped] == [3, 3, 3]
    assert learnt.epochs > 3
    assert learnt.validation_accuracy > 0.5


class Waiting(pl.Callback):
    """Makes waiting for the GPU an error between the first and the last step of later epochs."""

    def __init__(self):
        self.watched = 0

    def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
        if trainer.current_epoch >= 2 and batch_idx == 1:
            torch.cuda.set_sync_debug_mode("error")
        self.watched += torch.cuda.get_sync_debug_mode() > 0

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        if batch_idx == trainer.num_training_batches - 1:
            torch.cuda.set_sync_debug_mode("default")


@pytest.fixture
def waiting(monkeypatch) -> Iterator[Waiting]:
    callback, make = Waiting(), pl.Trainer
    monkeypatch.setattr(
        training.pl, "Trainer",
        lambda callbacks, **given: make(callbacks=[*callbacks, callback], **given),
    )  # fmt: skip
    yield callback
    torch.cuda.set_sync_debug_mode("default")


@pytest.mark.filterwarnings("ignore:Synchronization debug mode:UserWarning")
def test_within_an_epoch_nothing_waits_for_the_gpu(waiting):
    trained(GPU, random_architectures(seed=8, count=12), epochs=4)
    assert waiting.watched == 2 * (len(DIGITS.train_dataloader()) - 1)


@pytest.mark.parametrize(
    ("qubits", "count"), [((2, 3), 300), ((6,), 100), ((8, 9), 60), ((12,), 8)]
)
def test_training_takes_no_more_memory_than_the_planner_says(qubits, count):
    space, rng = everything(qubits=qubits, hidden_width=(8, 64)), np.random.default_rng(9)
    architectures = [space.decode(space.sample(rng)) for _ in range(count)]
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    trained(GPU, architectures, epochs=2)
    taken = torch.cuda.max_memory_allocated()
    estimate = peak_bytes(reduce(add, map(work_of, architectures)), 64, DIGITS.features)
    assert taken <= estimate


def test_groups_are_as_large_as_the_card_has_room_for():
    wide = [Architecture(qubits=14, depth=d) for d in (1, 2)] * 600
    groups = plan(wide, 256, GPU, "fused", features=64)
    number, room = _cards()
    for group in groups:
        taken = peak_bytes(reduce(add, (work_of(wide[i]) for i in group)), 256, 64)
        assert taken <= OF_CARD * room
    assert len(groups) > number


def test_a_group_for_which_the_memory_is_too_small_is_halved(monkeypatch):
    evaluator = pytest.importorskip("hybhanas.nas.evaluator")
    networks = [Architecture(qubits=10, depth=2, rotations=r) for r in ("ry", "ry_rz")] * 16
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    trained(GPU, networks[:16], epochs=1)
    room = 1.2 * torch.cuda.max_memory_reserved()
    sizes = []

    def counted(architectures, *args):
        sizes.append(len(architectures))
        return train(architectures, *args)

    monkeypatch.setattr("hybhanas.models.training.train", counted)
    monkeypatch.setattr(evaluator, "derived_seed", lambda seed, architecture: seed)
    by = evaluator.Evaluator(DIGITS, None, GPU, "fused", 1, None)
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(room / _cards()[1])
    try:
        outcomes = by.train_networks(networks, epochs=1)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert sizes == [32, 16, 16]
    assert all(isinstance(one, Trained) for one in outcomes)
