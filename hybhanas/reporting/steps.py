"""How far something is, as a line: live on a terminal, now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

from rich.console import Console
from rich.live import Live
from rich.text import Text

from hybhanas.reporting.units import duration
from hybhanas.steps import Done, Steps

EVERY_S = 10.0
"""Seconds between two lines in a file."""

AFTER_S = 1.0
"""Seconds after which a terminal has a line: what is quicker needs none."""


def steps_on(console: Console, every_s: float = EVERY_S) -> Steps:
    """Steps that are shown on a console: a line that changes and goes on a terminal, and elsewhere
    lines, none of what takes less than `every_s`.
    """

    @contextmanager
    def steps(what: str, total: int) -> Iterator[Done]:
        state = _State(what, total)
        if console.is_terminal:
            with Live(get_renderable=state.shown, console=console, transient=True):
                yield state.set_done
            return
        ended = Event()

        def tell() -> None:
            with suppress(OSError, ValueError):  # nobody reads: the results say so
                while not ended.wait(every_s):
                    console.print(state.line(), markup=False, highlight=False, soft_wrap=True)

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

    def set_done(self, done: int) -> None:
        self.done = done

    def line(self) -> str:
        """Such as `costing: 3 of 9, 12 s, ETA 24 s`; no time is foretold before the first step."""
        elapsed_s = time.monotonic() - self.started
        counted = f" {self.done} of {self.total}," if self.total > 1 else ""
        left = self.total - self.done
        eta = f", ETA {duration(elapsed_s * left / self.done)}" if self.done and left else ""
        return f"{self.what}:{counted} {duration(round(elapsed_s))}{eta}"

    def shown(self) -> Text:
        """The line on a terminal."""
        young = time.monotonic() - self.started < AFTER_S
        return Text("" if young else self.line(), style="dim")
