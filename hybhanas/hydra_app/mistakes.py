"""Mistakes of the user's: each ends as one line on stderr and exit code 2."""

from __future__ import annotations

import errno
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import is_dataclass
from traceback import walk_tb
from typing import Any, get_args, get_origin, get_type_hints

from hydra.errors import (
    HydraException,
    InstantiationException,
    MissingConfigException,
    OverrideParseException,
)
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import (
    ConfigTypeError,
    InterpolationResolutionError,
    MissingMandatoryValue,
    OmegaConfBaseException,
    ValidationError,
)

from hybhanas.errors import ConfigError, not_installed, refused, unknown
from hybhanas.hydra_app.interrupts import stop_was_raised
from hybhanas.hydra_app.streams import notify
from hybhanas.presets import CONF, preset

_LISTED = re.compile(r"Ambiguous value for argument '(.*)'\n")
_OF_OUTPUT = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EPIPE, errno.EBADF)
"""Errors of a stream; those of files name the file."""

USAGE_ERROR = 2
"""The exit code."""


class Mistake:
    """A mistake that was reported. Where a launcher brings it over from a job in another process,
    it is reported again.
    """

    def __init__(self, line: str):
        self.line = line

    def __reduce__(self) -> tuple[Callable[[str], Mistake], tuple[str]]:
        return report_mistake, (self.line,)


def report_mistake(line: str) -> Mistake:
    """Prints a mistake, and keeps it for the exit code."""
    notify(f"error: {line}")
    MISTAKES.append(line)
    return Mistake(line)


MISTAKES: list[str] = []
"""The mistakes that were reported in this process."""


def explain(error: BaseException) -> str | None:
    """One line for an error that the user can correct; None for any other.

    Raises:
        KeyboardInterrupt: the error is what became of a signal that asks the process to end.
    """
    if stop_was_raised():
        raise KeyboardInterrupt from error
    return _line_for(error)


@contextmanager
def explained() -> Iterator[None]:
    """Raises ConfigError with the line of `explain` for an error that has one."""
    try:
        yield
    except Exception as error:  # Hydra's and OmegaConf's, of many kinds
        line = explain(error)
        if line is None:
            raise
        raise ConfigError(line) from None


def _line_for(error: BaseException) -> str | None:
    chain = [error]
    while (cause := chain[-1].__cause__) is not None:
        chain.append(cause)
    for one in chain:
        if isinstance(mistake := not_installed(one) or one, ConfigError):
            return str(mistake)
    for one in chain:
        if isinstance(one, MissingConfigException) and one.options:
            group, _, value = str(one.missing_cfg_file).rpartition("/")
            return str(unknown(group, value, one.options))
    for one in reversed(chain):
        if isinstance(one, OmegaConfBaseException):
            return _omegaconf(one)
    if (line := _of_system(chain)) is not None:
        return line
    if isinstance(error, HydraException) and not isinstance(error, InstantiationException):
        return _hydra(error)
    return _below_nothing(error)


def _of_system(chain: Sequence[BaseException]) -> str | None:
    """What the operating system says, of a file where one of the errors names it; else None."""
    of_system = [one for one in chain if isinstance(one, OSError)]
    for one in of_system:
        if one.filename is not None:
            return f"{one.filename}: {one.strerror}"
    for one in of_system:
        if one.errno in _OF_OUTPUT:
            return f"what the run prints cannot be written: {one.strerror}"
    if any(isinstance(one, RuntimeError) and "home directory" in str(one) for one in chain):
        return "a path begins with ~, and there is no such home directory"
    return None


def _hydra(error: HydraException) -> str:
    """Hydra's own words, but for a value that its grammar takes for more than a value."""
    if listed := _LISTED.match(str(error)):
        return (
            f"{listed[1]} is not accepted: -m sweeps over several values, and one with a comma "
            f"stands in quotes, {_quoted(listed[1])}"
        )
    if not isinstance(error, OverrideParseException):
        return " ".join(str(error).split())
    override = error.override
    if not re.fullmatch(r"[+~@:./\w-]+=.+", override, re.DOTALL):
        return f"{override} is not accepted: SETTING=VALUE, such as seed=7"
    return (
        f"{override} is not accepted: a value with special characters stands in quotes, "
        f"{_quoted(override)}"
    )


def _quoted(override: str) -> str:
    setting, _, value = override.partition("=")
    value = value.replace("\\", "\\\\").replace('"', '\\"')
    return shlex.quote(f'{setting}="{value}"')


