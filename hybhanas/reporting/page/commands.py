"""The commands that a report page offers, as a person pastes them into a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Any

START = ("python3", "run.py")

_BARE = re.compile(r"(?!(?:null|true|false|inf|nan)$)(?:[a-z_]|\.{0,2}/)[\w/.+%@-]*", re.A | re.I)
"""Texts that Hydra reads as themselves without quotes."""


def override(name: str, value: object) -> str:
    """A setting as Hydra reads it, whatever characters its value has.

    Args:
        name: of the setting.
        value: a number, a text or path, or several.

    Example:
        >>> override("run", "outputs/mine"), override("member", [1, "knee"])
        ('run=outputs/mine', 'member=[1,knee]')
        >>> override("run", "outputs/backend=ibm_fez")
        'run="outputs/backend=ibm_fez"'
    """
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"{name}=[{','.join(_quoted(one) for one in value)}]"
    return f"{name}={_quoted(value)}"


def _quoted(value: object) -> str:
    """A value by the rules of Hydra's grammar: https://hydra.cc/docs/advanced/override_grammar/basic."""
    text = str(value)
    if isinstance(value, int) or _BARE.fullmatch(text):
        return text
    text = re.sub(r"(\\*)\$\{", r"\1\1\\${", text)  # no interpolation of OmegaConf
    text = re.sub(r'(\\+)(?="|\Z)', r"\1\1", text)
    return '"' + text.replace('"', r"\"") + '"'


def command(*overrides: str) -> str:
    """A command line of these overrides, quoted for a shell."""
    return shlex.join((*START, *overrides))


def commands_of_member(folder: str, rank: int) -> dict[str, str]:
    """What to do with a member, by what it is for.

    Example:
        >>> commands_of_member("outputs/mine", 2)["verify"]
        'python3 run.py task=verify run=outputs/mine member=2'
    """
    return {
        task: command(f"task={task}", override("run", folder), override("member", rank))
        for task in ("train", "verify", "export", "contribution")
    }


def commands_of_run(folder: str, overrides: Any) -> dict[str, str | None]:
    """The command that made a run and resumes it, None where it was made from Python; and those
    that ask more of it.

    Args:
        folder: of the run.
        overrides: of its command line, as its `run.json` has them.

    Example:
        >>> commands_of_run("outputs/mine", ["dataset=iris"])["search"]
        'python3 run.py dataset=iris hydra.run.dir=outputs/mine'
    """
    made = None
    if isinstance(overrides, list) and all(isinstance(one, str) for one in overrides):
        made = command(*overrides, override("hydra.run.dir", folder))
    tasks = ("contribution", "verify", "report")
    return {"search": made} | {t: command(f"task={t}", override("run", folder)) for t in tasks}


def command_of_comparison(setting: str | Sequence[str]) -> str:
    """The command that compares runs again.

    Args:
        setting: the folder of several, or the folders.

    Example:
        >>> command_of_comparison(["outputs/a", "outputs/b"])
        "python3 run.py task=report 'run=[outputs/a,outputs/b]'"
    """
    return command("task=report", override("run", setting))
