"""Worker processes in jobs of SLURM."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hybhanas.errors import ConfigError
from hybhanas.search.executors.cluster import ClusterExecutor, check_memory, dask_settings, limits

_LOOK_EVERY_S = 10


@dataclass(frozen=True, kw_only=True)
class Slurm(ClusterExecutor):
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
        check_memory(self.memory)
        if shutil.which("sbatch") is None:
            raise ConfigError("executor=slurm is not accepted: there is no sbatch on this machine")

    @property
    def number(self) -> int:
        """See `Executor.number`."""
        return self.workers

    def __str__(self) -> str:
        return f"up to {self.workers} workers by SLURM"

    @contextmanager
    def _cluster(self, folder: Path) -> Iterator[Any]:
        with dask_settings(self.threads):
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
                job_script_prologue=[f"export {k}={v}" for k, v in limits(self.threads).items()],
                log_directory=str(logs),
                security=True,
                shared_temp_directory=str(logs),
                scheduler_options={"dashboard_address": ":0"},
            ) as cluster:
                _check_job(cluster.job_script())
                try:
                    with _kept_up(cluster):
                        yield cluster
                finally:
                    for key in logs.glob(".dask-jobqueue.worker.*"):
                        key.unlink()

    def _hire(self, cluster: Any) -> None:
        if self.minimum is None:
            cluster.scale(self.workers)
        else:
            cluster.adapt(minimum=self.minimum, maximum=self.workers)


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
