"""Workers where networks train on GPUs: each has one of its own."""

from __future__ import annotations

import os

import pytest

from hybhanas.errors import ConfigError
from hybhanas.models.settings import TrainSettings, gpus, take_gpu
from hybhanas.nas.executors import Local
from hybhanas.nas.executors.auto import Auto
from tests.helpers.settings import train_settings
from tests.helpers.squares import Squares, each


def trained_on_a_gpu() -> TrainSettings:
    """Settings as they arrive from a process that sees a GPU."""
    settings = train_settings(accelerator="auto")
    object.__setattr__(settings, "accelerator", "cuda")
    return settings


@pytest.mark.parametrize("kind", ["auto", "local"])
def test_there_is_a_worker_for_each_gpu(kind, monkeypatch):
    for name in ("auto", "local"):
        monkeypatch.setattr(f"hybhanas.nas.executors.{name}.gpus", lambda: 2)
        monkeypatch.setattr(f"hybhanas.nas.executors.{name}.cores", lambda: 64)
        monkeypatch.setattr(f"hybhanas.nas.executors.{name}.by_memory", lambda: 64)
    executor = Auto(shares=8, accelerator="cuda") if kind == "auto" else Local(accelerator="cuda")
    assert executor.max_workers == 2
    assert Local(accelerator="cpu").max_workers == 64


def test_more_workers_than_gpus_are_refused(monkeypatch):
    monkeypatch.setattr("hybhanas.nas.executors.local.gpus", lambda: 1)
    monkeypatch.setattr("hybhanas.nas.executors.local.cores", lambda: 64)
    message = "executor.workers=2 is not accepted: a worker takes a GPU of its own, of which there"
    with pytest.raises(ConfigError, match=message):
        Local(workers=2, accelerator="cuda")


@pytest.mark.skipif(gpus() > 0, reason="workers see the GPU of this machine")
def test_a_worker_that_sees_no_gpu_says_so_where_the_search_is_to_train_on_one(tmp_path):
    squares = Squares(tmp_path)
    squares.training = trained_on_a_gpu()
    with (
        Local(workers=1, accelerator="cpu").started(squares, tmp_path, print) as workers,
        pytest.raises(ConfigError, match="executor: .* a worker sees no GPU, and the search's own"),
    ):
        list(workers.map("cost", each("square", [1])))


@pytest.mark.parametrize(("visible", "taken"), [(None, ["0", "1", "0"]), ("3,5", ["3", "5", "3"])])
def test_each_worker_takes_one_of_several_gpus(visible, taken, monkeypatch):
    monkeypatch.setattr("hybhanas.models.settings.gpus", lambda: 2)
    for number, name in enumerate(taken):
        if visible is None:
            monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        else:
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
        take_gpu(number)
        assert os.environ["CUDA_VISIBLE_DEVICES"] == name
