"""The commands that a report page offers, as a person pastes them into a shell."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

START = ("python", "run.py")


def command(*arguments: str) -> str:
    """A command line of these arguments, quoted for a shell."""
    return shlex.join((*START, *arguments))


def commands_of_member(folder: str, rank: int) -> dict[str, str]:
    """What to do with a member, by what it is for.

    Example:
        >>> commands_of_member("outputs/mine", 2)["verify"]
        'python run.py task=verify run=outputs/mine member=2'
    """
    return {
        task: command(f"task={task}", f"run={folder}", f"member={rank}")
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
        'python run.py dataset=iris hydra.run.dir=outputs/mine'
    """
    made = None
    if isinstance(overrides, list) and all(isinstance(one, str) for one in overrides):
        made = command(*overrides, f"hydra.run.dir={folder}")
    tasks = ("contribution", "verify", "report")
    return {"search": made} | {t: command(f"task={t}", f"run={folder}") for t in tasks}


def command_of_comparison(setting: str | Sequence[str]) -> str:
    """The command that compares runs again.

    Args:
        setting: the folder of several, or the folders.

    Example:
        >>> command_of_comparison(["outputs/a", "outputs/b"])
        "python run.py task=report 'run=[outputs/a,outputs/b]'"
    """
    words = setting if isinstance(setting, str) else f"[{','.join(map(str, setting))}]"
    return command("task=report", f"run={words}")
