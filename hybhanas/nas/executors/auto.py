"""This process at first, then workers on this machine if the search takes long."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hybhanas.errors import ConfigError
from hybhanas.models.settings import gpus, processor_of
from hybhanas.nas.executors.cluster import DaskWorkers, check_threads
from hybhanas.nas.executors.executor import Executor, InProcess, Serial, Step, Workers
from hybhanas.nas.executors.local import Local, by_memory, cores

log = logging.getLogger(__name__)

ALONE_S = 3.0
"""Seconds to compute in this process before starting workers, which take seconds to start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Auto(Executor):
    """Starts in this process and switches to workers on this machine after ALONE_S: as many as
    a generation is divided for, and no more than there are cores for; with GPUs as many as these,
    each of which one process keeps busy. Where that is one, no worker is started.

    Raises:
        ConfigError: a value that is not accepted.
    """

    threads: int = 1  # that each computes with: the trainer's
    shares: int = 2  # workers, at most: the trainer's
    accelerator: str = "auto"  # the trainer's; a GPU is one worker's

    def __post_init__(self) -> None:
        check_threads(self.threads)

    @property
    def max_workers(self) -> int:
        """See `Executor.max_workers`."""
        most = gpus() if processor_of(self.accelerator) == "cuda" else self.shares
        return max(1, min(most, cores() // self.threads, by_memory()))

    @contextmanager
    def started(
        self, evaluator: object, folder: Path, notify: Callable[[str], None]
    ) -> Iterator[Workers]:
        """See `Executor.started`."""
        workers = self.max_workers
        if workers == 1:
            with Serial().started(evaluator, folder, notify) as in_process:
                yield in_process
        else:
            local = Local(workers=workers, threads=self.threads, accelerator=self.accelerator)
            with local.started(evaluator, folder, notify) as local_workers:
                yield InProcessThenWorkers(InProcess(evaluator), local_workers)


class InProcessThenWorkers:
    """Computes in this process until the workers, started after ALONE_S, are ready; to the end
    where none can be started.
    """

    def __init__(self, in_process: InProcess, workers: DaskWorkers):
        self._in_process = in_process
        self._workers: DaskWorkers | None = workers
        self._spent_s = 0.0

    def map(self, step: Step, items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """See `Workers.map`."""
        for index in range(len(items)):
            if (workers := self._ready_workers()) is not None:
                for i, result in workers.map(step, items[index:]):
                    yield index + i, result
                return
            started = time.perf_counter()
            ((_, result),) = self._in_process.map(step, items[index : index + 1])
            self._spent_s += time.perf_counter() - started
            yield index, result

    def _ready_workers(self) -> DaskWorkers | None:
        if self._workers is None or self._spent_s <= ALONE_S:
            return None
        try:
            return self._workers if self._workers.ready() else None
        except (OSError, RuntimeError, ConfigError) as error:  # no loopback, no memory, ...
            log.warning(
                "executor=auto: workers cannot be started (%s); continuing in this process", error
            )
            self._workers.stop()
            self._workers = None
            return None
