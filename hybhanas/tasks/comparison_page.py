"""The page that compares searches: at the end of a sweep, or by task=report of several runs."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from hybhanas.errors import ConfigError
from hybhanas.nas.classical import Baseline
from hybhanas.nas.front import FrontMember, ranked
from hybhanas.nas.run_folder import RunFolder
from hybhanas.nas.selection import select
from hybhanas.reporting.front_report import FrontReport
from hybhanas.reporting.page.commands import command_of_comparison
from hybhanas.reporting.page.compared_run import ComparedRun
from hybhanas.reporting.page.comparison import RunComparison
from hybhanas.reporting.page.document import OF_A_COMPARISON, write_page
from hybhanas.reporting.runs_table import labels
from hybhanas.tasks.differences import differences, must_agree
from hybhanas.tasks.finished import MALFORMED, FinishedRun
from hybhanas.tasks.found_runs import end_of, names_of
from hybhanas.tasks.records_in_order import in_order
from hybhanas.tasks.setup import shown

log = logging.getLogger(__name__)

PAGE = "comparison.html"

MAIN = ("dataset", "backend", "search", "search_space", "cost_model")
"""The groups whose names the page tells where all runs agree."""


def write_comparison(
    runs: Sequence[FinishedRun], left_out: Sequence[str], folder: Path, setting: str | Sequence[str]
) -> Path:
    """Writes `comparison.html`, which links to the pages of the runs.

    Args:
        runs: finished or not; of those that have evaluated nothing the page has a line each.
        left_out: a line for each run that could not be read.
        folder: of the page.
        setting: that `run=...` names, for the command that makes the page again.

    Raises:
        ConfigError: no run has evaluated anything.
        OSError: the page cannot be written.
    """
    page, reasons = folder / PAGE, list[str]()
    found = list[tuple[FinishedRun, ComparedRun, dict[str, str]]]()
    for run in runs:
        if not run.objectives.front(run.evaluations):
            reasons.append(f"{shown(run.folder)}: no architecture was evaluated")
            continue
        try:
            found.append((run, _compared(run, page), _main(run)))
        except (*MALFORMED, OmegaConfBaseException) as error:
            reason = f"{type(error).__name__}: {error}".partition("\n")[0]
            reasons.append(f"{shown(run.folder)}: it is damaged ({reason})")
            log.warning("left out: %s", reasons[-1])
    if not found:
        raise ConfigError(f"run={shown(runs[0].folder)} is not accepted: {reasons[0]}")
    started = [run for run, _, _ in found]
    differing = differences([run.config for run in started])
    folders = names_of([run.folder for run in started])
    names = labels([*zip(folders, differing, strict=True)])
    made = RunComparison(
        title=f"{len(started)} searches compared" if len(started) > 1 else names[0],
        runs=[
            replace(one, name=name, settings=own)
            for (_, one, _), name, own in zip(found, names, differing, strict=True)
        ],
        shared=_shared([main for _, _, main in found]),
        left_out=[*reasons, *left_out],
        command=command_of_comparison(setting),
    )
    folder.mkdir(parents=True, exist_ok=True)
    write_page(page, made.content(), OF_A_COMPARISON)
    return page


def _compared(run: FinishedRun, page: Path) -> ComparedRun:
    """A run without what depends on the others, its name and the settings that differ."""
    if not math.isfinite(sum(evaluation.seconds for evaluation in run.evaluations)):
        raise ValueError("its evaluations took longer than any number says")
    files = RunFolder(run.folder)
    end = end_of(run)
    return ComparedRun(
        name="",
        folder=str(shown(run.folder.absolute())),
        link=_link(files.page, page),
        settings={},
        same=must_agree(run),
        finished=end is not None,
        evaluations=in_order(files, run.evaluations),
        front=_reported(end.members, run, end.baselines) if end else _so_far(run),
        objectives=run.objectives,
    )


def _so_far(run: FinishedRun) -> FrontReport:
    """The front of a search that has not finished, by the accuracies in the search."""
    front = run.objectives.front(run.evaluations)
    members = [FrontMember(e, e.validation_accuracy, None, None) for e in front]
    return _reported(ranked(members, run.objectives), run, [])


def _reported(
    members: list[FrontMember], run: FinishedRun, baselines: list[Baseline]
) -> FrontReport:
    return FrontReport(members, select(members, run.objectives), baselines)


def _link(target: Path, page: Path) -> str | None:
    if not target.is_file():
        return None
    return quote(Path(os.path.relpath(target.resolve(), page.parent.resolve())).as_posix())


def _main(run: FinishedRun) -> dict[str, str]:
    """The names of its main groups, and the seed."""
    keys = {**{group.replace("_", " "): f"{group}.name" for group in MAIN}, "seed": "seed"}
    values = {name: OmegaConf.select(run.config, key) for name, key in keys.items()}
    return {name: str(value) for name, value in values.items() if value is not None}


def _shared(runs: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What all runs have alike."""
    first, *others = runs
    return {k: v for k, v in first.items() if all(other.get(k) == v for other in others)}
