"""Plug-ins: modules of a user's that register gates, words and classes when they are imported.

Only names that the user gives are imported: those of the setting `plugins`, and packages that are
installed with an entry point of the group `hybhanas.plugins`. The files of a run never name what is
imported, since reading a stranger's run must not execute a stranger's code.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable
from importlib.metadata import entry_points

from hybhanas.errors import ConfigError

GROUP = "hybhanas.plugins"
"""The group of entry points whose modules are imported where they are installed."""

_loaded: dict[str, None] = {}  # in the order of loading


def load(names: Iterable[str] = ()) -> None:
    """Imports the installed plug-ins, then these modules; each once in a process.

    Modules are looked for where Python does, and in the working directory. Workers of an executor
    load what the process that started them has loaded.

    Example:
        >>> load(["math"])
        >>> "math" in loaded()
        True

    Args:
        names: of modules, dotted, such as `my_gates`.

    Raises:
        ConfigError: a module that is not found, or that fails to be imported.
    """
    names = [*names]
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        _import(point.module, f"the installed plug-in {point.name}")
    if names:
        look_here()
    for name in names:
        _import(name, f"plugins=[{name}]")


def look_here() -> None:
    """Lets modules be found in the working directory, after everywhere else."""
    if not {"", os.getcwd()} & {*sys.path}:
        sys.path.append(os.getcwd())


def loaded() -> tuple[str, ...]:
    """The modules that `load` has imported in this process, in order."""
    return tuple(_loaded)


def _import(name: str, setting: str) -> None:
    if name in _loaded:
        return
    try:
        importlib.import_module(name)
    except Exception as error:  # whatever a user's module does wrong
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise ConfigError(f"{setting} cannot be imported: {reason}") from None
    _loaded[name] = None
