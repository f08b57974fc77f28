"""The processes and temporary folders of W&B: ended and removed by us where it cannot do so itself,
as when its server is silent or a search was killed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

from hybhanas import atomic
from hybhanas.stored import read_json

_NAME = "wandb-core"
_NOTE = "service.json"
_PATIENCE_S = 2.0

_STAGED = "staged"
_DATA = "WANDB_DATA_DIR"


def keep_staged_in(folder: Path) -> None:
    """Has W&B copy the files of its tables into a run's folder, where `wandb sync` finds them,
    rather than into the home directory, unless the user says where.

    Args:
        folder: of W&B in the run's.
    """
    known = os.environ.get(_DATA)
    if known is None or Path(known).name == _STAGED:  # ours, of an earlier run of this process
        os.environ[_DATA] = str(folder.absolute() / _STAGED)


def open_staged(folder: Path) -> None:
    """Gives these copies the mode of the run's other files."""
    for path in (folder / _STAGED).rglob("*"):
        if path.is_file():
            atomic.open_to_others(path)


def use_folder(folder: Path) -> None:
    """Moves W&B's temporary folders from the system's into a run's, where the next attempt finds
    what a killed one left behind.

    W&B has no setting for these folders. Where a version of it has others, they stay as they are;
    so do those that a run of the user's own is using.

    Args:
        folder: of W&B in the run's.
    """
    if _is_shared():
        return
    from wandb.sdk.artifacts.artifact import Artifact
    from wandb.sdk.data_types import _private

    for name, temporary in (
        ("media", getattr(_private, "MEDIA_TMP", None)),
        ("artifacts", getattr(Artifact, "_TMP_DIR", None)),
    ):
        if temporary is None:
            continue
        (folder / "tmp" / name).mkdir(parents=True, exist_ok=True)
        if Path(temporary.name).parent != folder / "tmp":
            temporary.cleanup()
            temporary.name = str(folder / "tmp" / name)


def report_nothing() -> None:
    """Keeps W&B from telling its maker how it is used, which an offline run must not, and for which
    the end of the process would wait where the server is silent; unless the environment says
    otherwise. To be called before W&B is imported.
    """
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")


def note_service(folder: Path) -> None:
    """Notes the process of W&B's service, which the next attempt ends if this one is killed, and
    waits for if this one is not.

    Args:
        folder: of W&B in the run's.
    """
    for pid, started in _own():
        note = {"pid": pid, "started": started, "parent": os.getpid()}
        with contextlib.suppress(OSError):  # no room: nothing is noted
            atomic.write_json(folder / _NOTE, note)


def forget_service(folder: Path) -> None:
    """Removes the note: the run has ended."""
    with contextlib.suppress(OSError):
        (folder / _NOTE).unlink(missing_ok=True)


def wait_for_other(folder: Path, given_up: Event) -> None:
    """Waits while another process, which has ended its search in this folder, still tells W&B of
    it.

    Args:
        folder: of W&B in the run's.
        given_up: ends the wait.
    """
    while (note := _noted(folder)) is not None and _is_in_use(*note):
        if given_up.wait(_PATIENCE_S / 10):
            return


def remove_left_over(folder: Path) -> None:
    """Removes what an earlier attempt left in a run's folder of W&B, its service included."""
    if (note := _noted(folder)) is not None and note[:2] not in _own():
        _end([note[:2]])
    shutil.rmtree(folder / "tmp", ignore_errors=True)
    forget_service(folder)


def _noted(folder: Path) -> tuple[int, float, int] | None:
    """The id and the start of the service that is noted in a folder, and the id of the process that
    started it, which older versions do not note.
    """
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, OverflowError):
        note = read_json(folder / _NOTE)
        return int(note["pid"]), float(note["started"]), int(note.get("parent", 0))
    return None


def is_ours() -> bool:
    """Whether this process has a service, which no run but ours needs."""
    return not _is_shared() and any(_own())


def _is_shared() -> bool:
    """Whether a run that the user started with `wandb.init` is in progress in this process. It is
    told by the same service as ours.
    """
    return getattr(_imported(), "run", None) is not None


def end() -> None:
    """Ends W&B in this process without waiting for what it has not sent, and without its words;
    unless a run of the user's own is in progress.
    """
    if _is_shared():
        return
    with contextlib.suppress(Exception):
        wandb = _imported()
        wandb.termsetup(wandb.Settings(silent=True), None)
    _end([*_own()])
    tear_down()


def tear_down() -> None:
    """Has W&B's client end its service, so that the next run starts a new one and the exit of this
    process expects none; unless a run of the user's own is in progress.
    """
    if _is_shared():
        return
    with contextlib.suppress(Exception, SystemExit):
        _imported().teardown()


def _imported() -> Any:
    """W&B's client as far as it is imported. An import would wait for that of another thread, which
    never ends if a signal interrupted one here while it held the interpreter's lock on imports.
    """
    return sys.modules.get("wandb")


def _own() -> Iterator[tuple[int, float]]:
    """The id and the start of each service of this process."""
    import psutil

    children = list[psutil.Process]()
    with contextlib.suppress(psutil.Error):  # no /proc
        children += psutil.Process().children(recursive=True)
    for child in children:
        with contextlib.suppress(psutil.Error):
            if _is_service(child):
                yield child.pid, child.create_time()


def _is_in_use(pid: int, started: float, parent: int) -> bool:
    """Whether the noted service still runs under the process that started it, another than this."""
    import psutil

    if parent == os.getpid():
        return False
    with contextlib.suppress(psutil.Error, ValueError, OverflowError):
        process = psutil.Process(pid)
        is_same = process.create_time() == started and _is_service(process)
        return is_same and process.ppid() == parent
    return False


def _is_service(process: object) -> bool:
    command = process.cmdline()  # type: ignore[attr-defined]
    return bool(command) and Path(command[0]).name == _NAME


def _end(services: list[tuple[int, float]]) -> None:
    """Ends processes if they are still those that are meant."""
    import psutil

    found = []
    for pid, started in services:
        with contextlib.suppress(psutil.Error, ValueError, OverflowError):
            process = psutil.Process(pid)
            if process.create_time() == started and _is_service(process):
                process.terminate()
                found.append(process)
    _, alive = psutil.wait_procs(found, timeout=_PATIENCE_S)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
