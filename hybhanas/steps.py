"""Progress of long work, for those who want to show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Done = Callable[[int], object]
"""Is called with the number of steps that are done."""

Steps = Callable[[str, int], AbstractContextManager[Done]]
"""Shows what is done, in how many steps, for as long as that takes."""


@contextmanager
def quiet(_what: str, _total: int) -> Iterator[Done]:
    """Steps that are not shown.

    Example:
        >>> with quiet("costing", 2) as done:
        ...     done(1)
    """
    yield lambda _: None
