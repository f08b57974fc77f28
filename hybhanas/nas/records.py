"""Records: one small JSON file an evaluation, the truth of a run."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from hybhanas import atomic
from hybhanas.stored import read_json

log = logging.getLogger(__name__)
Record = TypeVar("Record")

DAMAGED = "damaged"
"""The folder, beside records, of those that cannot be read."""

MAX_BYTES = 1_000_000
"""Of a record, which has a few thousand."""


class Records:
    """A folder of records, each named by the key of what it holds.

    Writing is atomic and takes no lock. A record that cannot be read, or that holds another key
    than its name says, is moved to `damaged/`, said, and counts as unknown.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def write(self, key: str, data: dict[str, Any]) -> None:
        """Stores `data`, whose `key` it must hold."""
        atomic.write_json(self.folder / f"{key}.json", data)

    def read(self, key: str, parse: Callable[[dict[str, Any]], Record]) -> Record | None:
        """The parsed record of a key, or None where there is none that can be trusted."""
        path = self.folder / f"{key}.json"
        try:
            data = read_json(path, MAX_BYTES)
            if data["key"] != key:
                raise ValueError(f"it holds the key {str(data['key'])[:40]}")
            return parse(data)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            aside = self.folder / DAMAGED / path.name
            aside.parent.mkdir(parents=True, exist_ok=True)
            path.replace(aside)
            log.warning("record %s is damaged (%s); moved to %s", path.name, error, aside)
            return None