def _omegaconf(error: OmegaConfBaseException) -> str:
    first_line = (error.msg or str(error)).splitlines()[0]
    setting = error.full_key or ""
    if re.match(r"Key '.*' (is )?not in", first_line) and error.parent_node is not None:
        group, _, key = setting.rpartition(".")
        typed = is_dataclass(OmegaConf.get_type(error.parent_node))
        if "." in group and not typed:  # inside a group: a mapping of any names
            return f"{setting} is not accepted as it is: +{setting}=VALUE adds it"
        return _unknown_key(group, str(error.key or key), map(str, error.parent_node))
    if null := re.fullmatch(r"[Ff]ield '(.*)' is not Optional", first_line):
        return f"{setting or null[1]}=null is not accepted: it must have a value"
    if isinstance(error, MissingMandatoryValue):
        return f"{setting} has no value: {setting}=VALUE gives it"
    if setting and (line := _of_another_type(error)):
        return line
    return f"{setting}: {first_line}" if setting and setting not in first_line else first_line


def _of_another_type(error: OmegaConfBaseException) -> str | None:
    """A line for a value of a type that its setting does not have; None for any other error."""
    if not isinstance(error, ValidationError | ConfigTypeError) or error.full_key is None:
        return None
    if isinstance(error, InterpolationResolutionError):
        missing = re.search(r"\$\{([\w.]+)\}': Incompatible value 'None'", str(error.msg))
        return missing and f"{missing[1]} has no value: {missing[1]}=VALUE gives it"
    if error.key is None:  # a mapping for a list, or the other way round; the value is not told
        return f"{error.full_key} is not accepted as it is given: {_in_words(error.ref_type)}"
    parent: Any = OmegaConf.get_type(error.parent_node)
    if is_dataclass(parent):
        hint = get_type_hints(parent).get(str(error.key))
    elif get_args(error.ref_type):
        hint = get_args(error.ref_type)[-1]
    else:
        hint = _at_root(error.parent_node, str(error.key))
    value = "null" if error.value is None else error.value
    return None if hint is None else str(refused(error.full_key, value, _in_words(hint)))


def _at_root(root: Any, key: str) -> Any:
    from hybhanas.hydra_app.schema import root_types

    return root_types(str(OmegaConf.select(root, "task._target_"))).get(key)


_WORDS: dict[Any, str] = {
    int: "a whole number", float: "a number", bool: "true or false", str: "a text",
    type(None): "null",
}  # fmt: skip


def _in_words(hint: Any) -> str:
    """The values of a type of the schema.

    Example:
        >>> _in_words(list[int]), _in_words(float | None)
        ('[VALUE,...], each a whole number', 'a number or null')
    """
    parts = [_in_words(part) for part in get_args(hint)]
    if get_origin(hint) is list:
        return f"[VALUE,...], each {parts[0]}"
    if get_origin(hint) is dict:
        return f"{{NAME: VALUE,...}}, each {parts[1]}"
    return " or ".join(parts) or _WORDS.get(hint, "{NAME: VALUE,...}")


def _below_nothing(error: BaseException) -> str | None:
    """A line for a key below a null or a list, on which OmegaConf fails without a word on the key;
    None for any other error.
    """
    for frame, _ in walk_tb(error.__traceback__):
        if frame.f_code is OmegaConf.update.__code__:
            config, key, value = (frame.f_locals[name] for name in ("cfg", "key", "value"))
            break
    else:
        return None
    parts = key.split(".")
    for end in range(1, len(parts) + 1):
        parent = ".".join(parts[:end])
        node = OmegaConf.select(config, parent)
        if OmegaConf.is_list(node):
            return f"{key}={value} is not accepted: {parent} is a list, which is given as a whole"
        if node is None:
            break
    group, _, setting = parent.partition(".")
    options = sorted(path.stem for path in (CONF / group).glob("*.yaml"))
    having = [option for option in options if preset(group, option).get(setting) is not None]
    hint = f"; it is set with {group}={', '.join(having)}" if having else ""
    return f"{key}={value} is not accepted: {parent} is null{hint}"


def _unknown_key(group: str, key: str, accepted: Iterable[str]) -> str:
    prefix = f"{group}." if group else ""
    names = [prefix + name for name in sorted(accepted) if not name.startswith("_")]
    if not names:
        return f"key={prefix}{key} is unknown: {group} as it is chosen has no settings"
    return str(unknown("key", prefix + key, names))


def check_keys(config: DictConfig) -> None:
    """Refuses keys that `+key=value` put where the schema has none; Hydra lets them through.

    Raises:
        ConfigError: such a key.
    """
    from hybhanas.hydra_app.schema import root_keys

    accepted = root_keys(config.task._target_)
    for key in map(str, config):
        if key not in accepted:
            raise ConfigError(_unknown_key("", key, accepted))
    _check_typed(config, "")


def _check_typed(config: DictConfig, group: str) -> None:
    schema = OmegaConf.get_type(config)
    accepted = get_type_hints(schema) if is_dataclass(schema) else None
    for key in map(str, config):
        if accepted is not None and key not in accepted:
            raise ConfigError(_unknown_key(group, key, accepted))
        if not OmegaConf.is_missing(config, key) and not OmegaConf.is_interpolation(config, key):
            value = config[key]
            if isinstance(value, DictConfig):
                _check_typed(value, f"{group}.{key}" if group else key)
