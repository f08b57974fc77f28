"""Worker processes on this machine."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hybhanas.errors import ConfigError
from hybhanas.search.executors.cluster import (
    ClusterExecutor,
    check_memory,
    check_threads,
    dask_settings,
)


@dataclass(frozen=True, kw_only=True)
class Local(ClusterExecutor):
    """Worker processes on this machine.

    Raises:
        ConfigError: a value that is not accepted, or more threads than this machine has cores.
    """

    workers: int | None = None  # null: as many as there are cores for
    threads: int = 1  # that each computes with: the trainer's
    memory: str = "auto"  # of each, such as 4GiB; auto: an equal share of the machine's

    def __post_init__(self) -> None:
        check_threads(self.threads)
        most = max(cores() // self.threads, 1)
        if self.workers is not None and not 1 <= self.workers <= most:
            raise ConfigError(
                f"executor.workers={self.workers} is not accepted: 1 to {most}, since this process "
                f"may use {cores()} cores and trainer.threads={self.threads}, or null for all"
            )
        check_memory(self.memory, "auto")

    def __str__(self) -> str:
        return f"{self.number} workers on this machine"

    @property
    def number(self) -> int:
        """See `Executor.number`."""
        return self.workers or max(cores() // self.threads, 1)

    @contextmanager
    def _cluster(self, folder: Path, say: Callable[[str], None]) -> Iterator[Any]:
        with dask_settings(self.threads):
            from distributed import LocalCluster

            with LocalCluster(
                n_workers=0,
                threads_per_worker=1,
                memory_limit=1 / self.number if self.memory == "auto" else self.memory,
                security=True,  # by keys of the run: others on this machine cannot connect
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
            ) as cluster:
                try:
                    yield cluster
                except BaseException:  # else each takes seconds to come to an end
                    cluster.sync(_kill, cluster._created)
                    raise

    def _hire(self, cluster: Any) -> None:
        cluster.scale(self.number)


async def _kill(nannies: Iterable[Any]) -> None:
    for nanny in nannies:
        nanny.auto_restart = False
        if nanny.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(nanny.pid, signal.SIGKILL)


def cores() -> int:
    """Those that this process may use: what a container or its affinity leaves of the machine's,
    and in a job of SLURM what the job was given.
    """
    from dask.system import cpu_count

    count = cpu_count()
    return min(count, int(os.environ.get("SLURM_CPUS_ON_NODE", count)))
