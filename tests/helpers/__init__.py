"""What many tests need."""

import csv
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
"""The repository."""

TINY = ("experiment=smoke", "search.population=2", "trainer.epochs=1", "trainer.final_epochs=1")
"""Overrides of the smallest search."""

QUIET = "logger.mode=disabled"
"""The override that tracks nothing."""


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open() as file:
        return list(csv.DictReader(file))
