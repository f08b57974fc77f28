"""Checking a configuration before anything heavy is imported, so that mistakes are told at once."""

from __future__ import annotations

import math
import re

from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from hybhanas.calibration.repair import POLICIES
from hybhanas.errors import ConfigError, unknown
from hybhanas.quantum.simulators import SIMULATORS
from hybhanas.search.strategy import SearchSettings

LIGHT = ("search_space", "cost_model", "trainer", "executor", "logger")
"""The groups whose classes import nothing heavy: to build one is to check it."""


NAMES = ("backend.name", "dataset.name", "task.name")
"""What the names of run folders are made of."""


def check(config: DictConfig) -> None:
    """Raises ConfigError where a value is not accepted, whatever the task makes of it.

    What depends on the machine or the data, such as too many qubits, is checked by the task.
    """
    for group in LIGHT:
        instantiate(config[group])
    SearchSettings(**{k: v for k, v in config.search.items() if k != "_target_"})
    rungs = list(config.search.rungs)
    if rungs and rungs[-1] >= config.trainer.epochs:
        raise ConfigError(
            f"search.rungs={rungs} is not accepted: below trainer.epochs={config.trainer.epochs}"
        )
    if rungs and config.trainer.patience is not None:
        raise ConfigError(
            f"search.rungs={rungs} is not accepted with trainer.patience={config.trainer.patience}:"
            " one way to stop early, the other null or []"
        )
    for setting, value, accepted in (
        ("simulator.name", config.simulator.name, SIMULATORS),
        ("calibration.policy", config.calibration.policy, POLICIES),
    ):
        if value not in accepted:
            raise unknown(setting, value, accepted)
    for setting in NAMES:
        name = OmegaConf.select(config, setting)
        if not re.fullmatch(r"\w[\w .+-]*", name):
            raise ConfigError(
                f"{setting}={name} is not accepted: it is part of file names; accepted: letters, "
                "digits, and _ . + - between them"
            )
    if not 0 < config.backend.power_w < math.inf:
        raise ConfigError(f"backend.power_w={config.backend.power_w} is not accepted: above 0")
    if config.seed < 0:
        raise ConfigError(f"seed={config.seed} is not accepted: at least 0")
