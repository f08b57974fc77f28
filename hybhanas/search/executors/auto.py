"""This process at first, and workers on this machine once a search turns out to take long."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hybhanas.models.settings import processor_of
from hybhanas.search.executors.cluster import DaskWorkers, check_threads
from hybhanas.search.executors.executor import (
    Executor,
    Item,
    Result,
    Serial,
    WorkerLostError,
    Workers,
)
from hybhanas.search.executors.local import Local, cores

log = logging.getLogger(__name__)

ALONE_S = 3.0
"""Seconds of computing before workers are sent for, who take some of their own to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Auto(Executor):
    """This process, which after a while hands over to workers on this machine: as many as a
    generation is divided for and there are cores for. It keeps the work where that is one, and
    where there is a GPU, which one process fills.

    Raises:
        ConfigError: a value that is not accepted.
    """

    threads: int = 1  # that each computes with: the trainer's
    shares: int = 2  # workers, at most: the trainer's
    accelerator: str = "auto"  # the trainer's; a GPU is one process's

    def __post_init__(self) -> None:
        check_threads(self.threads)

    @property
    def number(self) -> int:
        """See `Executor.number`."""
        if processor_of(self.accelerator) == "cuda":
            return 1
        return max(1, min(self.shares, cores() // self.threads))

    @contextmanager
    def at_work(
        self, evaluator: object, folder: Path, say: Callable[[str], None]
    ) -> Iterator[Workers]:
        """See `Executor.at_work`."""
        number = self.number
        if number == 1:
            with Serial().at_work(evaluator, folder, say) as alone:
                yield alone
        else:
            local = Local(workers=number, threads=self.threads, memory="auto")
            with local.at_work(evaluator, folder, say) as workers:
                yield _HereAtFirst(workers)


class _HereAtFirst:
    """Computes here until workers have come, who are sent for after ALONE_S; to the end where they
    cannot be had.
    """

    def __init__(self, workers: DaskWorkers):
        self._workers: DaskWorkers | None = workers
        self._spent_s = 0.0

    def map(
        self, method: Callable[[Item], Result], items: Sequence[Item]
    ) -> Iterator[tuple[int, Result | WorkerLostError]]:
        """See `Workers.map`."""
        for index, item in enumerate(items):
            if (workers := self._whoever_has_come()) is not None:
                for i, result in workers.map(method, items[index:]):
                    yield index + i, result
                return
            started = time.perf_counter()
            result_here = method(item)
            self._spent_s += time.perf_counter() - started
            yield index, result_here

    def _whoever_has_come(self) -> DaskWorkers | None:
        if self._workers is None or self._spent_s <= ALONE_S:
            return None
        try:
            return self._workers if self._workers.have_come() else None
        except (OSError, RuntimeError) as error:  # no loopback, no files left to open, ...
            log.warning("executor=auto: no workers here (%s); this process goes on alone", error)
            self._workers = None
            return None
