"""Hydra's schema, derived from the dataclasses that hold the settings.

A group that builds one class is typed at the root. A group that chooses between classes has a
schema an option, which its YAML names (`/schema/executor@_here_: local`). What a user's own YAML
names by `_target_` is checked against the fields of that class once the configuration is composed.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, field, fields, is_dataclass, make_dataclass
from functools import cache, partial
from typing import Any, Union, get_args, get_origin, get_type_hints

from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf

from hybhanas.tasks.options import GROUPS, OPTIONS, TASKS
from hybhanas.tasks.settings import RunSettings, SearchTask
from hybhanas.tasks.setup import imported


@cache
def schema(settings: type) -> type:
    """The structured config of a dataclass: its fields in types that OmegaConf knows.

    Args:
        settings: a dataclass. A field without a default is one that some YAML must give.

    Example:
        >>> from hybhanas.cost.model import CostModel
        >>> OmegaConf.structured(schema(CostModel)).shots
        1024
    """
    target = f"{settings.__module__}.{settings.__qualname__}"
    hints = get_type_hints(settings)
    members: list[tuple[str, Any, Any]] = [("_target_", str, field(default=target))]
    members += [(f.name, _type(hints[f.name]), _default(f)) for f in fields(settings)]
    return make_dataclass(settings.__name__, members)


def _type(hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return Union[tuple(_type(argument) for argument in arguments)]  # noqa: UP007 - of a tuple
    if origin is Sequence:
        return list[_type(arguments[0])]  # type: ignore[misc]
    if origin is Mapping:
        return dict[arguments[0], _type(arguments[1])]  # type: ignore[misc, valid-type]
    if is_dataclass(hint):
        return _part(hint)  # type: ignore[arg-type]
    return hint


@cache
def _part(settings: Any) -> type:
    """The schema of what stands inside another: it is built with it, not by a `_target_`."""
    hints = get_type_hints(settings)
    members: list[Any] = [(f.name, _type(hints[f.name]), _default(f)) for f in fields(settings)]
    return make_dataclass(settings.__name__, members)


def _default(one: Field[Any]) -> Any:
    if is_dataclass(one.default_factory):
        return field(default_factory=_part(one.default_factory))
    if one.default_factory is not MISSING:
        return field(default_factory=one.default_factory)
    if one.default is MISSING:
        return field(default="???")  # OmegaConf's mark of a value that must be given
    if isinstance(one.default, tuple):
        return field(default_factory=partial(list, one.default))
    return field(default=one.default)


def register() -> None:
    """Makes the schema known to Hydra."""
    store = ConfigStore.instance().store
    root: Any = OmegaConf.create({group: schema(settings) for group, settings in GROUPS.items()})
    store(name="schema", node=_at_root(root, RunSettings))
    for group, options in OPTIONS.items():
        for name, settings in options.items():
            store(group=f"schema/{group}", name=name, node=schema(settings))
    for target, settings in TASKS.items():
        name = target.rpartition(".")[2]
        node = OmegaConf.create({"task": {"_target_": target, "name": name}})
        store(group="schema/task", name=name, node=_at_root(node, settings))


def _at_root(config: DictConfig, settings: type) -> DictConfig:
    """A mapping that further keys may join, with the typed fields of a dataclass."""
    typed = OmegaConf.structured(_part(settings))
    for key in typed:
        config._set_item_impl(key, typed._get_node(key))
    return config


def root_keys(task: str) -> set[str]:
    """The keys of a configuration's root, the settings of the task that it calls included."""
    return {"task", *GROUPS, *OPTIONS, *root_types(task)}


def root_types(task: str) -> dict[str, Any]:
    """The types of the settings at a configuration's root, those of the task included."""
    return get_type_hints(_part(RunSettings)) | get_type_hints(_part(TASKS.get(task, SearchTask)))


def check_own(config: DictConfig) -> None:
    """Types the groups whose `_target_` is a user's own class by the fields of that class.

    Raises:
        ConfigError: a `_target_` that cannot be imported.
        OmegaConfBaseException: a key or a value that the class does not have.
    """
    for group in OPTIONS:
        node = config[group]
        if OmegaConf.get_type(node) is dict and "_target_" in node:
            own = imported(group, node._target_)
            if isinstance(own, type) and is_dataclass(own):
                config[group] = OmegaConf.merge(OmegaConf.structured(schema(own)), node)
