"""Weights & Biases: a mirror of the records, never their only copy, and never in their way."""

from __future__ import annotations

import contextlib
import logging
import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, ClassVar

from hybhanas.errors import ConfigError, unknown
from hybhanas.reporting import wandb_service

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
    tags: Sequence[str] = ()
    finish_timeout_s: float = 30.0  # how long a finished search waits for W&B to take the rest

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise unknown("logger.mode", self.mode, MODES)
        if not 0 <= self.finish_timeout_s < math.inf:
            raise ConfigError(
                f"logger.finish_timeout_s={self.finish_timeout_s} is not accepted: seconds, from 0"
            )

    @contextmanager
    def run(self, folder: Path, name: str, config: dict[str, Any]) -> Iterator[TrackedRun]:
        """One tracked run, finished whatever happens inside; see `TrackedRun`."""
        if self.mode == "disabled":
            yield TrackedRun()
            return
        tracked = TrackedRun(lambda: self._start(folder, name, config))
        failed = True
        try:
            yield tracked
            failed = False
        finally:
            tracked.finish(failed, self.finish_timeout_s)

    def _start(self, folder: Path, name: str, config: dict[str, Any]) -> Any:
        import wandb

        mode: Any = self.mode
        if mode == "online" and not _has_key():
            log.warning("W&B: no API key is known; this run is offline")
            mode = "offline"
        settings = wandb.Settings(silent=True, console="off", init_timeout=30)
        arguments: dict[str, Any] = {
            "dir": str(folder),
            "project": self.project,
            "entity": self.entity,
            "group": self.group,
            "tags": list(self.tags),
            "name": name,
            "config": config,
            "settings": settings,
            "reinit": "finish_previous",
        }
        files = folder / "wandb"
        wandb_service.remove_left_over(files)
        try:
            run = wandb.init(mode=mode, **arguments)
        except (wandb.errors.Error, OSError) as error:
            if mode == "offline":
                raise
            log.warning("W&B: %s; this run is offline", " ".join(str(error).split())[:200])
            run = wandb.init(mode="offline", **arguments)
        wandb_service.use_folder(files)
        return run


class TrackedRun:
    """A run in progress, which a thread of its own tells W&B about: no search waits for W&B, be it
    starting, stalled or gone. Does nothing where tracking is disabled, or after its first error.

    An error of W&B, for example when its service process dies, is logged once and stops nothing.

    Args:
        start: starts a run of W&B; None where tracking is disabled.
    """

    def __init__(self, start: Callable[[], Any] | None = None) -> None:
        self.finished = False
        self._given_up = self._said = False
        self._start = start
        self._actions: SimpleQueue[Callable[[Any], object] | None] = SimpleQueue()
        self._thread: Thread | None = None
        if start is not None:
            self._thread = Thread(target=self._tell, name="tracking", daemon=True)
            self._thread.start()

    def log(self, metrics: dict[str, float], step: int) -> None:
        """Numbers of one step."""
        self._said = True
        self._actions.put(lambda run: run.log(metrics, step=step))

    def finish_with(
        self, summary: dict[str, Any], table: list[dict[str, Any]], pictures: Sequence[Path]
    ) -> None:
        """Logs the summary of the run, the table of evaluations and the pictures."""

        def log_results(run: Any) -> None:
            import wandb

            columns = list(table[0]) if table else []
            rows = [[row.get(name) for name in columns] for row in table]
            run.log({"evaluation_table": wandb.Table(columns=columns, data=rows)})
            run.log({path.stem: wandb.Image(str(path)) for path in pictures})
            run.summary.update(summary)

        self._actions.put(log_results)

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
            if self._thread.is_alive():
                log.warning(
                    "W&B: it did not finish within logger.finish_timeout_s=%g; wandb sync uploads "
                    "later what it has written",
                    timeout_s,
                )
        finally:  # also after a Ctrl-C: the interpreter would wait for the service without end
            if self._thread.is_alive():
                self._given_up = True
                wandb_service.end_own()

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
            while action is not None:
                action(run)
                action = self._actions.get()
            self.finished = True
        except Exception as error:  # of every kind, from its sockets to its own
            if not self._given_up:
                reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
                log.warning("W&B: %s; this run continues without it", reason)
            _tear_down()


def _finish(run: Any, failed: bool) -> None:
    run.finish(exit_code=int(failed))


def _tear_down() -> None:
    """Ends W&B's service, so that the next run starts a new one and the exit expects none."""
    with contextlib.suppress(Exception, SystemExit):
        import wandb

        wandb.teardown()


def _has_key() -> bool:
    from requests.utils import get_netrc_auth

    host = os.environ.get("WANDB_BASE_URL", "https://api.wandb.ai")
    return bool(os.environ.get("WANDB_API_KEY")) or get_netrc_auth(host) is not None
