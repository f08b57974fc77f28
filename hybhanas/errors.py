"""The two kinds of failure a user meets: a setting that is wrong, a candidate that cannot be."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from numbers import Real
from pathlib import Path
from typing import Any


class ConfigError(ValueError):
    """A setting that cannot be used. Its text is one line: setting, value, what is accepted."""


class CandidateError(RuntimeError):
    """An architecture that cannot be evaluated. The search records the reason and continues."""


def unknown(setting: str, value: object, accepted: Iterable[object]) -> ConfigError:
    """Builds the error for a value that is not among the accepted ones, nearest match first."""
    names = [str(name) for name in accepted]
    near = get_close_matches(str(value), names, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return ConfigError(f"{setting}={value} is unknown{hint}; accepted: {', '.join(names)}")


def printable(text: object) -> str:
    r"""A text with escapes for what a terminal does not show as it is.

    Example:
        >>> print(printable("two\nlines"))
        two\nlines
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(text))


def check_at_most(setting: str, value: int | None, most: int) -> None:
    """Raises ConfigError for a number so large that it can only be a slip; None is accepted."""
    if value is not None and value > most:
        raise ConfigError(f"{setting}={value} is not accepted: at most {most:,}")


def check_number(setting: str, value: Any, accepted: str, holds: Callable[[Any], bool]) -> None:
    """Raises ConfigError for what is no real number, or one of which `holds` is false.

    Args:
        setting: its name.
        value: what it is.
        accepted: what is, in words.
        holds: whether a number is accepted; no number is nan.
    """
    if not isinstance(value, Real) or isinstance(value, bool) or not holds(value):
        raise refused(setting, value, accepted)


def whole(setting: str, value: Any) -> int:
    """A whole number as an int, whatever its type, such as `1e4` of numpy's.

    Raises:
        ConfigError: it is none; True and False are none either.

    Example:
        >>> whole("shots", 1e4)
        10000
    """
    check_number(setting, value, "a whole number", lambda number: number % 1 == 0)
    return int(value)


def refused(setting: str, value: Any, accepted: str) -> ConfigError:
    """Builds the error for a value of any type, of which a line shows the beginning."""
    return ConfigError(f"{setting}={' '.join(str(value).split()):.80} is not accepted: {accepted}")


def not_installed(error: BaseException) -> ConfigError | None:
    """Builds the error for a dependency that is missing, as most are beside hybhanas-cost.

    Returns:
        None where it is another error, or where the module is not imported by a file of ours.
    """
    if not isinstance(error, ModuleNotFoundError):
        return None
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    ours = Path(__file__).parent
    importing = [f for f in files if "<frozen importlib" not in f and "importlib/metadata" not in f]
    if not importing or not Path(importing[-1]).is_relative_to(ours):
        return None
    return ConfigError(
        f"{str(error.name).partition('.')[0]} is not installed: pip install hybhanas "
        "(hybhanas-cost only costs circuits; uninstall it first)"
    )
