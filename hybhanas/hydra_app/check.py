"""Checking a configuration before anything heavy is imported, so that errors come at once."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from hybhanas import plugins
from hybhanas.calibration.repair import POLICIES
from hybhanas.errors import ConfigError, unknown
from hybhanas.hydra_app.schema import check_own
from hybhanas.nas.executors import Executor
from hybhanas.nas.strategy import SearchSettings
from hybhanas.tasks.options import GROUPS, targets
from hybhanas.tasks.setup import build, imported

LIGHT = (
    "backend", "search_space", "cost_model", "trainer", "simulator", "search", "executor", "logger",
)  # fmt: skip
"""The groups whose classes import nothing heavy: to build one is to check it."""

KINDS: dict[str, type] = {
    group: {**GROUPS, "search": SearchSettings, "executor": Executor}[group] for group in LIGHT
}
"""What each of them builds, or a class of a user's own that extends it."""

LARGEST = 2**63 - 1
LARGEST_SEED = 2**32 - 1
"""Of numpy's and Qiskit's generators."""

NAMES = ("backend.name", "dataset.name", "task.name")
"""What the names of run folders are made of."""


def check(config: DictConfig) -> None:
    """Raises ConfigError where a value is not accepted, whatever the task makes of it.

    What depends on the machine or the data, such as too many qubits, is checked by the task.
    """
    _check_numbers("", OmegaConf.to_container(config, resolve=True))
    for setting in ("seed", "calibration_max_age_days"):  # before those of groups that take them
        if config[setting] < 0:
            raise ConfigError(f"{setting}={config[setting]} is not accepted: at least 0")
    plugins.load(config.plugins)
    check_own(config)
    built = {group: build(group, config[group]) for group in LIGHT}
    for group, base in KINDS.items():
        if not isinstance(built[group], base):
            raise ConfigError(
                f"{group}._target_={config[group]._target_} is not accepted: it is no "
                f"{base.__module__}.{base.__qualname__}"
            )
    built["trainer"].check_rungs(built["search"].halving().rungs)
    if config.calibration.policy not in POLICIES:
        raise unknown("calibration.policy", config.calibration.policy, POLICIES)
    for setting in NAMES:
        name = OmegaConf.select(config, setting)
        if not re.fullmatch(r"\w[\w .+-]*", str(name)):
            raise ConfigError(
                f"{setting}={name} is not accepted: it is part of file names; accepted: letters, "
                "digits, and _ . + - between them"
            )
    if config.dataset._target_ in targets("dataset"):
        build("dataset", config.dataset).check()


def _check_numbers(setting: str, value: Any) -> None:
    """Raises ConfigError for a number below a setting that no computation could use."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_numbers(f"{setting}.{key}" if setting else str(key), inner)
    elif isinstance(value, list):
        for inner in value:
            _check_numbers(setting, inner)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ConfigError(f"{setting}={value} is not accepted: a finite number")
    elif isinstance(value, int):
        most = LARGEST_SEED if re.search(r"(^|[._])seed$", setting) else LARGEST
        if value > most or value < -LARGEST:
            raise ConfigError(f"{setting}={value} is not accepted: at most {most}")


def checked_task(target: str) -> Callable[[DictConfig, Path], object]:
    """The task of an import path, which this imports with all that it needs.

    Raises:
        ConfigError: there is none, or nothing that is called as a task is.
    """
    task: Callable[[DictConfig, Path], object] = imported("task", target)
    try:
        inspect.signature(task).bind("config", "folder")
    except (TypeError, ValueError):
        raise ConfigError(
            f"task._target_={target} is not accepted: a function of a configuration and a folder"
        ) from None
    return task
