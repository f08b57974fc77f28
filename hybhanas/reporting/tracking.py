"""Weights & Biases or MLflow: a mirror of the records, never their only copy, and never in their
way.
"""

from __future__ import annotations

import contextlib
import logging
import math
import re
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
from hybhanas.reporting import mlflow_runs, wandb_runs
from hybhanas.reporting.service import About, Service

SERVICES = ("wandb", "mlflow")
MODES = ("offline", "online", "disabled")

START_AFTER_S = 15.0
"""Seconds after which a service is started, or with the first thing to say: importing W&B at once
would delay the first generation by its own 2 s.
"""

log = logging.getLogger(__name__)

_OF_RUN, _OF_CANDIDATE, _END = range(3)
"""What is told first: a run and its end, then its candidates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker:
    """How runs are tracked, by Weights & Biases or by MLflow.

    Raises:
        ConfigError: a value that is not accepted.
    """

    AFFECTS_RESULTS: ClassVar[bool] = False

    service: str = "wandb"  # wandb, or mlflow, which tracks searches alone
    # offline writes to this computer: W&B below the run's folder, for `wandb sync` to upload,
    # MLflow to outputs/mlflow.db; online sends: W&B where a key is known and the server answers,
    # else it is offline and says so, MLflow where MLFLOW_TRACKING_URI says; disabled does nothing.
    mode: str = "offline"
    project: str = "hybhanas"  # or the experiment of MLflow
    entity: str | None = None  # of W&B; null: the account's default
    group: str | None = None  # runs to be compared share one
    tags: Sequence[str] = ()  # besides the names of backend, data set and search
    notes: str | None = None  # a sentence about the run
    # QPU times: the best accuracy of what is cheaper is a metric, which tells backends apart.
    under_s: Sequence[float] = (3600.0, 86400.0, 2592000.0)
    candidates: bool = False  # every candidate is a light run of W&B too, to compare genes by
    finish_timeout_s: float = 30.0  # how long a finished search waits for the rest to be taken

    def __post_init__(self) -> None:
        if self.service not in SERVICES:
            raise unknown("logger.service", self.service, SERVICES)
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
        if self.by_mlflow and self.candidates:
            raise ConfigError(
                "logger.candidates=true is not accepted: logger=mlflow tracks a search as one run"
            )
        if self.by_mlflow and self.mode != "disabled":
            mlflow_runs.check_installed()

    @property
    def by_mlflow(self) -> bool:
        """Whether MLflow tracks the run rather than W&B."""
        return self.service == "mlflow"

    @contextmanager
    def run(self, folder: Path, about: About) -> Iterator[TrackedRun]:
        """One tracked run, finished whatever happens inside; see `TrackedRun`."""
        if self.mode == "disabled":
            yield TrackedRun()
            return
        tracked = TrackedRun(self._service(folder, about))
        failed = True
        try:
            yield tracked
            failed = False
        finally:
            tracked.finish(failed, self.finish_timeout_s)

    def _service(self, folder: Path, about: About) -> Service:
        if self.by_mlflow:
            return mlflow_runs.Mlflow(folder, self.mode, self.arguments(about))
        return wandb_runs.Wandb(folder, self.mode, about.repeats, self.arguments(about))

    def destination(self, online: bool) -> str:
        """Where a run was tracked to its end, as its folder notes it."""
        if self.by_mlflow:
            return f" mlflow {mlflow_runs.store_hash(self.mode)}"
        return " online" * online

    def arguments(self, about: About) -> dict[str, Any]:
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
    """A run in progress, which a thread of its own tells a service about: no search waits for the
    service, be it starting, stalled or gone. Does nothing where tracking is disabled, or after its
    first error.

    An error of the service, for example when W&B's process dies, is logged once and stops nothing.

    Args:
        service: takes the run; None where tracking is disabled.
    """

    def __init__(self, service: Service | None = None) -> None:
        self.finished = self.online = False
        self._given_up = Event()
        self._said = self._failed = False
        self._started = self._ended = self._candidate_failed = False
        self._service: Any = service
        self._actions = PriorityQueue[tuple[int, int, Callable[[Any], object] | None]]()
        self._count = count()  # what has the same priority is told in its order
        self._thread: Thread | None = None
        if service is not None:
            self._thread = Thread(target=self._tell, name="tracking", daemon=True)
            self._thread.start()

    @property
    def active(self) -> bool:
        """Whether anything is tracked, and the service has not failed."""
        return self._thread is not None and not (self._failed or self._given_up.is_set())

    def log(self, metrics: Mapping[str, float], step: int) -> None:
        """Numbers of one step."""
        self.tell(lambda run: run.log(dict(metrics), step=step))

    def tell(self, action: Callable[[Any], object]) -> None:
        """Calls something with the service's run, after what was told before."""
        if self.active:
            self._said = True
            self._put(_OF_RUN, action)

    def report_candidate(self, action: Callable[[Any], object]) -> None:
        """Calls something with the service's run once nothing of the run itself is left to be told.
        Its error is logged, and ends the reports of candidates alone.
        """
        if self.active:
            self._put(_OF_CANDIDATE, action)

    def _put(self, priority: int, action: Callable[[Any], object] | None) -> None:
        self._actions.put((priority, next(self._count), action))

    def finish(self, failed: bool, timeout_s: float) -> None:
        """Ends the run, and gives up on it after a time; `finished` says which it was.

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
                log.warning("%s: %s", self._service.name, self._unsaid(timeout_s))
        finally:  # also after a Ctrl-C: the interpreter would wait for the service without end
            if self._thread.is_alive():
                self._given_up.set()
                self._service.end()

    def _unsaid(self, timeout_s: float) -> str:
        """What the service has not taken in time, and what to do about it."""
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
        return f"it did not finish {limit}; {self._service.later}"

    def _tell(self) -> None:
        """Starts the service's run and calls the actions in their order, until one of them fails.
        Once the run is given up, nothing more of the service is touched, which the next run may be
        using.
        """
        try:
            with contextlib.suppress(Empty):  # something is said, or START_AFTER_S are over
                first = self._actions.get(timeout=START_AFTER_S)
                if first[-1] is None:  # a run that ended before there was anything to say
                    return
                self._actions.put(first)
            self._said = True
            run = self._service.start(self._given_up)
            self._started = True
            self.online = not getattr(run, "offline", True)
            while not self._given_up.is_set():
                item = self._actions.get()
                if item[-1] is None:
                    self.finished = not self._candidate_failed
                    self._service.forget()
                    return
                self._call(run, *item)
        except Exception as error:  # of every kind, from its sockets to its own
            if not self._given_up.is_set():
                self._failed = True
                name, reason = self._service.name, _reason(error)
                log.warning("%s: %s; this run continues without it", name, reason)
                self._service.tear_down()

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
            name, reason = self._service.name, _reason(error)
            log.warning("%s: %s; no more candidates have runs of their own", name, reason)

    def _finish(self, failed: bool, run: Any) -> None:
        self._service.finish(run, failed)
        self._ended = True


def _reason(error: Exception) -> str:
    """In a line, without the password of an address."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return re.sub(r"//[^/@\s]*@", "//", text)[:200]
