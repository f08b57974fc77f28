"""Standard streams that are closed or full. Nothing that takes time is imported here."""

from __future__ import annotations

import contextlib
import os
import sys


def open_streams() -> None:
    """Gives a process that was started without stdin, stdout or stderr empty ones, so that no file
    of a run takes their number.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - until the process ends


def notify(line: str) -> None:
    """Prints a line on stderr, if that takes it; the exit code says the rest."""
    with contextlib.suppress(OSError):
        print(line, file=sys.stderr)


def drop_unwritten() -> None:
    """Drops what the streams do not take: the interpreter would try again, and add its own lines
    and its own exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
