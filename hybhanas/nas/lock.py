"""The lock of a run's folder: one search at a time."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from hybhanas.errors import ConfigError

NAME = ".lock"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds a folder, which is made if missing, for one search.

    The lock is the kernel's (POSIX, whole file) on a small file that names its holder. It ends with
    the process, however that ends, so that what a killed search leaves behind blocks nobody. It
    holds between processes of a machine, and between machines where the file system carries locks:
    NFS 4 does, NFS 3 with its lock service; on one without locks nothing is refused. Within one
    process it holds nobody off.

    Raises:
        ConfigError: another process has it, or something that is no lock stands in its place.
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    with _held(path) as handle:
        holder = f"process {os.getpid()} on {socket.gethostname()}"
        since = datetime.now(UTC).isoformat(timespec="seconds")
        with contextlib.suppress(OSError):  # no room: the first write of the search says so
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{holder} since {since}\n".encode(), 0)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)  # while it is held: a waiting process sees that it went


@contextlib.contextmanager
def _held(path: Path) -> Iterator[int]:
    """The open and locked file; it is the one that the folder has, and no deleted one."""
    while True:
        handle = _opened(path)
        try:
            try:
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError):
                holder = os.pread(handle, 300, 0).decode(errors="replace").strip()
                raise ConfigError(
                    f"hydra.run.dir={path.parent} is not accepted: a search is running there, "
                    f"{holder or 'just started'}; accepted: another folder, or wait for its end"
                ) from None
            except OSError:  # ENOLCK, ENOTSUP: a file system without locks
                pass
            if _is(path, handle):
                yield handle
                return
        finally:
            os.close(handle)


def _opened(path: Path) -> int:
    """A handle of the lock's file, which is made if missing and is never another one's."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        handle = os.open(path, flags, 0o666)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise
    else:
        status = os.fstat(handle)
        if stat.S_ISREG(status.st_mode) and status.st_nlink <= 1:
            return handle
        os.close(handle)
    raise ConfigError(
        f"hydra.run.dir={path.parent} is not accepted: its {path.name} is a link, a pipe or a "
        "folder, and no lock; accepted: a folder without it"
    )


def _is(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.lstat(path), os.fstat(handle))
    except FileNotFoundError:
        return False
