"""Reading back what is on disk: plain files of bounded size, and JSON of the types that a class
declares. Anyone may have written it, and no link or pipe is followed.
"""

from __future__ import annotations

import errno
import json
import math
import os
import stat
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

MAX_BYTES = 50_000_000
"""Of a file that is read as a whole, unless the reader names another bound."""


def read_bytes(path: Path, most: int = MAX_BYTES, only_own: bool = False) -> bytes:
    """The content of a plain file.

    Args:
        path: of the file.
        most: bytes that are read.
        only_own: refuse what another user than this one and root wrote.

    Raises:
        OSError: it cannot be read, with `path` as its file name.
        ValueError: it is a link, a pipe, a folder or a device, too large, or another user's.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):  # the latter of a socket
            raise ValueError(f"{path.name} is a link or a socket, not a file") from None
        raise
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise ValueError(f"{path.name} is not a plain file")
    with os.fdopen(handle, "rb") as file:
        if status.st_size > most:
            raise ValueError(f"{path.name} has more than {most:,} bytes")
        if only_own and status.st_uid not in (os.geteuid(), 0):
            raise ValueError(f"{path.name} is another user's")
        return file.read()


def read_json(path: Path, most: int = MAX_BYTES, only_own: bool = False) -> Any:
    """The value of a file of strict JSON.

    Raises:
        OSError: as `read_bytes`.
        ValueError: as `read_bytes`, or it is not JSON, nested too deep, or holds NaN or infinity.
    """
    return parsed_json(read_bytes(path, most, only_own), path.name)


def parsed_json(content: bytes, name: str = "it") -> Any:
    """The value of strict JSON; `name` is what errors call it.

    Raises:
        ValueError: it is not JSON, nested too deep, or holds NaN or infinity.
    """
    try:
        return json.loads(content, parse_constant=_refuse)
    except RecursionError:
        raise ValueError(f"{name} is nested too deep") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{name} is not JSON: {error}") from None


def _refuse(word: str) -> Any:
    raise ValueError(f"it holds {word}, which is no number of JSON")


def checked(kind: type, data: Any) -> dict[str, Any]:
    """`data` as the arguments of a dataclass, if it has all its fields, no others, and their types.

    A whole number stands for a float, a list for any sequence, an object for a dataclass, whose own
    fields are not looked at. Numbers are finite.

    Raises:
        ValueError: naming the first field that is wrong.

    Example:
        >>> from hybhanas.cost.model import Workload
        >>> checked(Workload, {"samples": 8, "epochs": 1.5, "batch_size": 4})
        Traceback (most recent call last):
        ...
        ValueError: epochs is 1.5
    """
    if not isinstance(data, dict):
        raise ValueError(f"{_shown(data)} stands where there should be a {kind.__name__}")
    tests, needed = _fields(kind)
    for name, value in data.items():
        test = tests.get(name)
        if test is None:
            raise ValueError(f"{_shown(name)} is no field of a {kind.__name__}")
        if not test(value):
            raise ValueError(f"{name} is {_shown(value)}")
    for name in needed:
        if name not in data:
            raise ValueError(f"{name} is missing")
    return data


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


@cache
def _fields(kind: type) -> tuple[dict[str, Callable[[Any], bool]], tuple[str, ...]]:
    """A test for each field, and the names of those without a default."""
    hints = get_type_hints(kind)
    all_fields = fields(kind)
    needed = tuple(
        f.name for f in all_fields if f.default is MISSING and f.default_factory is MISSING
    )
    return {f.name: _test(hints[f.name]) for f in all_fields}, needed


def _test(hint: Any) -> Callable[[Any], bool]:
    """Whether a JSON value is of a type."""
    origin, arguments = get_origin(hint) or hint, get_args(hint)
    if origin in (Union, types.UnionType):
        tests = [_test(argument) for argument in arguments]
        return lambda value: any(test(value) for test in tests)
    if origin is float:
        return lambda value: type(value) in (int, float) and math.isfinite(value)
    if origin in (Mapping, dict):
        of_value = _test(arguments[1])
        return lambda value: type(value) is dict and all(map(of_value, value.values()))
    if origin in (Sequence, list, tuple):
        of_item = _test(arguments[0])
        return lambda value: type(value) is list and all(map(of_item, value))
    if is_dataclass(origin):
        return lambda value: type(value) is dict
    return lambda value: type(value) is origin
