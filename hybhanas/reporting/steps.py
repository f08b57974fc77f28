"""How far something is, as a line: live on a terminal, now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

from rich.console import Console
from rich.text import Text

from hybhanas.reporting.live import live
from hybhanas.reporting.units import duration
from hybhanas.steps import Done, Steps, eta_s

EVERY_S = 10.0
"""Seconds between two lines in a file."""

AFTER_S = 1.0
"""Seconds after which a terminal has a line: what is quicker needs none."""


def steps_on(console: Console, every_s: float = EVERY_S) -> Steps:
    """Steps that are shown on a console: on a terminal, one line that is updated and removed at the
    end; elsewhere, a line every `every_s` seconds.
    """

    @contextmanager
    def steps(what: str, total: int) -> Iterator[Done]:
        state = _State(what, total)
        if console.is_terminal:
            with live(state.shown, console, transient=True):
                yield state.set_done
            return
        ended = Event()

        def tell() -> None:
            # A closed pipe ends these lines alone; rich's print would turn stdout to /dev/null.
            with suppress(OSError, ValueError):
                while not ended.wait(every_s):
                    console.file.write(f"{state.line()}\n")
                    console.file.flush()

        thread = Thread(target=tell, name="steps", daemon=True)
        thread.start()
        try:
            yield state.set_done
        finally:
            ended.set()
            thread.join()

    return steps


@dataclass(slots=True)
class _State:
    what: str
    total: int
    done: int = 0
    started: float = field(default_factory=time.monotonic)
    done_s: float = 0.0

    def set_done(self, done: int) -> None:
        self.done, self.done_s = done, time.monotonic() - self.started

    def line(self) -> str:
        """Such as `costing: 3 of 9, 12 s, ETA 24 s`; without an ETA before the first step, and
        while the last takes longer than those before.
        """
        elapsed_s = time.monotonic() - self.started
        counted = f" {self.done} of {self.total}," if self.total > 1 else ""
        left_s = round(eta_s(self.done, self.total, self.done_s, elapsed_s) or 0)
        eta = f", ETA {duration(left_s)}" if left_s > 0 else ""
        return f"{self.what}:{counted} {duration(round(elapsed_s))}{eta}"

    def shown(self) -> Text:
        """The line on a terminal."""
        young = time.monotonic() - self.started < AFTER_S
        return Text("" if young else self.line(), style="dim")
