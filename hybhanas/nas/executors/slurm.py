"""Worker processes in jobs of SLURM."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from hybhanas.errors import ConfigError
from hybhanas.nas.executors.cluster import (
    ClusterExecutor,
    check_memory,
    check_threads,
    dask_settings,
    limits,
)

_CHECK_EVERY_S = 10
_TIMEOUT_S = 60
_QUEUE = ("squeue", "--noheader", f"--user={os.getuid()}", "--format=%A")
_LOST = "a SLURM job was refused, or ended before its worker started; resubmitting; logs: {}"


@dataclass(frozen=True, kw_only=True)
class Slurm(ClusterExecutor):
    """Worker processes in jobs of SLURM, one each. Connections are encrypted, by keys of the run.

    Raises:
        ConfigError: a value that is not accepted, or there is no SLURM.
    """

    workers: int = 4  # at most
    minimum: int | None = None  # kept while there is nothing to do; null: all
    threads: int = 1  # that each computes with: the trainer's
    memory: str = "4GiB"  # of a job
    walltime: str = "04:00:00"  # of a job; another takes its place when it ends
    partition: str | None = None  # null: the cluster's default
    account: str | None = None  # null: the user's default
    interface: str | None = None  # network that nodes share, such as ib0; null: the default route's
    directives: Sequence[str] = ()  # further ones of sbatch, such as --qos=short

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ConfigError(f"executor.workers={self.workers} is not accepted: at least 1")
        if self.minimum is not None and not 0 <= self.minimum <= self.workers:
            raise ConfigError(
                f"executor.minimum={self.minimum} is not accepted: "
                f"0 to executor.workers={self.workers}, or null for all"
            )
        check_threads(self.threads)
        check_memory(self.memory)
        interfaces = [name for _, name in socket.if_nameindex()]
        if self.interface is not None and self.interface not in interfaces:
            raise ConfigError(
                f"executor.interface={self.interface} is not accepted: {', '.join(interfaces)}, "
                "or null for the default route's"
            )
        if shutil.which("sbatch") is None:
            raise ConfigError("executor=slurm is not accepted: there is no sbatch on this machine")

    @property
    def max_workers(self) -> int:
        """See `Executor.max_workers`."""
        return self.workers

    def __str__(self) -> str:
        return f"up to {self.workers} workers by SLURM"

    @contextmanager
    def _cluster(self, folder: Path, notify: Callable[[str], None]) -> Iterator[Any]:
        with dask_settings(self.threads):
            from dask_jobqueue import SLURMCluster

            logs = folder / "slurm"
            if shlex.quote(str(logs)) != str(logs):  # it becomes part of the jobs' command line
                raise ConfigError(
                    f"hydra.run.dir={folder} is not accepted: with executor=slurm a path of "
                    "letters, digits, and any of _@%+=:,./-"
                )
            logs.mkdir(parents=True, exist_ok=True)
            environment = limits(self.threads) | {"DASK_DISTRIBUTED__WORKER__MEMORY__PAUSE": False}
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
                job_script_prologue=[f"export {k}={v}" for k, v in environment.items()],
                log_directory=str(logs),
                security=True,
                shared_temp_directory=str(logs),
                scheduler_options={"dashboard_address": "127.0.0.1:0"},
            ) as cluster:
                _check_job(cluster.job_script())
                try:
                    with resubmitting_lost_jobs(cluster, partial(notify, _LOST.format(logs))):
                        yield cluster
                finally:
                    for key in logs.glob(".dask-jobqueue.worker.*"):
                        key.unlink()

    def _scale(self, cluster: Any) -> None:
        if self.minimum is None:
            cluster.scale(self.workers)
        else:
            cluster.adapt(minimum=self.minimum, maximum=self.workers)


def _check_job(script: str) -> None:
    """Raises ConfigError if SLURM would refuse a job, or does not answer."""
    code, _, error = _run("sbatch", "--test-only", script=script)
    if code != 0:
        raise ConfigError(
            f"executor=slurm is not accepted: {error}; accepted: what sbatch --test-only accepts"
        )


def _run(*command: str, script: str | None = None) -> tuple[int, str, str]:
    """Runs a SLURM command: its exit code, its output, and its errors in one line."""
    try:
        outcome = subprocess.run(
            command, input=script, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
        )
    except subprocess.TimeoutExpired:
        return 1, "", f"{command[0]} does not answer within {_TIMEOUT_S} s"
    return outcome.returncode, outcome.stdout, " ".join(outcome.stderr.split())


@contextmanager
def resubmitting_lost_jobs(cluster: Any, notify: Callable[[], None]) -> Iterator[None]:
    """Resubmits jobs that have ended. Dask-jobqueue does so only when it is scaled, and only for
    jobs whose worker had started; `notify` is called for each of the others.
    """
    from distributed.compatibility import PeriodicCallback

    missing_before: set[str] = set()

    async def check() -> None:
        code, queue, _ = await asyncio.to_thread(_run, *_QUEUE)
        if code != 0:
            return
        started = {worker["name"] for worker in cluster.scheduler_info["workers"].values()}
        missing = {
            name
            for name, job in cluster.workers.items()
            if name not in started and job.job_id not in queue.split()
        }
        for name in missing & missing_before:  # twice: Dask itself removes those that had started
            del cluster.workers[name]
            notify()
        missing_before.clear()
        missing_before.update(missing)
        cluster.scale(len(cluster.plan))

    periodic = PeriodicCallback(check, 1000 * _CHECK_EVERY_S)
    cluster.loop.add_callback(periodic.start)
    try:
        yield
    finally:
        cluster.loop.add_callback(periodic.stop)
