"""task=contribution: whether the circuits of the selected members earn their seconds."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig

from hybhanas import atomic
from hybhanas.errors import ConfigError
from hybhanas.evidence.baselines import baselines_of
from hybhanas.evidence.contribution import contributions
from hybhanas.evidence.statistics import least_wilcoxon_p
from hybhanas.evidence.verdict import Contribution
from hybhanas.nas.front import read_front
from hybhanas.nas.run_folder import RunFolder
from hybhanas.nas.selection import choose, select
from hybhanas.reporting.contribution_table import contribution_table
from hybhanas.reporting.page.commands import override
from hybhanas.reporting.steps import steps_on
from hybhanas.reporting.terminal import fitted, print_line, terminal
from hybhanas.steps import Steps, quiet
from hybhanas.tasks.finished import FinishedRun, read_run
from hybhanas.tasks.last_lines import say_end
from hybhanas.tasks.search import prepare
from hybhanas.tasks.setup import shown


def contribution(config: DictConfig, folder: Path) -> list[Contribution]:
    """Trains the selected members and their variants, prints the comparison with a verdict a
    member, and writes each to `evidence/` in the folder of the run.

    Args:
        config: composed; `run` names the folder of the search, `member` one member of its front.
        folder: where nothing is written.

    Raises:
        ConfigError: `run` is not a search that has finished, or `member` means none.
    """
    if config.seeds < 2:
        raise ConfigError(f"seeds={config.seeds} is not accepted: at least 2")
    run = read_run(config.run)
    console = terminal()
    found = contributions_of(run, config.member, config.seeds, steps_on(console))
    for one in found:
        console.print(fitted(contribution_table(one), console))
        print_line(console, one.verdict)
    least = least_wilcoxon_p(config.seeds)
    say_end(
        console,
        f"{config.seeds} seeds; paired t-tests, corrected by Holm's method for each member "
        f"(Wilcoxon's test could reach p = {least:.2g} at best); in "
        f"{shown(RunFolder(run.folder).evidence_folder)}",
        "task=report",
        override("run", config.run),
    )
    return found


def contributions_of(
    run: FinishedRun, member: str | int | None, seeds: int, steps: Steps = quiet
) -> list[Contribution]:
    """The contributions of the selected members of a run, or of one; written to its folder.

    Raises:
        ConfigError: the search has not finished, or `member` means none.
    """
    files = RunFolder(run.folder)
    members = read_front(files, run.evaluations)
    chosen = (
        select(members, run.objectives)
        if member is None
        else [choose(members, member, run.objectives)]
    )
    architectures = list(dict.fromkeys(one.member.evaluation.architecture for one in chosen))
    evaluator = prepare(run.config, run.folder).evaluator
    baselines = baselines_of(files, evaluator.data, evaluator.seed)
    found = contributions(architectures, evaluator, baselines, seeds, steps)
    for one in found:
        atomic.write_json(files.evidence(one.architecture), one.to_dict())
    return found
