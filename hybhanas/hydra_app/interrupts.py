"""Signals: SIGTERM and SIGHUP end a run as Ctrl-C does, and none is lost, whatever drops it."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType

_AGAIN_S = 0.1

_IMPORTING = "<frozen importlib."
"""Files of Python's own code of imports. An exception there, just after it took the lock on
imports, keeps it locked: every other thread then waits at its next import.
"""


class Stopped(KeyboardInterrupt):
    """A signal that asks the process to end. Dropped on its way up, it is sent again."""

    raised: int | None = None
    one_has_arrived = False

    def __init__(self, number: int):
        super().__init__(number)
        self.number = number

    def __del__(self) -> None:
        if not Stopped.one_has_arrived:
            _send_again(self.number)


def stops_raise() -> None:
    """Has Ctrl-C, SIGTERM and SIGHUP raise `Stopped`, so that workers and files are cleared away,
    unless they are ignored, as under nohup. A second one of the latter two ends the process at
    once.

    The exception may be dropped on its way up: by Python, which drops what is raised in a
    finalizer, and a large heap is being collected for a good part of a second at a time; or by a
    module that excepts everything, as some do while they are imported.
    """
    sys.unraisablehook = _unraisable
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _raise)
    if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
        signal.signal(signal.SIGINT, _raise)


def _raise(number: int, frame: FrameType | None) -> None:
    if frame is not None and frame.f_code.co_filename.startswith(_IMPORTING):
        _send_again(number)
        return
    if number != signal.SIGINT:
        signal.signal(number, signal.SIG_DFL)
    Stopped.raised = number
    raise Stopped(number)


def _send_again(number: int) -> None:
    """Sends a signal once more, when what dropped its exception has returned."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(number, _raise)
    to_main_thread = (threading.main_thread().ident, number)
    later = threading.Timer(_AGAIN_S, signal.pthread_kill, to_main_thread)
    later.daemon = True
    later.start()


def _unraisable(ignored: sys.UnraisableHookArgs) -> None:
    if not issubclass(ignored.exc_type, Stopped):
        sys.__unraisablehook__(ignored)


def stop_was_raised() -> bool:
    """Whether a signal has asked the process to end. Any error afterwards may be its exception in
    another form: Python 3.11 makes a RuntimeError of what is raised in a `__set_name__`, as of
    every member of an enum, and modules make an ImportError of what stops an import of theirs.
    """
    return Stopped.raised is not None


def stopped_by(error: BaseException) -> int | None:
    """The exit code of a process that a signal has ended: 130 after Ctrl-C, 143 after SIGTERM; None
    if the error has another reason.
    """
    if not (stop_was_raised() or isinstance(error, KeyboardInterrupt)):
        return None
    Stopped.one_has_arrived = True
    return 128 + (Stopped.raised or signal.SIGINT)
