"""Worker processes on this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

from hybhanas.errors import ConfigError
from hybhanas.models.settings import gpus, processor_of
from hybhanas.nas.executors.cluster import (
    WORKER_BYTES,
    ClusterExecutor,
    check_memory,
    check_threads,
    dask_settings,
)

_MEMORY_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
"""Of containers."""

_LOOPBACK_S = 5
_LONGEST_PATH = 70
"""Characters of a folder that holds Python's folder of sockets: Linux takes 107 in all."""


@dataclass(frozen=True, kw_only=True)
class Local(ClusterExecutor):
    """Worker processes on this machine.

    Raises:
        ConfigError: a value that is not accepted, or more threads than this machine has cores.
    """

    workers: int | None = None  # null: as many as there are cores for, or GPUs to train on
    threads: int = 1  # that each computes with: the trainer's
    memory: str = "auto"  # of each, such as 4GiB; auto: an equal share of the machine's
    accelerator: str = "auto"  # the trainer's; a GPU is one worker's

    def __post_init__(self) -> None:
        check_threads(self.threads)
        most = max(cores() // self.threads, 1)
        if self.workers is not None and not 1 <= self.workers <= most:
            raise ConfigError(
                f"executor.workers={self.workers} is not accepted: 1 to {most}, since this process "
                f"may use {cores()} cores and trainer.threads={self.threads}, or null for all"
            )
        if self.workers is not None and self.workers > self._gpus:
            raise ConfigError(
                f"executor.workers={self.workers} is not accepted: a worker takes a GPU of its own,"
                f" of which there is {self._gpus}; accepted: at most so many, null, or "
                "trainer.accelerator=cpu"
            )
        check_memory(self.memory, "auto")
        if self.workers is not None and self.memory == "auto" and self.workers > by_memory():
            raise ConfigError(
                f"executor.workers={self.workers} is not accepted with executor.memory=auto: a "
                f"worker takes {WORKER_BYTES / 2**30:g} GiB with the smallest networks; accepted: "
                f"at most {by_memory()} on this machine, or null"
            )

    def __str__(self) -> str:
        return f"{self.max_workers} workers on this machine"

    @property
    def max_workers(self) -> int:
        """See `Executor.max_workers`."""
        most = min(max(cores() // self.threads, 1), self._gpus)
        return self.workers or (min(most, by_memory()) if self.memory == "auto" else most)

    @property
    def _gpus(self) -> int:
        """The most workers by the GPUs that they train on, if they do."""
        return gpus() if processor_of(self.accelerator) == "cuda" else sys.maxsize

    @contextmanager
    def _cluster(self, folder: Path, notify: Callable[[str], None]) -> Iterator[Any]:
        check_processes()
        with dask_settings(self.threads), _fork_server():
            from distributed import LocalCluster

            with LocalCluster(
                n_workers=0,
                threads_per_worker=1,
                memory_limit=1 / self.max_workers if self.memory == "auto" else self.memory,
                security=True,  # keys of this run: other users of the machine cannot connect
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
            ) as cluster:
                try:
                    yield cluster
                except BaseException:  # else stopping each takes seconds
                    cluster.sync(_kill, cluster._created)
                    raise

    def _scale(self, cluster: Any) -> None:
        cluster.scale(self.max_workers)

    def _deaths(self, cluster: Any) -> Callable[[], int]:
        """See `ClusterExecutor._deaths`: new processes of a nanny, and nannies that gave up."""
        pids: dict[Any, set[int]] = {}

        def count() -> int:
            for nanny in tuple(cluster._created):
                seen = pids.setdefault(nanny, set())
                if nanny.pid is not None:
                    seen.add(nanny.pid)
            over = [nanny for nanny in pids if nanny.status in (Status.failed, Status.closed)]
            if pids and len(over) == len(pids):
                return sys.maxsize  # there is none left that could answer
            return len(over) + sum(max(len(seen) - 1, 0) for seen in pids.values())

        from distributed.core import Status

        return count


@contextmanager
def _fork_server() -> Iterator[None]:
    """Has workers forked from one process, which imports what they need once for all of them.

    That process is neither this one nor a fork of it: it imports modules and does nothing else, so
    that there is no thread, no lock and no context of a GPU that a fork could lose. Workers are
    spawned where system libraries do not survive a fork, as those of macOS; where this process
    forks from such a process already, which has not imported our modules; and where the temporary
    folder's path is too long for a socket in it.
    """
    server: Any = forkserver._forkserver
    too_long = len(tempfile.gettempdir()) > _LONGEST_PATH
    if sys.platform != "linux" or server._forkserver_pid is not None or too_long:
        yield
        return
    import dask
    from distributed.utils import get_mp_context

    settings = {
        "distributed.worker.multiprocessing-method": "forkserver",
        "distributed.deploy.lost-worker-timeout": "1h",  # it may have to import everything again
    }
    with dask.config.set(settings):
        get_mp_context()  # which sets Dask's own list, once in a process
        multiprocessing.set_forkserver_preload(["hybhanas.nas.executors.preloaded"])
        try:
            yield
        finally:
            _kill_fork_server()
            server._stop()  # there is no public way but the end of this process


def _kill_fork_server() -> None:
    server: Any = forkserver._forkserver
    if server._forkserver_pid is not None:
        with suppress(ProcessLookupError):
            os.kill(server._forkserver_pid, signal.SIGKILL)


async def _kill(nannies: Iterable[Any]) -> None:
    _kill_fork_server()  # which they wait for while it imports
    for nanny in nannies:
        nanny.auto_restart = False
        if nanny.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(nanny.pid, signal.SIGKILL)


def check_processes() -> None:
    """Raises ConfigError where processes cannot be started or cannot reach each other."""
    try:
        multiprocessing.get_context("spawn").Lock()
    except OSError as error:
        raise ConfigError(
            f"executor: workers need semaphores, which cannot be made here, as without a writable "
            f"/dev/shm ({error.strerror}); accepted: executor=serial"
        ) from None
    try:
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            socket.create_connection(server.getsockname(), timeout=_LOOPBACK_S),
        ):
            pass
    except OSError as error:
        raise ConfigError(
            f"executor: workers need the loopback interface, which does not answer ({error}); "
            "accepted: executor=serial"
        ) from None


def by_memory() -> int:
    """How many workers the memory suffices for that this process may use; at least 1."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in _MEMORY_LIMITS:
        with suppress(OSError, ValueError):  # no such limit, or "max"
            memory = min(memory, int(limit.read_text()))
    return max(memory // WORKER_BYTES, 1)


def cores() -> int:
    """The CPU cores that this process may use, by its affinity, its container and its SLURM job.

    Raises:
        ConfigError: the system does not tell.
    """
    import psutil

    try:
        from dask.system import cpu_count
    except psutil.Error:
        raise ConfigError(
            "executor: workers need /proc, which is not mounted here; accepted: executor=serial"
        ) from None
    count = cpu_count()
    return min(count, int(os.environ.get("SLURM_CPUS_ON_NODE", count)))
