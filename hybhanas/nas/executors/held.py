"""What each worker of Dask holds, once for all of its items: the evaluator."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hybhanas import plugins
from hybhanas.errors import ConfigError
from hybhanas.models.settings import TrainSettings, gpus, take_gpu
from hybhanas.nas.executors.executor import Step, compute

_PLUGIN = "evaluator"


@contextmanager
def holding(cluster: Any, evaluator: object) -> Iterator[Any]:
    """A client whose workers hold the evaluator."""
    from distributed import Client, WorkerPlugin

    class EvaluatorPlugin(WorkerPlugin):
        name = _PLUGIN

        def __init__(self, evaluator: object):
            self.evaluator = evaluator
            self.modules = plugins.loaded()
            self.error: ConfigError | None = None

        def setup(self, worker: object) -> None:
            try:
                plugins.load(self.modules)
                number = getattr(worker, "name", None)
                if _trains_on_gpus(self.evaluator):
                    _check_gpu()
                    if isinstance(number, int):
                        take_gpu(number)
            except Exception as error:  # Dask would log it and continue
                reason = " ".join(str(error).split())[:300]
                self.error = ConfigError(f"executor: a worker cannot be prepared: {reason}")
            gc.freeze()  # else the last collection delays a worker's exit by seconds

    with Client(cluster) as client:
        client.register_plugin(EvaluatorPlugin(evaluator))
        yield client


def _trains_on_gpus(evaluator: object) -> bool:
    training = getattr(evaluator, "training", None)
    return isinstance(training, TrainSettings) and training.processor == "cuda"


def _check_gpu() -> None:
    """Raises ConfigError where this worker has no GPU to train on."""
    if not gpus():
        raise ConfigError(
            "a worker sees no GPU, and the search's own process does; accepted: "
            "trainer.accelerator=cpu, or workers where there is one"
        )


def answer() -> None:
    """A task whose end shows that a worker is ready."""
    _evaluator()


def computed(step: Step, item: Any) -> Any:
    """A task that computes a step for an item."""
    return compute(_evaluator(), step, item)


def _evaluator() -> Any:
    """The evaluator of this worker.

    Raises:
        ConfigError: the worker could not be prepared for it.
    """
    from distributed import get_worker

    plugin = get_worker().plugins[_PLUGIN]
    if plugin.error is not None:
        raise plugin.error
    return plugin.evaluator
