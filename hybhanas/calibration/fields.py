"""Checked reading of what a JSON file holds, for records that someone may have edited."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

MAX_BYTES = 50_000_000
"""Of a file."""

MAX_QUBITS = 5_000
MAX_GATES = 100_000
"""Of a calibration, a gate on each of its places counted as one."""


class MalformedError(ValueError):
    """A file that is JSON but not the record it should be; the text says where, in one line."""


def member(data: Any, key: str, where: str) -> Any:
    """The value of a key that an object must have."""
    if not isinstance(data, dict):
        raise MalformedError(f"{where} is not an object")
    if key not in data:
        raise MalformedError(f"{where} has no {key}")
    return data[key]


def items(value: Any, where: str, count: int | None = None, most: int | None = None) -> list[Any]:
    """A list, of `count` values where that is given, and of no more than `most`."""
    if not isinstance(value, list):
        raise MalformedError(f"{where} is not a list")
    if count is not None and len(value) != count:
        raise MalformedError(f"{where} has {len(value)} values, not {count}")
    if most is not None and len(value) > most:
        raise MalformedError(f"{where} has {len(value):,} values, more than {most:,}")
    return value


def text(value: Any, where: str) -> str:
    """A name: printable, so that a message that holds it stays one line."""
    if not isinstance(value, str) or not value or not value.isprintable():
        raise MalformedError(f"{where} is not a printable text")
    return value


def whole(value: Any, where: str, least: int) -> int:
    """An integer of at least `least`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise MalformedError(f"{where} is not an integer of at least {least}")
    return value


def number(value: Any, where: str) -> float | None:
    """A number, or None for null. NaN and infinity pass: the repair reports and fixes them."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MalformedError(f"{where} is not a number")
    try:
        math.isfinite(value)
    except OverflowError:
        raise MalformedError(f"{where} is too large a number") from None
    return value


def moment(value: Any, where: str) -> datetime:
    """A date and time in UTC, from ISO 8601 text that names its time zone."""
    try:
        read = datetime.fromisoformat(text(value, where))
        if read.tzinfo is None:
            raise MalformedError(f"{where} names no time zone")
        return read.astimezone(UTC)
    except OverflowError:
        raise MalformedError(f"{where} is out of range") from None
    except MalformedError:
        raise
    except ValueError:
        raise MalformedError(f"{where} is not an ISO 8601 date and time") from None


def places(value: Any, where: str, qubits: int) -> tuple[int, ...]:
    """One or two different qubit indices below `qubits`."""
    row = items(value, where)
    indices = tuple(whole(index, where, 0) for index in row)
    if len(indices) not in (1, 2) or len(set(indices)) != len(indices) or max(indices) >= qubits:
        raise MalformedError(f"{where} is not one or two different qubits below {qubits}")
    return indices
