"""Workers by dask.distributed: they start once, keep the evaluator, and are started again when they
die; what a dead one had in hand goes to another.
"""

from __future__ import annotations

import gc
import logging
import signal
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from hybhanas import plugins
from hybhanas.errors import ConfigError
from hybhanas.search.executors.executor import Executor, Item, Result, WorkerLostError

_PLUGIN = "evaluator"
_DEATHS = 4
_LEFT = f"took its worker down {_DEATHS} times: out of memory, or a crash"
_LEAST_MEMORY = "256MiB"


class ClusterExecutor(Executor):
    """Workers of a cluster of dask.distributed."""

    @abstractmethod
    @contextmanager
    def _cluster(self, folder: Path, say: Callable[[str], None]) -> Iterator[Any]:
        """The cluster, without workers yet; `say` is told what goes wrong with them."""

    @abstractmethod
    def _hire(self, cluster: Any) -> None:
        """Sets its workers on their way."""

    @contextmanager
    def at_work(
        self, evaluator: object, folder: Path, say: Callable[[str], None]
    ) -> Iterator[DaskWorkers]:
        """See `Executor.at_work`."""
        with ExitStack() as running:

            def start() -> Any:
                with _deaf_to_interrupts():
                    cluster = running.enter_context(self._cluster(folder, say))
                    client = running.enter_context(_client(cluster, evaluator))
                say(f"{self}; their dashboard: {cluster.dashboard_link}")
                self._hire(cluster)
                return client

            yield DaskWorkers(start)


class DaskWorkers:
    """Computes by the workers of a client, whichever is free; the first item starts it."""

    def __init__(self, start: Callable[[], Any]):
        self._start = start

    @cached_property
    def _client(self) -> Any:
        return self._start()

    @cached_property
    def _first_sign(self) -> Any:
        return self._client.submit(_answer, pure=False)

    def have_come(self) -> bool:
        """Whether one is ready; who asks first sends for them, and does not wait."""
        return bool(self._first_sign.status == "finished")  # and not that they died of it

    def map(
        self, method: Callable[[Item], Result], items: Sequence[Item]
    ) -> Iterator[tuple[int, Result | WorkerLostError]]:
        """See `Workers.map`."""
        if not items:
            return
        from distributed import KilledWorker, as_completed

        names = [method.__name__] * len(items)
        futures = self._client.map(_call, names, items, pure=False, key=method.__name__)
        index = {future.key: i for i, future in enumerate(futures)}
        for future in as_completed(futures):
            try:
                result = future.result()
            except KilledWorker:
                result = WorkerLostError(_LEFT)
            yield index[future.key], result


def _answer() -> None:
    """What a worker does as soon as it can."""


def _call(name: str, item: Any) -> Any:
    from distributed import get_worker

    return getattr(get_worker().plugins[_PLUGIN].evaluator, name)(item)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """What is done in it is done whole, and threads and processes that come of it see no Ctrl-C.

    One is for who started the search, but a terminal sends it to all.
    """
    resource_tracker.ensure_running()  # it clears the mask of the thread that starts it
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@contextmanager
def _client(cluster: Any, evaluator: object) -> Iterator[Any]:
    """A client of workers that hold the evaluator."""
    from distributed import Client, WorkerPlugin

    class Holding(WorkerPlugin):
        name = _PLUGIN

        def __init__(self, evaluator: object):
            self.evaluator = evaluator
            self.modules = plugins.loaded()

        def setup(self, worker: object) -> None:
            plugins.load(self.modules)
            gc.freeze()  # as in `hybhanas.run`: else a worker takes seconds to end

    with Client(cluster) as client:
        client.register_plugin(Holding(evaluator))
        yield client


@contextmanager
def dask_settings(threads: int) -> Iterator[None]:
    """Dask's settings while it is used."""
    import dask
    import distributed  # noqa: F401  which sets the levels of its loggers

    for logger in ("distributed", "tornado.application", "asyncio"):  # of every connection's end
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    silent = {"DASK_LOGGING__DISTRIBUTED": "critical"}  # and so do workers that share a terminal
    with dask.config.set(
        {
            "distributed.scheduler.worker-saturation": 1.0,  # a group waits for whoever is free
            "distributed.scheduler.work-stealing": False,
            "distributed.scheduler.allowed-failures": _DEATHS - 1,
            "distributed.worker.profile.enabled": False,  # it stops each a hundred times a second
            "distributed.worker.memory.pause": False,  # one that is nearly full would wait for good
            "distributed.nanny.pre-spawn-environ": limits(threads) | silent,
        }
    ):
        yield


def limits(threads: int) -> dict[str, int | str]:
    """The environment by which no library takes more cores than a worker has."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
    return dict.fromkeys(names, threads)


def check_threads(value: int) -> None:
    """Raises ConfigError unless there is one at least."""
    if value < 1:
        raise ConfigError(f"executor.threads={value} is not accepted: at least 1")


def check_memory(value: str, *others: str) -> None:
    """Raises ConfigError unless it is a size that a worker can start in, or one of other words."""
    if value in others:
        return
    from dask.utils import parse_bytes

    try:
        if parse_bytes(value) >= parse_bytes(_LEAST_MEMORY):
            return
    except ValueError:
        pass
    accepted = " or ".join((*others, f"a size such as 4GiB, at least {_LEAST_MEMORY}"))
    raise ConfigError(f"executor.memory={value} is not accepted: {accepted}")
