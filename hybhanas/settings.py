"""Settings: dataclass fields that say whether they determine a result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

NO_EFFECT: Mapping[str, Any] = {"affects_result": False}
"""Metadata of a field that changes where or how fast a result is computed, and never the result.

    memory: str = field(default="auto", metadata=NO_EFFECT)  # of each worker

A class that no result depends on says so once: `AFFECTS_RESULTS: ClassVar[bool] = False`.
"""


def affects_results(settings: type) -> bool:
    """Whether any result depends on the settings that a class holds.

    Example:
        >>> from hybhanas.nas.executors import Serial
        >>> affects_results(Serial)
        False
    """
    return bool(getattr(settings, "AFFECTS_RESULTS", True))


def determining(settings: Any) -> dict[str, Any]:
    """The settings of a dataclass that determine results, as plain JSON types.

    Record keys, the check that a folder holds the same search, and recosting all read this.

    Args:
        settings: an instance of a dataclass. A field without metadata determines results.

    Example:
        >>> from dataclasses import dataclass, field
        >>> @dataclass
        ... class Training:
        ...     epochs: int = 12
        ...     progress_bar: bool = field(default=True, metadata=NO_EFFECT)
        >>> determining(Training())
        {'epochs': 12}
    """
    named = {
        field.name: getattr(settings, field.name)
        for field in fields(settings)
        if field.metadata.get("affects_result", True)
    }
    plain: dict[str, Any] = json.loads(json.dumps(named, default=_mapping))
    return plain


def _mapping(value: Any) -> dict[str, Any]:
    """A value of a setting that is a mapping or a dataclass."""
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else dict(value)


def from_plain(value: Any, hint: Any) -> Any:
    """A plain value as the dataclass that a field holds, alone, optional or in a mapping."""
    if not isinstance(value, dict):
        return value
    for candidate in (hint, *get_args(hint)):
        if get_origin(candidate) is Mapping:
            return {key: from_plain(inner, get_args(candidate)[1]) for key, inner in value.items()}
        if is_dataclass(candidate):
            hints = get_type_hints(candidate)
            arguments = {key: from_plain(inner, hints.get(key)) for key, inner in value.items()}
            return candidate(**arguments)  # type: ignore[operator]
    return value
