"""Checking a configuration before anything heavy is imported, so that errors come at once."""

from __future__ import annotations

import re

from omegaconf import DictConfig, OmegaConf

from hybhanas import plugins
from hybhanas.calibration.repair import POLICIES
from hybhanas.errors import ConfigError, unknown
from hybhanas.hydra_app.schema import check_own
from hybhanas.tasks.options import targets
from hybhanas.tasks.setup import build

LIGHT = (
    "backend", "search_space", "cost_model", "trainer", "simulator", "search", "executor", "logger",
)  # fmt: skip
"""The groups whose classes import nothing heavy: to build one is to check it."""

NAMES = ("backend.name", "dataset.name", "task.name")
"""What the names of run folders are made of."""


def check(config: DictConfig) -> None:
    """Raises ConfigError where a value is not accepted, whatever the task makes of it.

    What depends on the machine or the data, such as too many qubits, is checked by the task.
    """
    plugins.load(config.plugins)
    check_own(config)
    built = {group: build(group, config[group]) for group in LIGHT}
    built["trainer"].check_rungs(built["search"].halving().rungs)
    if config.calibration.policy not in POLICIES:
        raise unknown("calibration.policy", config.calibration.policy, POLICIES)
    for setting in NAMES:
        name = OmegaConf.select(config, setting)
        if not re.fullmatch(r"\w[\w .+-]*", name):
            raise ConfigError(
                f"{setting}={name} is not accepted: it is part of file names; accepted: letters, "
                "digits, and _ . + - between them"
            )
    if config.dataset._target_ in targets("dataset"):
        build("dataset", config.dataset).check()
    if config.seed < 0:
        raise ConfigError(f"seed={config.seed} is not accepted: at least 0")
