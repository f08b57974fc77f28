"""task=select: which members of a front to take, and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from rich.console import Console

from hybhanas import atomic
from hybhanas.errors import ConfigError
from hybhanas.evidence.baselines import read_baselines
from hybhanas.nas import selection
from hybhanas.nas.front import read_front
from hybhanas.nas.run_folder import RunFolder
from hybhanas.reporting.front_report import FrontReport, selection_rows
from hybhanas.reporting.page.commands import override
from hybhanas.reporting.terminal import print_line, terminal
from hybhanas.reporting.wandb_content import Files, log_files, table
from hybhanas.tasks.finished import FinishedRun, read_run
from hybhanas.tasks.last_lines import say_end
from hybhanas.tasks.setup import build, shown
from hybhanas.tasks.tracked import tracked_reader


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
    path = folder / files.selection.name
    atomic.write_json(path, selection_rows(selected))
    _track(config, run, selected, path)
    console = terminal()
    print_report(console, FrontReport(members, selected, read_baselines(files)))
    member = selected[0].rank if config.member is None else config.member
    following = "task=verify", override("run", config.run), override("member", member)
    say_end(console, f"selection in {shown(folder)}", *following)
    return selected


def _track(
    config: DictConfig, run: FinishedRun, selected: Sequence[selection.Selected], path: Path
) -> None:
    """Tells W&B online what was taken; an offline run would take longer than selecting."""
    tracker = build("logger", config.logger)
    if tracker.mode != "online":
        return
    rows = [{"word": one.word, "reason": one.reason} | one.member.row() for one in selected]
    for row, one in zip(rows, selected, strict=True):
        row |= {"architecture": str(one.member.evaluation.architecture), "rank": one.rank}

    def log_result(tracked: Any) -> None:
        tracked.log({"selection_table": table(rows)})
        log_files(tracked, Files(f"selection-{tracked.id}", "result", {path.name: path}))

    plain: Any = OmegaConf.to_container(config, resolve=True)
    with tracked_reader(tracker, "select", path.parent, plain, run.folder) as tracked:
        tracked.tell(log_result)


def print_report(console: Console, report: FrontReport) -> None:
    """Prints what classical models make of the front, the front, and what to take."""
    for line in report.first_lines():
        print_line(console, line)
    console.print(report.table(console.width))
    for line in [*report.names(console.width), *report.last_lines()]:
        print_line(console, line)
