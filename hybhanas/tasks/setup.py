"""What several tasks build from a configuration in the same way."""

from __future__ import annotations

from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, get_type_hints

from omegaconf import DictConfig, OmegaConf

from hybhanas import plugins
from hybhanas.errors import ConfigError, not_installed
from hybhanas.settings import from_plain


def build(group: str, node: DictConfig, **further: Any) -> Any:
    """Builds what a group's `_target_` names from the group's values.

    Args:
        group: its name, for errors.
        node: its values, resolved to plain ones; those of a field that is a dataclass become one.
        further: arguments that no configuration gives.

    Raises:
        ConfigError: a `_target_` that cannot be imported or called, or a value it does not accept.
        MissingMandatoryValue: a value that must be given.
    """
    values: Any = OmegaConf.to_container(node, resolve=True, throw_on_missing=True)
    target = values.pop("_target_")
    build_it = imported(group, target)
    if is_dataclass(build_it):
        hints = get_type_hints(build_it)
        values = {key: from_plain(value, hints.get(key)) for key, value in values.items()}
    try:
        return build_it(**values, **further)
    except TypeError as error:
        raise ConfigError(f"{group}._target_={target} is not accepted: {error}") from error


def imported(group: str, target: str) -> Any:
    """The class or function of an import path; modules are found where plug-ins are."""
    if not target.startswith("hybhanas."):
        plugins.look_here()
    try:
        return _resolved(target)
    except Exception as error:  # whatever importing a user's module raises
        if (missing := not_installed(error)) is not None:
            raise missing from error
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ConfigError(f"{group}._target_={target} is not accepted: {reason}") from error


def _resolved(target: str) -> Any:
    try:
        return resolve_name(target)
    except AttributeError as error:  # also of a module that is there and whose import fails
        try:
            import_module(target.rpartition(".")[0])
        except ModuleNotFoundError as missing:
            if not target.startswith(str(missing.name)):
                raise
        raise error


def shown(folder: Path) -> Path:
    """A folder as a person would type it."""
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


def cache_folder(config: DictConfig) -> Path | None:
    """Where transpiled circuits are kept for all runs; None where the user wants no cache."""
    if config.cache is None:
        return None
    try:
        return Path(config.cache).expanduser() / "transpiled"
    except RuntimeError:  # no HOME and no entry in the system's list of users, or no such user
        raise ConfigError(
            f"cache={config.cache} is not accepted: there is no such home directory; accepted: a "
            "folder, also by HYBHANAS_CACHE, or null for none"
        ) from None
