"""Workers by dask.distributed. Each starts once and keeps the evaluator; one that dies is replaced,
and its item is given to another.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import time
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property, partial
from itertools import islice
from multiprocessing import resource_tracker
from pathlib import Path
from threading import Thread
from typing import Any

from hybhanas.errors import ConfigError
from hybhanas.nas.executors.executor import Executor, Step, WorkerLostError
from hybhanas.nas.executors.held import answer, computed, holding

_DEATHS = 4
_LOST = f"{_DEATHS} workers died computing it: out of memory, or a crash"
WORKER_BYTES = 1280 * 2**20
"""The least memory of a worker: its modules take up to 1 GiB where they are not shared, see the
benchmark `executors`; a quarter more is for its networks.
"""

_POLL_S = 0.1
_END_S = 60.0
log = logging.getLogger(__name__)


class ClusterExecutor(Executor):
    """Workers of a cluster of dask.distributed."""

    @abstractmethod
    @contextmanager
    def _cluster(self, folder: Path, notify: Callable[[str], None]) -> Iterator[Any]:
        """The cluster, without workers yet; `notify` is called with what goes wrong with them."""

    @abstractmethod
    def _scale(self, cluster: Any) -> None:
        """Requests its workers, without waiting for them."""

    def _deaths(self, cluster: Any) -> Callable[[], int]:
        """A function that counts the workers that have ended so far, as far as that is known."""
        return lambda: 0

    @contextmanager
    def started(
        self, evaluator: object, folder: Path, notify: Callable[[str], None]
    ) -> Iterator[DaskWorkers]:
        """See `Executor.started`."""
        running = ExitStack()

        def start() -> tuple[Any, Callable[[], int]]:
            with sigint_blocked():
                cluster = running.enter_context(self._cluster(folder, notify))
                client = running.enter_context(holding(cluster, evaluator))
            notify(f"{self}; dashboard: {cluster.dashboard_link}")
            deaths = self._deaths(cluster)
            self._scale(cluster)
            return client, deaths

        workers = DaskWorkers(start, running.close, self.max_workers)
        try:
            yield workers
        except BaseException:
            _ended(partial(running.__exit__, *sys.exc_info()))
            raise
        _ended(running.close)


def _ended(end: Callable[[], object]) -> None:
    """Ends workers in a thread, which is not waited for without end: SLURM may not answer, and a
    process may hang in its file system.
    """

    def quietly() -> None:
        with suppress(BaseException):  # what ended the search is raised already
            end()

    ending = Thread(target=quietly, name="ending workers", daemon=True)
    ending.start()
    ending.join(_END_S)
    if ending.is_alive():
        log.warning("executor: workers did not end within %g s; continuing without them", _END_S)


class DaskWorkers:
    """Computes by the workers of a Dask client, which the first item starts.

    No item waits at a worker, where it would wait for a long one while another worker is free, and
    be blamed if that worker dies. Of many items Dask sends a worker one at a time; of few, up to
    two for each worker, it sends all at once, so that these are submitted as workers become free.

    Args:
        start: starts them, and returns Dask's client and a function that counts deaths.
        stop: ends them.
        number: of workers.
    """

    def __init__(
        self,
        start: Callable[[], tuple[Any, Callable[[], int]]],
        stop: Callable[[], None],
        number: int,
    ):
        self._start, self.stop, self._number = start, stop, number

    @cached_property
    def _started(self) -> tuple[Any, Callable[[], int]]:
        return self._start()

    @property
    def _client(self) -> Any:
        return self._started[0]

    @cached_property
    def _first_answer(self) -> Any:
        return self._client.submit(answer, pure=False)

    def ready(self) -> bool:
        """Whether a worker is ready; the first call starts the workers, and none waits for them.

        Raises:
            ConfigError: they end before any of them has answered.
        """
        if self._first_answer.status == "finished":
            return True
        failed = self._first_answer.status == "error"
        if failed and isinstance(error := self._first_answer.exception(), ConfigError):
            raise error
        if failed or self._started[1]() >= _DEATHS:
            raise ConfigError(
                f"executor: {_DEATHS} workers ended before any of them could compute; "
                f"{_why_workers_end()}"
            )
        return False

    def map(self, step: Step, items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """See `Workers.map`."""
        if not items:
            return
        while not self.ready():  # so that no item is blamed for what no worker survives
            time.sleep(_POLL_S)
        from distributed import KilledWorker, as_completed

        waiting = iter(enumerate(items))
        index: dict[str, int] = {}

        def submitted(count: int) -> list[Any]:
            if not (batch := [*islice(waiting, count)]):
                return []
            numbers, some = zip(*batch, strict=True)
            steps = [step] * len(batch)
            futures: list[Any] = self._client.map(computed, steps, some, pure=False, key=step)
            index.update(zip((future.key for future in futures), numbers, strict=True))
            return futures

        few = len(items) <= 2 * self._number
        in_flight = as_completed(submitted(self._number if few else len(items)))
        try:
            for future in in_flight:
                in_flight.update(submitted(1))
                try:
                    result = future.result()
                except KilledWorker:
                    result = WorkerLostError(_LOST)
                yield index[future.key], result
        except GeneratorExit:  # who asked wants no more
            self._client.cancel([*in_flight.futures])
            raise


def _why_workers_end() -> str:
    """What a new process says that imports what a worker does."""
    module = "hybhanas.nas.executors.preloaded"
    try:
        tried = subprocess.run(
            [sys.executable, "-c", f"import {module}"],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"a process like theirs cannot start: {' '.join(str(error).split())[:200]}"
    lines = tried.stderr.strip().splitlines()
    if tried.returncode and lines:
        return f"importing {module} fails: {lines[-1][:200]}"
    return (
        f"one takes about {WORKER_BYTES / 2**30:g} GiB before it trains: executor.memory, or a "
        "limit of the machine, may be below that; accepted: fewer workers, or executor=serial"
    )


@contextmanager
def sigint_blocked() -> Iterator[None]:
    """Blocks SIGINT in this thread; threads and processes that start inside inherit the block.

    A terminal sends Ctrl-C to every process of the search, and only the main one handles it.
    """
    resource_tracker.ensure_running()  # starting it would unblock SIGINT in this thread
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@contextmanager
def dask_settings(threads: int) -> Iterator[None]:
    """Sets Dask's configuration while workers run."""
    import dask
    import distributed  # noqa: F401 - sets the levels of its loggers

    for logger in ("distributed", "tornado.application", "asyncio"):  # log each closed connection
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    silent = {"DASK_LOGGING__DISTRIBUTED": "critical"}  # workers print to the same terminal
    with dask.config.set(
        {
            "distributed.scheduler.worker-saturation": 1.0,  # an item waits for a free worker
            "distributed.scheduler.work-stealing": False,
            "distributed.scheduler.allowed-failures": _DEATHS - 1,
            "distributed.worker.profile.enabled": False,  # it interrupts each 100 times a second
            "distributed.worker.memory.pause": False,  # near its limit it would pause forever
            "distributed.nanny.pre-spawn-environ": limits(threads) | silent,
        }
    ):
        yield


def limits(threads: int) -> dict[str, int | str]:
    """The environment that keeps libraries to the cores of a worker."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
    return dict.fromkeys(names, threads)


def check_threads(value: int) -> None:
    """Raises ConfigError for fewer than one."""
    if value < 1:
        raise ConfigError(f"executor.threads={value} is not accepted: at least 1")


def check_memory(value: str, *others: str) -> None:
    """Raises ConfigError unless it is one of `others`, or a size that a worker can start with."""
    if value in others:
        return
    from dask.utils import parse_bytes

    try:
        if parse_bytes(value) >= WORKER_BYTES:
            return
    except (ValueError, OverflowError):
        pass
    least = f"{WORKER_BYTES // 2**20}MiB, which a worker takes with the smallest networks"
    accepted = " or ".join((*others, f"a size such as 4GiB, at least {least}"))
    raise ConfigError(f"executor.memory={value} is not accepted: {accepted}")
