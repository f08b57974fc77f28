"""Finding the files that settings name; light to import."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from hybhanas.errors import ConfigError


def existing_file(setting: str, value: str | None, expected: str) -> Path:
    """The path of a file that a setting names.

    Args:
        setting: its name, for messages.
        value: the path.
        expected: what the file holds, in words.

    Raises:
        ConfigError: there is no such file, it is empty, or it is a folder.
    """
    if value is None:
        raise ConfigError(f"{setting}=null is not accepted: the path of {expected}")
    path = Path(value).expanduser()
    if path.is_dir():
        raise ConfigError(f"{setting}={value} is not accepted: a folder; the path of {expected}")
    if not path.is_file():
        names = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        near = get_close_matches(path.name, names, n=1)
        hint = f" (did you mean {path.parent / near[0]}?)" if near else ""
        raise ConfigError(f"{setting}={value} is not accepted: there is no such file{hint}")
    if path.stat().st_size == 0:
        raise ConfigError(f"{setting}={value} is not accepted: the file is empty")
    return path
