"""The groups of the configuration: each is chosen by the name of one option.

Where a run can do without a group, `GROUP=null` and `~GROUP` leave it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, Glob, Override, QuotedString
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf

from hybhanas.errors import ConfigError
from hybhanas.hydra_app.schema import schema
from hybhanas.presets import CONF
from hybhanas.tasks.options import GROUPS, OPTIONS, WITHOUT

NEEDED = tuple(group for group in ("task", *GROUPS, *OPTIONS) if group not in WITHOUT)
"""The groups that every run needs an option of."""

OPTIONAL = ("experiment", *WITHOUT)
"""The groups that may be left out."""


def checked(arguments: Iterable[str]) -> list[str]:
    """Command-line arguments as Hydra accepts them: options such as `-m` before all settings,
    `logger=null` as its `~logger`, and `member=under=10h` in quotes.

    Raises:
        ConfigError: null, a number or a list where a group needs the name of an option; a sweep
            over settings of the logger, which outside of a multirun is text without its quotes.

    Example:
        >>> checked(["backend=ibm_fez,ibm_torino", "logger=null", "--multirun"])
        ['--multirun', 'backend=ibm_fez,ibm_torino', '~logger']
    """
    parser = OverridesParser.create()
    options: list[str] = []
    settings: list[str] = []
    for argument in arguments:
        try:
            override = parser.parse_override(argument)
        except HydraException:  # an option such as --multirun, or a mistake that Hydra explains
            name, _, value = argument.partition("=")
            if name == "member" and value.startswith("under="):
                settings.append(f"member='{value}'")
            else:
                options.append(argument)
        else:
            settings.append(_checked(argument, override))
    return options + settings


def _checked(argument: str, override: Override) -> str:
    group = override.key_or_group
    if override.is_sweep_override() and group.partition(".")[0] == "logger":
        raise ConfigError(  # the jobs would share their folders
            f"{argument} is not accepted: all jobs of a sweep are tracked in the same way; "
            "accepted: one value, a list such as [a,b], or text in quotes such as "
            "'logger.notes=\"a,b\"'"
        )
    if not (CONF / group).is_dir() or isinstance(override.value(), dict):
        return argument
    if override.value() is None and group in OPTIONAL:
        return f"~{group}"
    if (override.is_delete() and group in NEEDED) or not all(
        isinstance(name, str) for name in _names(override)
    ):
        raise ConfigError(f"{argument} is not accepted: {_choice(group)}")
    return argument


def _names(override: Override) -> list[Any]:
    """What a group is set to, or each of the options that it is swept over."""
    value = override.value()
    if isinstance(value, list) and override.key_or_group == "experiment":  # one upon the other
        return value
    if isinstance(value, ChoiceSweep):
        return [one.text if isinstance(one, QuotedString) else one for one in value.list]
    return [str(value) if isinstance(value, Glob) else value]


def _choice(group: str) -> str:
    if group.startswith("hydra/"):  # of which Hydra and its plug-ins have more
        return f"{group} is the name of an option"
    return f"{group} is one of {', '.join(sorted(p.stem for p in (CONF / group).glob('*.yaml')))}"


def complete(config: DictConfig, choices: Mapping[str, Any]) -> None:
    """Gives groups that were left out what stands for none.

    Args:
        config: composed.
        choices: the option of each group, as Hydra notes them.

    Raises:
        ConfigError: a group that every run needs was left out.
    """
    for group in NEEDED:
        if choices.get(group) is None:
            raise ConfigError(f"{group}=null is not accepted: {_choice(group)}")
    for group, nothing in WITHOUT.items():
        if choices.get(group) is None:
            settings: type = type(nothing)
            typed = OmegaConf.structured(schema(settings))
            config[group] = OmegaConf.merge(typed, asdict(nothing))
