"""Progress of long work, for those who want to show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Done = Callable[[int], object]
"""Is called with the number of steps that are done."""

Steps = Callable[[str, int], AbstractContextManager[Done]]
"""Shows what is done, in how many steps, for as long as that takes."""


def eta_s(done: int, total: int, done_s: float, now_s: float) -> float | None:
    """Seconds that are left if the further steps take as long as those before; None before the
    first and after the last. A step that takes longer counts as about to end.

    Args:
        done: steps so far.
        total: steps in all.
        done_s: seconds from the start to the end of the last step that is done.
        now_s: seconds since the start.

    Example, of nine steps of which three took 12 s, 3 s and an hour later:
        >>> eta_s(3, 9, 12.0, 15.0), eta_s(3, 9, 12.0, 3615.0)
        (21.0, 20.0)
    """
    if not 0 < done < total:
        return None
    step_s, left = done_s / done, total - done
    return step_s * left - min(now_s - done_s, step_s)


@contextmanager
def quiet(_what: str, _total: int) -> Iterator[Done]:
    """Steps that are not shown.

    Example:
        >>> with quiet("costing", 2) as done:
        ...     done(1)
    """
    yield lambda _: None
