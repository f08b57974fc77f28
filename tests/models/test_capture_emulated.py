"""Training steps as CUDA graphs, emulated on a CPU: what a graph replays is what was recorded, on
the tensors that were there, so that a step which another tensor has taken the place of goes wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from hybhanas.architecture import Architecture
from hybhanas.models.captured import CapturedSteps
from hybhanas.models.hqnn import HQNN
from hybhanas.models.module import PopulationModule
from hybhanas.models.population import Population
from hybhanas.models.training import Trained
from tests.helpers.settings import patient
from tests.models.test_captured import SETTINGS, SPACE, as_for_a_gpu, trained


def tensors(of: Any) -> list[Tensor]:
    return [leaf for leaf in tree_leaves(of) if isinstance(leaf, Tensor)]


def storage(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata


class Recording(TorchDispatchMode):
    """Notes every operation; keeps what is written to tensors from before, to take it back."""

    def __init__(self):
        super().__init__()
        self.operations: list[tuple[Any, tuple[Any, ...], dict[str, Any], Any]] = []
        self._before: dict[int, tuple[Tensor, Tensor]] = {}
        self._made: set[int] = set()

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if operation is torch.ops.aten._local_scalar_dense.default:
            raise RuntimeError("operation not permitted when stream is capturing")
        for argument, given in zip(operation._schema.arguments, args, strict=False):
            if argument.alias_info is not None and argument.alias_info.is_write:
                self._keep(tensors(given))
        self._keep(tensors([v for k, v in kwargs.items() if k == "out"]))
        result = operation(*args, **kwargs)
        given_storages = {storage(one) for one in tensors((args, kwargs))}
        self._made |= {storage(one) for one in tensors(result)} - given_storages
        self.operations.append((operation, args, kwargs, result))
        return result

    def _keep(self, written: Sequence[Tensor]) -> None:
        for tensor in written:
            if (place := storage(tensor)) not in self._made and place not in self._before:
                whole = torch.empty(0, dtype=tensor.dtype).set_(tensor.untyped_storage())
                self._before[place] = whole, whole.clone()

    def undo(self) -> None:
        for whole, before in self._before.values():
            whole.copy_(before)


class Graph:
    """What torch.cuda.CUDAGraph is for the steps."""

    replayed = 0

    def __init__(self):
        self.operations = []

    def pool(self) -> str:
        return "pool"

    def replay(self) -> None:
        type(self).replayed += 1
        with torch.inference_mode():
            for operation, args, kwargs, result in self.operations:
                again = operation(*args, **kwargs)
                for old, new in zip(tensors(result), tensors(again), strict=True):
                    if storage(old) != storage(new):
                        old.copy_(new)


class Capturing:
    """What torch.cuda.graph is: records, and leaves everything as it was."""

    def __init__(self, graph: Graph, pool: str | None, stream: object):
        self._graph, self._recording = graph, Recording()

    def __enter__(self) -> None:
        self._recording.__enter__()

    def __exit__(self, *raised: object) -> None:
        self._recording.__exit__(*raised)
        with torch.inference_mode():
            self._recording.undo()
        self._graph.operations = self._recording.operations


@pytest.fixture
def captures(monkeypatch) -> Iterator[None]:
    """Steps are captured, and only emulated graphs are there to capture them."""
    as_for_a_gpu(monkeypatch)
    ordinary = CapturedSteps.__init__

    def made(self, *given):
        ordinary(self, *given)
        self._captures = True

    monkeypatch.setattr(CapturedSteps, "__init__", made)
    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(torch.cuda, "graph", Capturing)
    monkeypatch.setattr(torch.cuda, "Stream", object)
    monkeypatch.setattr(Graph, "replayed", 0)


def assert_same(some: Sequence[Trained], others: Sequence[Trained]) -> None:
    for a, b in zip(some, others, strict=True):
        weights = b.model.state_dict()
        assert all(torch.equal(value, weights[n]) for n, value in a.model.state_dict().items())
        assert (a.losses, a.epochs) == (b.losses, b.epochs)
        assert len(a.losses) == a.epochs


def kernel_by_kernel(function, monkeypatch) -> list[Trained]:
    with monkeypatch.context() as patch:
        patch.setattr(CapturedSteps, "_capture", lambda *_: False)
        return function()


MIXED = [SPACE.decode(SPACE.sample(np.random.default_rng(3 + i))) for i in range(8)]
STILL, LEARNING = Architecture(qubits=2, learning_rate=1e-9), Architecture(qubits=2, depth=2)


@pytest.mark.parametrize(
    ("networks", "settings", "epochs", "replayed"),
    [
        # 90 samples in batches of 16: 5 full ones and one of 10 an epoch. The first step of each
        # shape runs kernel by kernel, all others are replays: 3 x 6 - 2.
        (MIXED, SETTINGS, 3, 16),
        # One of three is trained along; when two have stopped, the rest is captured again.
        ([Architecture(qubits=1, learning_rate=1e-9), STILL, LEARNING], patient(SETTINGS), 8, None),
        # One of four is trained along to the end of the others.
        ([STILL, LEARNING, LEARNING, LEARNING], patient(SETTINGS), 8, None),
    ],
)  # fmt: skip
def test_replayed_steps_are_those_that_run_kernel_by_kernel_to_the_last_bit(
    captures, monkeypatch, networks, settings, epochs, replayed
):
    def run() -> list[Trained]:
        return trained(networks, settings=settings, epochs=epochs)

    expected = kernel_by_kernel(run, monkeypatch)
    assert Graph.replayed == 0
    assert_same(run(), expected)
    assert Graph.replayed == replayed or (replayed is None and Graph.replayed > 20)


def test_a_number_that_a_captured_step_reads_from_a_tensor_is_an_error(
    captures, monkeypatch, caplog
):
    ordinary = PopulationModule.loss

    def reading(self, batch):
        loss = ordinary(self, batch)
        return loss * float(loss.detach() > -1)

    monkeypatch.setattr(PopulationModule, "loss", reading)
    trained([LEARNING], epochs=1)
    assert "not permitted when stream is capturing" in caplog.text


def test_all_of_a_step_is_on_the_device_of_its_module():
    networks = [HQNN(architecture, 8, 3, "fused") for architecture in MIXED]
    module = PopulationModule(Population(networks, "fused"), [0.01] * 8, range(9), captured=True)
    module.to("meta")  # where nothing is computed, and no tensor of another device is accepted
    module.configure_optimizers()
    batch = [torch.empty(16, 8, device="meta"), torch.empty(16, dtype=torch.long, device="meta")]
    module.training_step(batch, 0)
    module._captured._optimizer.rates = torch.ones(8)
    with pytest.raises(RuntimeError, match="device"):
        module.training_step(batch, 0)
