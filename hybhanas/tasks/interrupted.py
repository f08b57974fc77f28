"""What a search says when it is stopped: the front so far, and the command that resumes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from rich.console import Console

from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.run_folder import RunFolder
from hybhanas.reporting.page.commands import commands_of_run
from hybhanas.reporting.terminal import print_line
from hybhanas.reporting.units import duration
from hybhanas.tasks.finished import overrides
from hybhanas.tasks.setup import shown

MOST = 5
"""Members of the front that are shown."""


@contextmanager
def resumable(
    console: Console,
    files: RunFolder,
    objectives: Objectives,
    on_stop: Callable[[], bool] = lambda: False,
) -> Iterator[list[Evaluation]]:
    """Within it, a search that is stopped says what it found and how it is resumed.

    Args:
        console: to write to.
        files: of the run.
        objectives: of the search.
        on_stop: writes the page of what was found, and says whether it did.

    Yields:
        A list for the evaluations so far.
    """
    found: list[Evaluation] = []
    try:
        yield found
    except KeyboardInterrupt:
        with suppress(OSError, ValueError):  # the terminal may be gone
            for line in [*front_so_far(found, objectives), *how_to_resume(files)]:
                print_line(console, line)
            if on_stop():
                print_line(console, f"to read: {shown(files.page.absolute())}")
        raise


def front_so_far(evaluations: Sequence[Evaluation], objectives: Objectives) -> list[str]:
    """The most accurate members of a front in a line each, below a line that counts them."""
    front = sorted(objectives.front(evaluations), key=lambda e: -(e.validation_accuracy or 0.0))
    if evaluations and not front:
        return [f"on the front so far, of {len(evaluations)} evaluated: none"]
    if not front:
        return ["stopped before a generation was complete"]
    shown = f", the {MOST} most accurate" if len(front) > MOST else ""
    return [
        f"on the front so far, of {len(evaluations)} evaluated: {len(front)}{shown}",
        *(
            f"  {100 * (e.validation_accuracy or 0.0):.1f} %, QPU time "
            f"{duration(e.values['qpu_s'])}, {e.parameters} parameters: {e.architecture}"
            for e in front[:MOST]
        ),
    ]


def how_to_resume(files: RunFolder) -> list[str]:
    """The command that resumes a search; none where it was started from Python."""
    command = commands_of_run(str(shown(files.path.absolute())), overrides())["search"]
    return [] if command is None else [f"to resume: {command}"]
