"""Presets: the options of conf/ as plain values, read without Hydra."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hybhanas.errors import unknown

_IN_PACKAGE = Path(__file__).parent / "conf"
CONF = _IN_PACKAGE if _IN_PACKAGE.is_dir() else Path(__file__).parent.parent / "conf"
"""The configuration: in an installed package, else in the repository."""


def names_of(group: str) -> list[str]:
    """The options of a group, sorted.

    Example:
        >>> "ibm_fez" in names_of("backend")
        True
    """
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


def following(group: str, other: str) -> dict[str, str]:
    """The settings of a group's options that are another group's, and how they are called there.

    Example:
        >>> following("executor", "trainer")["threads"]
        'threads'
    """
    from omegaconf import OmegaConf  # a tenth of a second

    found: dict[str, str] = {}
    for path in (CONF / group).glob("*.yaml"):
        content: Any = OmegaConf.to_container(OmegaConf.load(path), resolve=False)
        for key, value in content.items():
            if match := re.fullmatch(rf"\$\{{{other}\.(\w+)\}}", str(value)):
                found[key] = match[1]
    return found


def preset(group: str, name: str) -> dict[str, Any]:
    """The settings of an option, those of the options it extends included.

    Values that follow from other groups (`${trainer.threads}`) are left out.

    Raises:
        ConfigError: the group has no such option.

    Example:
        >>> preset("cost_model", "effective_time")["total"]
        'effective'
    """
    from omegaconf import OmegaConf  # a tenth of a second

    path = CONF / group / f"{name}.yaml"
    if not path.is_file():
        raise unknown(group, name, names_of(group))
    content: Any = OmegaConf.to_container(OmegaConf.load(path), resolve=False)
    values: dict[str, Any] = {}
    for parent in content.pop("defaults", []):
        if isinstance(parent, str) and parent != "_self_":
            values |= preset(group, parent)
    return values | {
        key: value
        for key, value in content.items()
        if key != "_target_" and not (isinstance(value, str) and "${" in value)
    }
