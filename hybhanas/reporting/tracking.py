"""Weights & Biases: a mirror of the records, never their only copy, and never in their way."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, ClassVar

from hybhanas.errors import ConfigError, unknown
from hybhanas.reporting import wandb_runs, wandb_service

MODES = ("offline", "online", "disabled")

START_AFTER_S = 15.0
"""Seconds after which W&B is started, or with the first thing to say: importing it at once would
delay the first generation by its own 2 s.
"""

log = logging.getLogger(__name__)


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
        tracked = TrackedRun(
            lambda: wandb_runs.start(folder, self.mode, about.repeats, self.arguments(about))
        )
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
        start: starts a run of W&B; None where tracking is disabled.
    """

    def __init__(self, start: Callable[[], Any] | None = None) -> None:
        self.finished = self.online = False
        self._given_up = self._said = self._failed = self._started = False
        self._start = start
        self._actions: SimpleQueue[Callable[[Any], object] | None] = SimpleQueue()
        self._thread: Thread | None = None
        if start is not None:
            self._thread = Thread(target=self._tell, name="tracking", daemon=True)
            self._thread.start()

    @property
    def active(self) -> bool:
        """Whether anything is tracked, and W&B has not failed."""
        return self._thread is not None and not (self._failed or self._given_up)

    def log(self, metrics: Mapping[str, float], step: int) -> None:
        """Numbers of one step."""
        self.tell(lambda run: run.log(dict(metrics), step=step))

    def tell(self, action: Callable[[Any], object]) -> None:
        """Calls something with W&B's run, after what was told before."""
        if self.active:
            self._said = True
            self._actions.put(action)

    def finish(self, failed: bool, timeout_s: float) -> None:
        """Ends the run of W&B, and gives up on it after a time; `finished` says which it was.

        A search that failed before there was anything to say has no run.
        """
        if self._thread is None:
            return
        self._actions.put(None if failed and not self._said else partial(_finish, failed=failed))
        self._actions.put(None)
        try:
            self._thread.join(timeout_s)
            if self._thread.is_alive() and not self._failed:
                log.warning("W&B: %s", self._unsaid(timeout_s))
        finally:  # also after a Ctrl-C: the interpreter would wait for the service without end
            if self._thread.is_alive():
                self._given_up = True
                wandb_service.end()

    def _unsaid(self, timeout_s: float) -> str:
        """What W&B has not taken in time, and what to do about it."""
        limit = f"within logger.finish_timeout_s={timeout_s:g}"
        if not self._started:
            return (
                f"it did not start {limit}; nothing is tracked, until the same command runs again"
            )
        return f"it did not finish {limit}; wandb sync uploads later what it has written"

    def _first_action(self) -> Callable[[Any], object] | None:
        """What is said first, or nothing after START_AFTER_S."""
        try:
            return self._actions.get(timeout=START_AFTER_S)
        except Empty:
            self._said = True
            return lambda _: None

    def _tell(self) -> None:
        """Starts W&B's run and calls the actions in their order, until one of them fails."""
        try:
            action = self._first_action()
            if action is None:  # a run that ended before there was anything to say
                return
            run = self._start() if self._start is not None else None
            self._started = True
            self.online = not getattr(run, "offline", True)
            while action is not None:
                action(run)
                action = self._actions.get()
            self.finished = True
        except Exception as error:  # of every kind, from its sockets to its own
            if not self._given_up:
                self._failed = True
                reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
                log.warning("W&B: %s; this run continues without it", reason)
            wandb_service.tear_down()


def _finish(run: Any, failed: bool) -> None:
    run.finish(exit_code=int(failed))
    wandb_service.open_staged(Path(run.settings.root_dir) / wandb_runs.FILES)
