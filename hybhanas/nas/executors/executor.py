"""The interface of executors, and the one that needs no workers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, get_args, overload

if TYPE_CHECKING:
    from hybhanas.architecture import Architecture
    from hybhanas.nas.evaluation import Evaluation
    from hybhanas.nas.evaluator import Group
    from hybhanas.nas.finished import Finished

Step = Literal["cost", "train", "finish"]
"""A method of `hybhanas.nas.evaluator.Evaluator`; it is sent to workers by its name."""


class WorkerLostError(RuntimeError):
    """An item that cannot be computed because every worker that tried it died."""


def is_of_workers(reason: str) -> bool:
    """Whether a recorded failure is of the workers that computed it, not of the candidate."""
    return reason.startswith(WorkerLostError.__name__)


class Workers(Protocol):
    """Processes that hold the evaluator and compute its steps."""

    @overload
    def map(
        self, step: Literal["cost"], items: Sequence[Architecture]
    ) -> Iterator[tuple[int, Evaluation | WorkerLostError]]: ...

    @overload
    def map(
        self, step: Literal["train"], items: Sequence[Group]
    ) -> Iterator[tuple[int, list[tuple[Evaluation, bytes | None]] | WorkerLostError]]: ...

    @overload
    def map(
        self, step: Literal["finish"], items: Sequence[Group]
    ) -> Iterator[tuple[int, list[Finished | Exception] | WorkerLostError]]: ...

    def map(self, step: Step, items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Computes a step of the evaluator for each item.

        Returns:
            The index of each item with its result, in the order in which results arrive.

        Raises:
            ValueError: the step is none of Step.
        """


def compute(evaluator: object, step: Step, item: Any) -> Any:
    """Calls a step of the evaluator with an item; see `Workers.map`."""
    if step not in get_args(Step):
        raise ValueError(f"step={step!r} is not accepted: {', '.join(get_args(Step))}")
    return getattr(evaluator, step)(item)


class Executor(ABC):
    """How many workers there are, and where."""

    AFFECTS_RESULTS: ClassVar[bool] = False

    @property
    @abstractmethod
    def max_workers(self) -> int:
        """The most workers that compute at once."""

    @abstractmethod
    @contextmanager
    def started(
        self, evaluator: object, folder: Path, notify: Callable[[str], None]
    ) -> Iterator[Workers]:
        """Starts workers with the first item to compute, and stops them at the end.

        Args:
            evaluator: whose steps are computed; each worker gets a copy.
            folder: the run's, for the logs of workers.
            notify: called with messages for the user, such as the dashboard's address.
        """


@dataclass(frozen=True, slots=True)
class Serial(Executor):
    """This process, without workers."""

    @property
    def max_workers(self) -> int:
        """See `Executor.max_workers`."""
        return 1

    @contextmanager
    def started(
        self, evaluator: object, folder: Path, notify: Callable[[str], None]
    ) -> Iterator[Workers]:
        """See `Executor.started`."""
        yield InProcess(evaluator)


class InProcess:
    """Computes in this process, one item after the other.

    Costs take one thread, as in a worker: each calls linear algebra so often, and so shortly, that
    further threads of it would only wait.
    """

    def __init__(self, evaluator: object):
        from threadpoolctl import ThreadpoolController

        self._evaluator = evaluator
        self._libraries = ThreadpoolController()

    def map(self, step: Step, items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """See `Workers.map`."""
        threads = 1 if step == "cost" else None  # None: as many as before
        for index, item in enumerate(items):
            with self._libraries.limit(limits=threads, user_api="blas"):
                result = compute(self._evaluator, step, item)
            yield index, result
