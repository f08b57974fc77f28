"""Composing the configuration from Python: what a command line of the same overrides gives."""

from __future__ import annotations

from functools import cache

from hydra import compose, initialize_config_dir
from omegaconf import DictConfig, open_dict

from hybhanas.hydra_app.groups import checked, complete
from hybhanas.hydra_app.mistakes import explained
from hybhanas.hydra_app.schema import register
from hybhanas.hydra_app.sweeps import register_resolvers
from hybhanas.presets import CONF


@cache
def register_all() -> None:
    """Makes the schema and the resolvers known to Hydra, once in a process."""
    register()
    register_resolvers()


def composed(*overrides: str) -> DictConfig:
    """The configuration that `python3 run.py OVERRIDES` composes; interpolations are kept.

    Raises:
        ConfigError: an override that is not accepted, or a group that is needed and left out.

    Example:
        >>> composed("cost_model=effective_time").cost_model.total
        'effective'
    """
    register_all()
    with explained(), initialize_config_dir(str(CONF), version_base="1.3"):
        config = compose("config", overrides=checked(overrides), return_hydra_config=True)
    complete(config, config.hydra.runtime.choices)
    with open_dict(config):
        del config["hydra"]
    return config
