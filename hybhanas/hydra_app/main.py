"""The entry point: streams, signals and the exit code. It imports nothing that takes time, so that
a Ctrl-C finds it prepared from the start.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys

from hybhanas.hydra_app.interrupts import stopped_by, stops_raise


def main() -> None:
    """Runs the command line; see `hybhanas.hydra_app.application.called`."""
    _open_streams()
    try:
        stops_raise()
        from hybhanas.hydra_app.application import called

        code = called(sys.argv[1:])
    except KeyboardInterrupt as stop:
        code = stopped_by(stop)
        print("stopped; the same command on the same folder resumes the run", file=sys.stderr)
    finally:
        gc.freeze()  # else the interpreter looks for garbage among all imports, for seconds
        _close_output()
    if code:
        sys.exit(code)


def _open_streams() -> None:
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


def _close_output() -> None:
    """Drops what stdout does not take: the interpreter would try again, and add its own lines."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
