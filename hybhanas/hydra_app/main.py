"""The entry point: streams, signals and the exit code. It imports nothing that takes time, so that
a Ctrl-C finds it prepared from the start.
"""

from __future__ import annotations

import gc
import sys

from hybhanas.hydra_app.interrupts import stopped_by, stops_raise
from hybhanas.hydra_app.streams import drop_unwritten, notify, open_streams


def main() -> None:
    """Runs the command line; see `hybhanas.hydra_app.application.called`."""
    code: int | None
    open_streams()
    try:
        stops_raise()
        from hybhanas.hydra_app.application import called

        code = called(sys.argv[1:])
    except BaseException as error:
        code = stopped_by(error)
        if code is None:
            raise
        notify("stopped; the same command on the same folder resumes the run")
    finally:
        gc.freeze()  # else the interpreter looks for garbage among all imports, for seconds
        drop_unwritten()
    if code:
        sys.exit(code)
