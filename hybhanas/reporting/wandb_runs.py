"""Runs of W&B: how one starts, and which id the run of a folder has."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, ClassVar

from hybhanas import atomic
from hybhanas.reporting import wandb_service
from hybhanas.reporting.service import Service
from hybhanas.stored import read_bytes, read_json

FILES = "wandb"
"""The folder of W&B in that of a run."""

_ID = "run_id"
_COMPLETE = "complete"  # a file beside that of a candidate's run which was told to its end
_LONGEST = 64
START_TIMEOUT_S = 30.0
"""How long a server may take to begin a run."""

log = logging.getLogger(__name__)


def known_id(folder: Path) -> str | None:
    """The id of W&B's run of a folder; None if it was never tracked."""
    with contextlib.suppress(OSError, ValueError):
        text = read_bytes(folder / FILES / _ID, _LONGEST).decode().strip()
        return text if re.fullmatch(r"[a-z0-9]+", text) else None
    return None


def own_id(folder: Path) -> str:
    """The same; made where there is none, and kept there, so that every attempt is the same run."""
    known = known_id(folder)
    if known is None:
        known = secrets.token_hex(6)
        (folder / FILES).mkdir(parents=True, exist_ok=True)
        atomic.write_text(folder / FILES / _ID, f"{known}\n")
    return known


def sent(folder: Path, run_id: str) -> dict[str, Any]:
    """The summary of a run at the end of what `wandb sync` has sent of it; empty before that."""
    runs = _offline(folder, run_id)
    summaries = [path / "files" / "wandb-summary.json" for path in runs if _is_sent(path)]
    with contextlib.suppress(OSError, ValueError, IndexError):
        summary = read_json(summaries[-1])
        return summary if isinstance(summary, dict) else {}
    return {}


def candidates(folder: Path, run_id: str, online: bool) -> set[str]:
    """The suffixes of the runs beside a run that were told to their end, here or to a server.

    Args:
        folder: of the run.
        run_id: of the run.
        online: whether it is not enough that they are here.
    """
    return {
        path.name.rpartition("-")[2]
        for path in (folder / FILES).glob(f"*run-*-{run_id}-*")
        if _is_complete(path)
        and (not online or not path.name.startswith("offline-") or _is_sent(path))
    }


def _remove_unsent(folder: Path, run_id: str) -> None:
    """Removes offline attempts that were never sent, and their incomplete candidates."""
    parts = [path for path in _offline(folder, f"{run_id}-*") if not _is_complete(path)]
    _remove([*_offline(folder, run_id), *parts])


def _remove(attempts: Iterable[Path]) -> None:
    """Removes those of some offline attempts that were never sent."""
    for path in attempts:
        if not _is_sent(path):
            shutil.rmtree(path, ignore_errors=True)


def _is_complete(path: Path) -> bool:
    return (path / _COMPLETE).exists()


def _offline(folder: Path, run_id: str) -> list[Path]:
    """The folders of offline attempts, by time."""
    return sorted((folder / FILES).glob(f"offline-run-*_*-{run_id}"))


def _is_sent(path: Path) -> bool:
    return any(path.glob("*.synced"))


@dataclass(frozen=True, slots=True)
class Wandb(Service):
    """W&B as what takes the run of a folder. A run that the user has in progress in this process
    stays as it is.

    Args:
        folder: of the run, which W&B writes to.
        mode: `offline` or `online`; a run that cannot be online is offline.
        repeats: see `About`.
        arguments: further ones of `wandb.init`.
    """

    name: ClassVar[str] = "W&B"
    later: ClassVar[str] = "wandb sync uploads later what it has written"

    folder: Path
    mode: str
    repeats: bool
    arguments: Mapping[str, Any]

    def start(self, given_up: Event) -> Any:
        """Starts the run of the folder, or resumes it.

        Args:
            given_up: set once nobody waits for the run.

        Raises:
            TimeoutError: it was set before the run had started.
        """
        wandb_service.report_nothing()
        import wandb

        mode, files = self.mode, self.folder / FILES
        if mode == "online" and not _has_key():
            log.warning("W&B: no API key is known; this run is offline")
            mode = "offline"
        wandb_service.wait_for_other(files, given_up)
        if given_up.is_set():
            raise TimeoutError("given up")
        wandb_service.remove_left_over(files)
        wandb_service.keep_staged_in(files)
        wandb_service.use_folder(files)
        settings = wandb.Settings(silent=True, console="off", init_timeout=START_TIMEOUT_S)
        run_id = own_id(self.folder)
        if self.repeats:
            _remove_unsent(self.folder, run_id)
        init: dict[str, Any] = {"dir": str(self.folder), "id": run_id, "settings": settings}
        init |= {"reinit": "create_new"} | dict(self.arguments)
        if mode == "offline":
            run = wandb.init(mode="offline", **init)
        else:
            try:
                run = wandb.init(mode="online", resume="allow", **init)
            except (wandb.errors.Error, OSError) as error:
                if given_up.is_set() or not wandb_service.is_ours():  # or it died
                    raise
                reason = " ".join(str(error).split())[:200]
                log.warning("W&B: %s; this run is offline, and wandb sync uploads it later", reason)
                wandb_service.end()  # it holds the id of the run
                run = wandb.init(mode="offline", **init)
        if given_up.is_set():  # what runs now may be the service of the next run
            raise TimeoutError("given up")
        wandb_service.note_service(files)
        return run

    def finish(self, run: Any, failed: bool) -> None:
        """Ends the run; what `wandb sync` needs gets the mode of the run's other files."""
        run.finish(exit_code=int(failed))
        wandb_service.open_staged(self.folder / FILES)

    def forget(self) -> None:
        """Its process needs no next attempt to end it."""
        wandb_service.forget_service(self.folder / FILES)

    def tear_down(self) -> None:
        """Has W&B's client end its process."""
        wandb_service.tear_down()

    def end(self) -> None:
        """Ends its process at once."""
        wandb_service.end()


def start_beside(run: Any, suffix: str, arguments: Mapping[str, Any]) -> Any:
    """Starts a light run beside another, in its folder and mode: nothing of the computer is noted.

    Args:
        run: of W&B, in progress.
        suffix: of the id, after the other's.
        arguments: further ones of `wandb.init`.
    """
    import wandb

    settings = wandb.Settings(
        silent=True, console="off", init_timeout=START_TIMEOUT_S, x_disable_stats=True,
        x_disable_meta=True, x_disable_machine_info=True, x_save_requirements=False,
        disable_git=True,
    )  # fmt: skip
    init: dict[str, Any] = {"id": f"{run.id}-{suffix}", "dir": str(run.settings.root_dir)}
    init |= {"settings": settings, "reinit": "create_new"} | dict(arguments)
    if run.offline:
        return wandb.init(mode="offline", **init)
    return wandb.init(mode="online", resume="allow", **init)


def finish_beside(run: Any) -> None:
    """Ends such a run, and notes that. What an offline attempt has of it need not be sent, too."""
    folder, run_id = Path(run.settings.sync_dir), run.id
    run.finish()
    (folder / _COMPLETE).touch()
    if not run.offline:
        _remove(_offline(Path(run.settings.root_dir), run_id))


def _has_key() -> bool:
    from requests.utils import get_netrc_auth

    host = os.environ.get("WANDB_BASE_URL", "https://api.wandb.ai")
    return bool(os.environ.get("WANDB_API_KEY")) or get_netrc_auth(host) is not None
