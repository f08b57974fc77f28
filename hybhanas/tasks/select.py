"""task=select: which members of a front to take, and why."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig
from rich.console import Console

from hybhanas import atomic
from hybhanas.errors import ConfigError
from hybhanas.evidence.baselines import read_baselines
from hybhanas.nas import selection
from hybhanas.nas.front import read_front
from hybhanas.nas.run_folder import RunFolder
from hybhanas.reporting.front_report import FrontReport, selection_rows
from hybhanas.reporting.terminal import terminal
from hybhanas.tasks.finished import read_run
from hybhanas.tasks.setup import shown


def select(config: DictConfig, folder: Path) -> list[selection.Selected]:
    """Prints the members of a run to take and writes `selection.json` with the reasons.

    Args:
        config: composed; `run` names the folder of the search, `member` what to take.
        folder: where the file is written.

    Raises:
        ConfigError: `run` is not a search that has finished, or `member` means none.
    """
    run = read_run(config.run)
    files = RunFolder(run.folder)
    members = read_front(files, run.evaluations)
    if config.member is None:
        selected = selection.select(members, run.objectives)
    else:
        selected = [selection.choose(members, config.member, run.objectives)]
    if not selected:
        raise ConfigError(f"run={config.run} is not accepted: no member was trained to the end")
    atomic.write_json(folder / files.selection.name, selection_rows(selected))
    console = terminal()
    print_report(console, FrontReport(members, selected, read_baselines(files)))
    console.print(f"selection in {shown(folder)}", soft_wrap=True, markup=False, highlight=False)
    return selected


def print_report(console: Console, report: FrontReport) -> None:
    """Prints what classical models make of the front, the front, and what to take."""
    for line in report.first_lines():
        console.print(line, soft_wrap=True, markup=False, highlight=False)
    console.print(report.table(console.width))
    for line in [*report.names(console.width), *report.last_lines()]:
        console.print(line, soft_wrap=True, markup=False, highlight=False)
