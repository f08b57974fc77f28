"""Signals: SIGTERM and SIGHUP end a run as Ctrl-C does, and none is lost to garbage collection."""

from __future__ import annotations

import signal
import sys
import threading


def interrupt_again(ignored: sys.UnraisableHookArgs) -> None:
    """Raises again a Ctrl-C that came during garbage collection.

    Python drops what is raised in a finalizer, and a large heap is being collected for a good part
    of a second at a time.
    """
    if issubclass(ignored.exc_type, KeyboardInterrupt):
        main_thread = (threading.main_thread().ident, signal.SIGINT)
        later = threading.Timer(0.1, signal.pthread_kill, main_thread)  # the finalizer has returned
        later.daemon = True
        later.start()
    else:
        sys.__unraisablehook__(ignored)


class Stopped(KeyboardInterrupt):
    """A signal that asks the process to end."""

    def __init__(self, number: int):
        super().__init__(number)
        self.number = number


def stops_raise() -> None:
    """Has SIGTERM and SIGHUP raise `Stopped`, so that workers and files are cleared away, unless
    they are ignored, as under nohup. A second one ends the process at once.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _raise)


def _raise(number: int, frame: object) -> None:
    signal.signal(number, signal.SIG_DFL)
    raise Stopped(number)


def stopped_by(stop: KeyboardInterrupt) -> int:
    """The exit code of a process that was ended so: 130 after Ctrl-C, 143 after SIGTERM."""
    return 128 + (stop.number if isinstance(stop, Stopped) else signal.SIGINT)
