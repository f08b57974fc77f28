"""Files that are either whole or absent: written beside, synced, renamed."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import tempfile
import time
from pathlib import Path
from typing import Any

_PARTIAL = ".part"
_LONGEST_WRITE_S = 60
_NO_SYNC = (errno.EINVAL, errno.ENOTSUP)
"""What file systems answer that cannot sync a directory."""


def write_bytes(path: Path, content: bytes, beside: Path | None = None, sync: bool = True) -> None:
    """Writes a file so that a crash at any moment leaves the old one or the new one.

    Only its owner can read it until it is complete; then its mode is what the umask leaves of 0666.

    Args:
        path: of the file.
        content: of it.
        beside: the folder, of the same file system, that it is written in until it is complete;
            None: its own.
        sync: whether it must last through a loss of power; without, which takes milliseconds less,
            that may leave it damaged.

    Raises:
        OSError: with `path` as its file name; nothing is left of the attempt.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=beside or path.parent, prefix=f".{path.name}.", suffix=_PARTIAL
        )
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                if sync:
                    os.fsync(handle)
                os.fchmod(handle, 0o666 & ~_umask())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        if sync:
            _sync_directory(path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def open_to_others(path: Path) -> None:
    """Gives a file that something else wrote the mode that the umask leaves of 0666."""
    path.chmod(0o666 & ~_umask())


def _umask() -> int:
    """The umask of this process, from the kernel: asking for it by `os.umask` sets it, for every
    thread, so that is left to systems without /proc.
    """
    try:
        status = Path("/proc/self/status").read_text()
        return int(re.search(r"^Umask:\s*([0-7]+)$", status, re.MULTILINE)[1], 8)  # type: ignore[index]
    except (OSError, TypeError):
        umask = os.umask(0o077)
        os.umask(umask)
        return umask


def _sync_directory(folder: Path) -> None:
    """Makes a rename last through a loss of power, where the file system can."""
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(directory)


def is_partial(path: Path) -> bool:
    """Whether a file is what a killed write left behind."""
    return path.name.startswith(".") and path.suffix == _PARTIAL


def remove_partial_below(folder: Path) -> None:
    """Deletes what killed writes left behind below a folder that no one else is writing to."""
    for path in folder.rglob(f".*{_PARTIAL}"):
        path.unlink(missing_ok=True)


def remove_partial(folder: Path) -> None:
    """Deletes what killed writes left behind in a folder that others may be writing to: what is
    older than a minute, since a write takes milliseconds.
    """
    with contextlib.suppress(OSError):
        for path in folder.glob(f".*{_PARTIAL}"):
            if time.time() - path.lstat().st_mtime > _LONGEST_WRITE_S:
                path.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """`write_bytes` of UTF-8 text."""
    write_bytes(path, text.encode())


def write_json(path: Path, value: Any, beside: Path | None = None) -> None:
    """`write_bytes` of strict JSON, indented and in key order; NaN and infinity are refused."""
    text = json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n"
    write_bytes(path, text.encode(), beside)
