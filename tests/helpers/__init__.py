"""What many tests need."""

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
"""The repository."""

TINY = ("experiment=smoke", "search.population=2", "trainer.epochs=1", "trainer.final_epochs=1")
"""Overrides of the smallest search."""
