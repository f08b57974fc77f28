"""The last lines of a task: where its files are, and the command that is worth running next."""

from __future__ import annotations

from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from rich.console import Console

from hybhanas.nas.run_folder import RunFolder
from hybhanas.reporting.page.commands import command, override
from hybhanas.reporting.terminal import print_line
from hybhanas.tasks.setup import shown


def of_members(setting: Any) -> list[str]:
    """The argument that names the members that a setting names; none where it is of all.

    Example:
        >>> of_members([1, "knee"]), of_members(None)
        (['member=[1,knee]'], [])
    """
    return [] if setting is None else [override("member", setting)]


def say_end(console: Console, said: str, *arguments: str) -> None:
    """Prints what a task did with the place of its files, and the next command as one line to copy.

    A job of a sweep names no command: its sweep ends with a comparison of all.

    Args:
        console: to write to.
        said: the line about the task.
        arguments: of the next command; none: there is nothing to run.
    """
    print_line(console, said)
    if arguments and not (HydraConfig.initialized() and HydraConfig.get().mode is RunMode.MULTIRUN):
        following = f"next: {command(*arguments)}"
        console.print(following, soft_wrap=True, markup=False, highlight=False)


def say_end_of_search(console: Console, took: str, folder: RunFolder) -> None:
    """Prints how long a search took, what to read, and how to see its best member under noise."""
    files = f"to read: {shown(folder.page)}; tables, pictures and models beside it"
    following = "task=verify", override("run", shown(folder.path)), "member=best"
    say_end(console, f"{took}; {files}", *following)
