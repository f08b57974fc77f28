"""Executors: where evaluations are computed, here or by workers on this or other machines.

Workers are those of dask.distributed: they start once, keep the evaluator, and are started again
when they die; what a dead one had in hand goes to another.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

from hybhanas.errors import ConfigError

Item = TypeVar("Item")
Result = TypeVar("Result")
_PLUGIN = "evaluator"
_LOOK_EVERY_S = 10
_LEFT = "took its worker down four times: out of memory, or a crash"


class WorkerLostError(RuntimeError):
    """An item that cannot be computed since each worker that tried it died."""


class Workers(Protocol):
    """What computes."""

    def map(
        self, method: Callable[[Item], Result], items: Sequence[Item]
    ) -> Iterator[tuple[int, Result | WorkerLostError]]:
        """Calls a method of the evaluator with each item.

        Returns:
            The index of each item with its result, in the order in which they come.
        """


class Executor(ABC):
    """How many workers there are, and where."""

    @abstractmethod
    @contextmanager
    def at_work(
        self, evaluator: object, folder: Path, say: Callable[[str], None]
    ) -> Iterator[Workers]:
        """Starts workers when there is something to do, and stops them at the end.

        Args:
            evaluator: whose methods are to be mapped; workers get a copy.
            folder: of the run, for what workers leave behind.
            say: is told where the workers can be watched.
        """


@dataclass(frozen=True, slots=True)
class Serial(Executor):
    """This process alone."""

    @contextmanager
    def at_work(
        self, evaluator: object, folder: Path, say: Callable[[str], None]
    ) -> Iterator[Workers]:
        """See `Executor.at_work`."""
        yield _InProcess()


class _Dask(Executor):
    """Workers of a cluster of dask.distributed."""

    @abstractmethod
    @contextmanager
    def _cluster(self, folder: Path) -> Iterator[Any]:
        """The cluster, its workers on their way."""

    @contextmanager
    def at_work(
        self, evaluator: object, folder: Path, say: Callable[[str], None]
    ) -> Iterator[Workers]:
        """See `Executor.at_work`."""
        with ExitStack() as running:

            def start() -> Any:
                cluster = running.enter_context(self._cluster(folder))
                say(f"{self}; their dashboard: {cluster.dashboard_link}")
                return running.enter_context(_client(cluster, evaluator))

            yield _OnDask(start)


@dataclass(frozen=True, kw_only=True)
class Local(_Dask):
    """Worker processes on this machine.

    Args:
        workers: how many; None for as many as there are cores for.
        threads: that each computes with, which are the trainer's.
        memory: what one may hold before it is ended, such as `4GiB`; `auto` for an equal share.

    Raises:
        ConfigError: a value that is not accepted, or more threads than this machine has cores.
    """

    workers: int | None
    threads: int
    memory: str

    def __post_init__(self) -> None:
        most = max(_cores() // self.threads, 1)
        if self.workers is not None and not 1 <= self.workers <= most:
            raise ConfigError(
                f"executor.workers={self.workers} is not accepted: 1 to {most}, since this machine "
                f"has {_cores()} cores and trainer.threads={self.threads}, or null for all"
            )
        _check_memory(self.memory, "auto")

    def __str__(self) -> str:
        return f"{self._number} workers on this machine"

    @property
    def _number(self) -> int:
        return self.workers or max(_cores() // self.threads, 1)

    @contextmanager
    def _cluster(self, folder: Path) -> Iterator[Any]:
        with _dask_settings(self.threads):
            from distributed import LocalCluster

            with LocalCluster(
                n_workers=self._number,
                threads_per_worker=1,
                memory_limit=self.memory,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
            ) as cluster:
                yield cluster


@dataclass(frozen=True, kw_only=True)
class Slurm(_Dask):
    """Worker processes in jobs of SLURM, one each. Connections are encrypted, by keys of the run.

    Args:
        workers: how many, at most.
        minimum: how many are kept while there is nothing to do; None: all, at all times.
        threads: that each computes with, which are the trainer's.
        memory: of a job, such as `4GiB`.
        walltime: of a job, as `HH:MM:SS`; when it ends another takes its place.
        partition, account: SLURM's; None for its default.
        interface: the network interface of scheduler and workers; None for the default route's.
        directives: further ones of sbatch, such as `--qos=short`.

    Raises:
        ConfigError: a value that is not accepted, or there is no SLURM.
    """

    workers: int
    minimum: int | None
    threads: int
    memory: str
    walltime: str
    partition: str | None
    account: str | None
    interface: str | None
    directives: Sequence[str]

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ConfigError(f"executor.workers={self.workers} is not accepted: at least 1")
        if self.minimum is not None and not 0 <= self.minimum <= self.workers:
            raise ConfigError(
                f"executor.minimum={self.minimum} is not accepted: "
                f"0 to executor.workers={self.workers}, or null for all"
            )
        _check_memory(self.memory)
        if shutil.which("sbatch") is None:
            raise ConfigError("executor=slurm is not accepted: there is no sbatch on this machine")

    def __str__(self) -> str:
        return f"up to {self.workers} workers by SLURM"

    @contextmanager
    def _cluster(self, folder: Path) -> Iterator[Any]:
        with _dask_settings(self.threads):
            from dask_jobqueue import SLURMCluster

            logs = folder / "slurm"
            logs.mkdir(parents=True, exist_ok=True)
            with SLURMCluster(
                cores=1,
                processes=1,
                job_cpu=self.threads,
                memory=self.memory,
                walltime=self.walltime,
                queue=self.partition,
                account=self.account,
                interface=self.interface,
                job_extra_directives=list(self.directives),
                job_script_prologue=[f"export {k}={v}" for k, v in _limits(self.threads).items()],
                log_directory=str(logs),
                security=True,
                shared_temp_directory=str(logs),
                scheduler_options={"dashboard_address": ":0"},
            ) as cluster:
                _check_job(cluster.job_script())
                if self.minimum is None:
                    cluster.scale(self.workers)
                else:
                    cluster.adapt(minimum=self.minimum, maximum=self.workers)
                try:
                    with _kept_up(cluster):
                        yield cluster
                finally:
                    for key in logs.glob(".dask-jobqueue.worker.*"):
                        key.unlink()


def _check_job(script: str) -> None:
    """Raises ConfigError where SLURM would not take a job, or does not answer."""
    command = ["sbatch", "--test-only"]
    outcome = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    if outcome.returncode != 0:
        said = " ".join(outcome.stderr.split())
        raise ConfigError(f"executor=slurm is not accepted: {said}; a job that sbatch takes is")


@contextmanager
def _kept_up(cluster: Any) -> Iterator[None]:
    """Submits jobs anew that have ended, which dask-jobqueue does only when it is scaled."""
    from distributed.compatibility import PeriodicCallback

    keeper = PeriodicCallback(lambda: cluster.scale(len(cluster.plan)), 1000 * _LOOK_EVERY_S)
    cluster.loop.add_callback(keeper.start)
    try:
        yield
    finally:
        cluster.loop.add_callback(keeper.stop)


class _InProcess:
    """Computes here and now."""

    def map(
        self, method: Callable[[Item], Result], items: Sequence[Item]
    ) -> Iterator[tuple[int, Result | WorkerLostError]]:
        """See `Workers.map`."""
        for index, item in enumerate(items):
            yield index, method(item)


class _OnDask:
    """Computes by the workers of a client, whichever is free; the first item starts it."""

    def __init__(self, start: Callable[[], Any]):
        self._start = start

    @cached_property
    def _client(self) -> Any:
        return self._start()

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


def _call(name: str, item: Any) -> Any:
    from distributed import get_worker

    return getattr(get_worker().plugins[_PLUGIN].evaluator, name)(item)


@contextmanager
def _client(cluster: Any, evaluator: object) -> Iterator[Any]:
    """A client whose workers, also those to come, hold the evaluator."""
    from distributed import Client, WorkerPlugin

    class Holding(WorkerPlugin):
        name = _PLUGIN

        def __init__(self, evaluator: object):
            self.evaluator = evaluator

        def setup(self, worker: object) -> None:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for who started it
            gc.freeze()  # as in `hybhanas.run`: else a worker takes seconds to end

    with Client(cluster) as client:
        client.register_plugin(Holding(evaluator))
        yield client


@contextmanager
def _dask_settings(threads: int) -> Iterator[None]:
    """Dask's settings while it is used."""
    import dask

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it tells of every connection
    with dask.config.set(
        {
            "distributed.scheduler.worker-saturation": 1.0,  # a group waits for whoever is free
            "distributed.scheduler.work-stealing": False,
            "distributed.nanny.pre-spawn-environ": _limits(threads),
        }
    ):
        yield


def _limits(threads: int) -> dict[str, int]:
    """The environment by which no library takes more cores than a worker has."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
    return dict.fromkeys(names, threads)


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0))


def _check_memory(value: str, *others: str) -> None:
    if value in others:
        return
    from dask.utils import parse_bytes

    try:
        if parse_bytes(value) > 0:
            return
    except ValueError:
        pass
    accepted = " or ".join((*others, "a size such as 4GiB"))
    raise ConfigError(f"executor.memory={value} is not accepted: {accepted}")
