"""What an executor is, and the one that needs no worker."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


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

    AFFECTS_RESULTS: ClassVar[bool] = False

    @property
    @abstractmethod
    def number(self) -> int:
        """Workers, at most."""

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

    @property
    def number(self) -> int:
        """See `Executor.number`."""
        return 1

    @contextmanager
    def at_work(
        self, evaluator: object, folder: Path, say: Callable[[str], None]
    ) -> Iterator[Workers]:
        """See `Executor.at_work`."""
        yield _InProcess()


class _InProcess:
    """Computes here and now."""

    def map(
        self, method: Callable[[Item], Result], items: Sequence[Item]
    ) -> Iterator[tuple[int, Result | WorkerLostError]]:
        """See `Workers.map`."""
        for index, item in enumerate(items):
            yield index, method(item)
