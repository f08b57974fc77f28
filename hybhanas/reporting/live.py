"""Something that changes on a terminal, below what is printed and logged meanwhile."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console, RenderableType
from rich.live import Live


@contextmanager
def live(shown: Callable[[], RenderableType], console: Console, transient: bool) -> Iterator[Live]:
    """Shows something until the block ends. What is written meanwhile to a terminal stands above,
    also by handlers of logging that libraries make.

    Args:
        shown: what is shown at the moment.
        console: a terminal.
        transient: whether it is removed at the end.
    """
    own = sys.stdout, sys.stderr
    with Live(
        get_renderable=shown,
        console=console,
        transient=transient,
        redirect_stderr=sys.stderr.isatty(),
    ) as made:
        above = sys.stdout, sys.stderr
        for stream, proxy in zip(own, above, strict=True):
            if stream.isatty():
                _move_handlers(stream, proxy)
        try:
            yield made
        finally:
            for stream, proxy in zip(own, above, strict=True):
                _move_handlers(proxy, stream)  # with those that were made meanwhile


def _move_handlers(before: TextIO, after: TextIO) -> None:
    """Handlers of all loggers that write to one stream write to another from now on."""
    for logger in (logging.getLogger(), *logging.getLogger().manager.loggerDict.values()):
        for one in getattr(logger, "handlers", ()):  # the parent of a logger may be none itself
            # one that looks up its stream each time holds none
            if isinstance(one, logging.StreamHandler) and vars(one).get("stream") is before:
                one.setStream(after)
