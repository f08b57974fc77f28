"""What tells runs apart: the settings in which their configurations differ, and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any

from omegaconf import DictConfig, OmegaConf

from hybhanas.settings import affects_results, determining
from hybhanas.tasks.finished import FinishedRun
from hybhanas.tasks.options import GROUPS, OPTIONS
from hybhanas.tasks.settings import RunSettings


@cache
def _without_effect() -> set[str]:
    """The keys of a configuration's root that no result depends on, by what their classes say."""
    run = {one.name for one in fields(RunSettings)} - determining(RunSettings()).keys()
    groups = {group: [one] for group, one in GROUPS.items()}
    groups |= {group: [*options.values()] for group, options in OPTIONS.items()}
    idle = {group for group, classes in groups.items() if not any(map(affects_results, classes))}
    return {"task"} | run | idle


def differences(configs: Sequence[DictConfig]) -> list[dict[str, Any]]:
    """For each run its values of the settings in which not all agree: `{"backend": "ibm_fez"}`.

    What follows from another of them is left out: a backend's calibration, an option's values.
    """
    flat = [_flat(OmegaConf.to_container(config)) for config in configs]
    keys = sorted({key for settings in flat for key in settings})
    values = {key: [repr(settings.get(key)) for settings in flat] for key in keys}
    differing = [key for key in keys if len(set(values[key])) > 1]
    shown = [
        key
        for key in differing
        if not any(
            owner in differing and owner != key and _follows(values[key], values[owner])
            for owner in _owners(key)
        )
    ]
    return [{key.removesuffix(".name"): settings.get(key) for key in shown} for settings in flat]


def must_agree(run: FinishedRun) -> dict[str, str]:
    """What runs must have alike for their accuracies and hypervolumes to compare, by its name. The
    seed of a group does not count: it changes what chance decides.
    """
    found = {"objectives": ", ".join(sorted(run.objectives.names))}
    for name, group in (("data sets", "dataset"), ("cost models", "cost_model")):
        own = {key: value for key, value in run.config[group].items() if key != "seed"}
        plain = OmegaConf.to_container(OmegaConf.create(own))
        found[name] = json.dumps(plain, sort_keys=True, default=str)
    return found


def _flat(value: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {prefix: value}
    without_effect = _without_effect()
    found: dict[str, Any] = {}
    for key, inner in value.items():
        if prefix or key not in without_effect:
            found |= _flat(inner, f"{prefix}.{key}" if prefix else str(key))
    return found


def _owners(key: str) -> tuple[str, ...]:
    """The settings that may determine this one."""
    group, _, name = key.partition(".")
    return (f"{group}.name", *(("seed",) if name == "seed" else ()), *_OF_GROUP.get(group, ()))


_OF_GROUP = {"calibration": ("backend.name",)}


def _follows(values: Sequence[str], owner: Sequence[str]) -> bool:
    """Whether the owner's value determines this one."""
    return len(set(zip(owner, values, strict=True))) == len(set(owner))
