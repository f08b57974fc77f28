"""A Ctrl-C that comes while Python collects garbage is not lost."""

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
