"""Weights & Biases: a mirror of the records, never their only copy, and never in their way."""

from __future__ import annotations

import contextlib
import logging
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from queue import Empty, PriorityQueue
from threading import Event, Thread
from typing import Any, ClassVar

from hybhanas.errors import ConfigError, unknown
from hybhanas.reporting import wandb_runs, wandb_service

MODES = ("offline", "online", "disabled")

START_AFTER_S = 15.0
"""Seconds after which W&B is started, or with the first thing to say: importing it at once would
delay the first generation by its own 2 s.
"""

log = logging.getLogger(__name__)

_OF_RUN, _OF_CANDIDATE, _END = range(3)
"""What is told first: a run and its end, then its candidates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker:
    """How runs are tracked by Weights & Biases.

    Raises:
        ConfigError: a value that is not accepted.
    """

    AFFECTS_RESULTS: ClassVar[bool] = False

    # offline writes below the run's folder, and `wandb sync` uploads it later; online sends where
    # a key is known and the server answers, else it is offline and says so; disabled does nothing.
    mode: str = "offline"
    project: str = "hybhanas"
    entity: str | None = None  # null: the account's default
    group: str | None = None  # runs to be compared share one
    tags: Sequence[str] = ()  # besides the names of backend, data set and search
    notes: str | None = None  # a sentence about the run
    # QPU times: the best accuracy of what is cheaper is a metric, which tells backends apart.
    under_s: Sequence[float] = (3600.0, 86400.0, 2592000.0)
    candidates: bool = False  # every candidate is a light run too, to compare genes by
    finish_timeout_s: float = 30.0  # how long a finished search waits for W&B to take the rest

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise unknown("logger.mode", self.mode, MODES)
        if not 0 <= self.finish_timeout_s < math.inf:
            raise ConfigError(
                f"logger.finish_timeout_s={self.finish_timeout_s} is not accepted: seconds, from 0"
            )
        for seconds in self.under_s:
            if not 0 < seconds < math.inf:
                raise ConfigError(
                    f"logger.under_s={[*self.under_s]} is not accepted: seconds, above 0"
                )

    @contextmanager
    def run(self, folder: Path, about: wandb_runs.About) -> Iterator[TrackedRun]:
        """One tracked run, finished whatever happens inside; see `TrackedRun`."""
        if self.mode == "disabled":
            yield TrackedRun()
            return
        arguments = self.arguments(about)
        tracked = TrackedRun(partial(wandb_runs.start, folder, self.mode, about.repeats, arguments))
        failed = True
        try:
            yield tracked
            failed = False
        finally:
            tracked.finish(failed, self.finish_timeout_s)

    def arguments(self, about: wandb_runs.About) -> dict[str, Any]:
        """Those of `wandb.init` that say where a run belongs."""
        return {
            "project": self.project,
            "entity": self.entity,
            "group": self.group,
            "tags": [*dict.fromkeys([*about.tags, *self.tags])],
            "notes": self.notes,
            "name": about.name,
            "job_type": about.job_type,
            "config": dict(about.config),
        }


class TrackedRun:
    """A run in progress, which a thread of its own tells W&B about: no search waits for W&B, be it
    starting, stalled or gone. Does nothing where tracking is disabled, or after its first error.

    An error of W&B, for example when its service process dies, is logged once and stops nothing.

    Args:
        start: starts a run of W&B, unless the event that it is called with is set by then; None
            where tracking is disabled.
    """

    def __init__(self, start: Callable[[Event], Any] | None = None) -> None:
        self.finished = self.online = False
        self._given_up = Event()
        self._said = self._failed = False
        self._started = self._ended = self._candidate_failed = False
        self._start = start
        self._actions = PriorityQueue[tuple[int, int, Callable[[Any], object] | None]]()
        self._count = count()  # what has the same priority is told in its order
        self._thread: Thread | None = None
        if start is not None:
            self._thread = Thread(target=self._tell, name="tracking", daemon=True)
            self._thread.start()

    @property
    def active(self) -> bool:
        """Whether anything is tracked, and W&B has not failed."""
        return self._thread is not None and not (self._failed or self._given_up.is_set())

    def log(self, metrics: Mapping[str, float], step: int) -> None:
        """Numbers of one step."""
        self.tell(lambda run: run.log(dict(metrics), step=step))

    def tell(self, action: Callable[[Any], object]) -> None:
        """Calls something with W&B's run, after what was told before."""
        if self.active:
            self._said = True
            self._put(_OF_RUN, action)

    def report_candidate(self, action: Callable[[Any], object]) -> None:
        """Calls something with W&B's run once nothing of the run itself is left to be told. Its
        error is logged, and ends the reports of candidates alone.
        """
        if self.active:
            self._put(_OF_CANDIDATE, action)

    def _put(self, priority: int, action: Callable[[Any], object] | None) -> None:
        self._actions.put((priority, next(self._count), action))

    def finish(self, failed: bool, timeout_s: float) -> None:
        """Ends the run of W&B, and gives up on it after a time; `finished` says which it was.

        A search that failed before there was anything to say has no run. Candidates of a search
        that failed are not waited for: they are told when it is resumed.
        """
        if self._thread is None:
            return
        self._put(_OF_RUN, None if failed and not self._said else partial(self._finish, failed))
        self._put(_OF_RUN if failed else _END, None)
        try:
            self._thread.join(timeout_s)
            if self._thread.is_alive() and not self._failed:
                log.warning("W&B: %s", self._unsaid(timeout_s))
        finally:  # also after a Ctrl-C: the interpreter would wait for the service without end
            if self._thread.is_alive():
                self._given_up.set()
                wandb_service.end()

    def _unsaid(self, timeout_s: float) -> str:
        """What W&B has not taken in time, and what to do about it."""
        limit = f"within logger.finish_timeout_s={timeout_s:g}"
        if not self._started:
            return (
                f"it did not start {limit}; nothing was tracked; run the same command again to "
                "track it"
            )
        if self._ended:
            number = self._actions.qsize()
            were = "candidate was" if number == 1 else "candidates were"
            return f"{number} {were} not sent {limit}; run the same command again for the rest"
        return f"it did not finish {limit}; wandb sync uploads later what it has written"

    def _tell(self) -> None:
        """Starts W&B's run and calls the actions in their order, until one of them fails. Once the
        run is given up, nothing more of W&B is touched, which the next run may be using.
        """
        try:
            with contextlib.suppress(Empty):  # something is said, or START_AFTER_S are over
                first = self._actions.get(timeout=START_AFTER_S)
                if first[-1] is None:  # a run that ended before there was anything to say
                    return
                self._actions.put(first)
            self._said = True
            run = self._start(self._given_up) if self._start is not None else None
            self._started = True
            self.online = not getattr(run, "offline", True)
            while not self._given_up.is_set():
                item = self._actions.get()
                if item[-1] is None:
                    self.finished = not self._candidate_failed
                    wandb_service.forget_service(_files(run))
                    return
                self._call(run, *item)
        except Exception as error:  # of every kind, from its sockets to its own
            if not self._given_up.is_set():
                self._failed = True
                log.warning("W&B: %s; this run continues without it", _reason(error))
                wandb_service.tear_down()

    def _call(
        self, run: Any, priority: int, _: int, action: Callable[[Any], object] | None
    ) -> None:
        if action is None or (priority == _OF_CANDIDATE and self._candidate_failed):
            return
        try:
            action(run)
        except Exception as error:  # of every kind
            if priority != _OF_CANDIDATE or self._given_up.is_set():
                raise
            self._candidate_failed = True
            log.warning("W&B: %s; no more candidates have runs of their own", _reason(error))

    def _finish(self, failed: bool, run: Any) -> None:
        run.finish(exit_code=int(failed))
        self._ended = True
        wandb_service.open_staged(_files(run))


def _files(run: Any) -> Path:
    return Path(run.settings.root_dir) / wandb_runs.FILES


def _reason(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
