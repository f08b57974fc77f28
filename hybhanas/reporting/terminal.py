"""The terminal: what a person sees while a search runs."""

from __future__ import annotations

import io
import math
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from textwrap import fill

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from hybhanas.nas.budget import NO_LIMIT, Budget
from hybhanas.nas.loop import Generation, Progress
from hybhanas.reporting.live import live
from hybhanas.reporting.units import duration
from hybhanas.steps import eta_s

COLUMNS: dict[str, Callable[[Generation], str]] = {
    "new": lambda g: str(g.new),
    "known": lambda g: str(g.known),
    "stopped": lambda g: str(g.stopped),
    "infeasible": lambda g: str(g.infeasible),
    "failed": lambda g: str(g.failed),
    "front": lambda g: str(g.front_size),
    "hypervolume": lambda g: f"{g.hypervolume:.4f}",
    "best accuracy": lambda g: "-" if g.best_accuracy is None else f"{100 * g.best_accuracy:.1f} %",
    "cheapest": lambda g: "-" if g.cheapest_s is None else duration(g.cheapest_s),
}
"""The columns of a generation, after its number."""

DROPPED = ("known", "hypervolume", "stopped", "infeasible", "failed", "cheapest", "new")
"""Those that a terminal goes without which is too narrow for all, the first first."""

_BETWEEN = 2
"""Columns of the terminal between two of the table's."""


class _Console(Console):
    """One that leaves it to the command line what a pipe means that nobody reads from."""

    def on_broken_pipe(self) -> None:
        """Raises the BrokenPipeError that it is called for."""
        raise


def terminal() -> Console:
    """The console that a task writes to: the terminal's width, or 140 columns into a file."""
    return _Console() if sys.stdout.isatty() else _Console(width=140)


def print_line(console: Console, line: str, style: str = "") -> None:
    """Prints a line of words. A terminal that is too narrow for it breaks it between words, a long
    path as the terminal does; in a file it is one line.

    Args:
        console: to write to.
        line: without markup.
        style: of all of it, as rich names it.
    """
    if console.is_terminal:
        line = fill(line, console.width, break_long_words=False, break_on_hyphens=False)
    console.print(line, style=style, soft_wrap=True, markup=False, highlight=False)


def silent() -> Console:
    """A console that prints nowhere, in a notebook either, where rich ignores its file."""
    return Console(file=io.StringIO(), force_jupyter=False)


def fitted(table: Table, console: Console, spare: int = 0) -> Table:
    """A table as it is, or, where the terminal is too narrow for it, a line for each of its cells.

    Args:
        table: its cells are text.
        console: that it is for.
        spare: columns that the table can do without, by breaking the lines of a cell.
    """
    wide = console.measure(table, options=console.options.update(width=1000)).maximum
    if wide <= console.width + spare:
        return table
    lines = Table(title=table.title, title_justify="left", box=None, show_header=False)
    lines.add_column(no_wrap=True, style="bold")
    lines.add_column(overflow="fold")
    cells = [[*column.cells] for column in table.columns]
    for row in range(table.row_count):
        for column, of_rows in zip(table.columns, cells, strict=True):
            lines.add_row(column.header, of_rows[row])
        lines.add_row()
    return lines


class SearchView:
    """A table that grows by a row a generation, above a line for the one in progress.

    On a terminal both are live; elsewhere the rows are printed as they come.

    Args:
        console: to write to.
        generations: of the search.
        halving: whether networks are stopped at rungs; their number then has a column.
        budget: may end the search earlier.
    """

    def __init__(
        self, console: Console, generations: int, halving: bool, budget: Budget = NO_LIMIT
    ):
        self._console = console
        self._generations, self._budget = generations, budget
        shown = {name: tell for name, tell in COLUMNS.items() if halving or name != "stopped"}
        for name in DROPPED:
            if sum(len(one) + _BETWEEN for one in ("generation", *shown)) > console.width:
                shown.pop(name, None)
        self._names, self._tell = ("generation", *shown), tuple(shown.values())
        self._rows: list[list[str]] = []
        self._started = time.monotonic()
        self._progress: Progress | None = None
        self._evaluated_s = 0.0
        self._live = ExitStack()

    def __enter__(self) -> SearchView:
        if self._console.is_terminal:
            self._live.enter_context(live(self._shown, self._console, transient=False))
        else:
            self._console.print("  ".join(self._names))
        return self

    def __exit__(self, *exception: object) -> None:
        if self._console.is_terminal:
            self._progress = None
            self._live.close()

    def progress(self, progress: Progress) -> None:
        """A candidate was evaluated or answered."""
        if progress.new > (self._progress.new if self._progress else 0):
            self._evaluated_s = time.monotonic() - self._started
        self._progress = progress

    def generation(self, generation: Generation) -> None:
        """A generation ended."""
        number = f"{generation.number}/{self._generations}"
        row = [number, *(tell(generation) for tell in self._tell)]
        self._rows.append(row)
        if not self._console.is_terminal:
            cells = zip(row, self._names, strict=True)
            self._console.print("  ".join(text.rjust(len(name)) for text, name in cells))

    def ended(self, limit: str) -> None:
        """A limit of the budget ended the search."""
        self._console.print(f"ended by {limit}", markup=False, highlight=False)

    def _eta(self, progress: Progress) -> float | None:
        """Answers from the records take no time, so that only new evaluations are a measure; None
        before the first. Other limits than those of seconds and evaluations may end a search
        earlier.
        """
        done = (progress.generation - 1) * progress.total + progress.done
        elapsed_s = time.monotonic() - self._started
        generations, limit = self._generations, self._budget
        if limit.evaluations is not None:
            generations = min(generations, math.ceil(limit.evaluations / progress.total))
        remaining = max(generations * progress.total - done, 0)
        left_s = eta_s(progress.new, progress.new + remaining, self._evaluated_s, elapsed_s)
        if left_s is None or limit.seconds is None:
            return left_s
        return min(left_s, max(limit.seconds - elapsed_s, 0.0))

    def _shown(self) -> RenderableType:
        """The table, and below it a line while a generation is in progress."""
        progress = self._progress
        if progress is None:
            return self._table()
        left_s = round(self._eta(progress) or 0)
        eta = f", ETA {duration(left_s)}" if left_s > 0 else ""
        line = (
            f"generation {progress.generation}/{self._generations}: "
            f"{progress.done}/{progress.total} candidates{eta}"
        )
        return Group(self._table(), Text(line, style="dim"))

    def _table(self) -> Table:
        table = Table(box=None, header_style="bold")
        for name in self._names:
            table.add_column(name, justify="right")
        for row in self._rows:
            table.add_row(*row)
        return table
