"""Weights & Biases: a mirror of the records, never their only copy, and never in their way."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from hybhanas.errors import unknown

MODES = ("offline", "online", "disabled")
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

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise unknown("logger.mode", self.mode, MODES)

    @contextmanager
    def run(self, folder: Path, name: str, config: dict[str, Any]) -> Iterator[TrackedRun]:
        """One tracked run, finished whatever happens inside; see `TrackedRun`."""
        tracked = TrackedRun()
        if self.mode != "disabled":
            tracked.attempt(lambda _: tracked.follow(self._start(folder, name, config)))
        failed = True
        try:
            yield tracked
            failed = False
        finally:
            tracked.attempt(lambda run: run and run.finish(exit_code=int(failed)))

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
        try:
            return wandb.init(mode=mode, **arguments)
        except (wandb.errors.Error, OSError) as error:
            if mode == "offline":
                raise
            log.warning("W&B: %s; this run is offline", " ".join(str(error).split())[:200])
            return wandb.init(mode="offline", **arguments)


class TrackedRun:
    """A run in progress; does nothing where tracking is disabled, or after its first error.

    An error of W&B, for example when its service process dies, is logged once and stops nothing.
    """

    def __init__(self) -> None:
        self._run: Any = None
        self._failed = False

    def follow(self, run: Any) -> None:
        """Sets the run of W&B that mirrors this one."""
        self._run = run

    def log(self, metrics: dict[str, float], step: int) -> None:
        """Numbers of one step."""
        self.attempt(lambda run: run and run.log(metrics, step=step))

    def finish_with(
        self, summary: dict[str, Any], table: list[dict[str, Any]], pictures: Sequence[Path]
    ) -> None:
        """Logs the summary of the run, the table of evaluations and the pictures."""

        def log_results(run: Any) -> None:
            if run is None:
                return
            import wandb

            columns = list(table[0]) if table else []
            rows = [[row.get(name) for name in columns] for row in table]
            run.log({"evaluation_table": wandb.Table(columns=columns, data=rows)})
            run.log({path.stem: wandb.Image(str(path)) for path in pictures})
            run.summary.update(summary)

        self.attempt(log_results)

    def attempt(self, action: Callable[[Any], object]) -> None:
        """Calls an action with W&B's run, or None, unless one failed before."""
        if self._failed:
            return
        try:
            action(self._run)
        except Exception as error:  # of every kind, from its sockets to its own
            self._failed = True
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            log.warning("W&B: %s; this run continues without it", reason)
            _tear_down()


def _tear_down() -> None:
    """Ends W&B's service, so that the next run starts a new one and the exit expects none."""
    import wandb

    with contextlib.suppress(Exception, SystemExit):
        wandb.teardown()


def _has_key() -> bool:
    from requests.utils import get_netrc_auth

    host = os.environ.get("WANDB_BASE_URL", "https://api.wandb.ai")
    return bool(os.environ.get("WANDB_API_KEY")) or get_netrc_auth(host) is not None
