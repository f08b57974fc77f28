"""Something that changes on a terminal, below what is printed and logged meanwhile."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.live import Live


@contextmanager
def live(shown: Callable[[], RenderableType], console: Console, transient: bool) -> Iterator[Live]:
    """Shows something until the block ends. Where stderr is a terminal too, what is written to it
    stands above, also by handlers of logging that were made before.

    Args:
        shown: what is shown at the moment.
        console: a terminal.
        transient: whether it is removed at the end.
    """
    stderr = sys.stderr
    handlers = [
        one
        for one in logging.getLogger().handlers
        if isinstance(one, logging.StreamHandler) and one.stream is stderr
    ]
    with Live(
        get_renderable=shown,
        console=console,
        transient=transient,
        redirect_stderr=stderr.isatty(),
    ) as made:
        for one in handlers:
            one.setStream(sys.stderr)
        try:
            yield made
        finally:
            for one in handlers:
                one.setStream(stderr)
