"""What the study says of a claim: a verdict that follows from numbers, and the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SUPPORTS, IN_PART, CONTRADICTS = "supports", "supports in part", "contradicts"


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim, what the numbers make of it, and the numbers in words."""

    claim: str
    verdict: str
    numbers: str


def verdict(held: Sequence[bool]) -> str:
    """Of a claim by the conditions that it needs.

    Example:
        >>> verdict([True, True]), verdict([True, False]), verdict([False, False])
        ('supports', 'supports in part', 'contradicts')
    """
    if all(held):
        return SUPPORTS
    return IN_PART if any(held) else CONTRADICTS
