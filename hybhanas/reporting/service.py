"""What tracks runs, W&B or MLflow, and what it is told a run is called and grouped by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any, ClassVar, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a run is called and grouped by.

    Args:
        name: shown; need not be unique.
        job_type: `search`, `train`, `verify`, `select` or `candidate`.
        config: small, nested by groups: what runs are filtered and grouped by.
        tags: further ones than the user's.
        repeats: whether each attempt in a folder tells again what those before it told, so that it
            replaces what of them was not sent.
    """

    name: str
    job_type: str
    config: Mapping[str, Any]
    tags: Sequence[str] = ()
    repeats: bool = False


class Service(Protocol):
    """What takes a run."""

    name: ClassVar[str]
    later: ClassVar[str]  # what becomes of what it has not taken in time

    def start(self, given_up: Event) -> Any:
        """Starts a run or resumes it; may fail where the event is set."""

    def finish(self, run: Any, failed: bool) -> None:
        """Ends a run."""

    def forget(self) -> None:
        """Everything was told, that of candidates included."""
        return

    def tear_down(self) -> None:
        """Has the service end after an error of it."""
        return

    def end(self) -> None:
        """Ends the service at once, without what it has not taken."""
        return
