"""task=search: from a configuration to a Pareto front of trained HQNNs."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from rich.console import Console
from rich.markup import escape

from hybhanas import atomic
from hybhanas.calibration import Calibration
from hybhanas.cost.model import MEASURED
from hybhanas.data.protocol import ready
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.executors import Executor, Workers
from hybhanas.nas.final_training import train_front
from hybhanas.nas.front import FrontMember
from hybhanas.nas.loop import Generation, Progress, run_search
from hybhanas.nas.problem import Problem, check_fits, pose
from hybhanas.nas.run_folder import RunFolder
from hybhanas.reporting.steps import steps_on
from hybhanas.reporting.terminal import SearchView, print_line, terminal
from hybhanas.reporting.tracked_search import TrackedSearch
from hybhanas.reporting.tracking import Tracker
from hybhanas.tasks.interrupted import resumable
from hybhanas.tasks.last_lines import say_end_of_search
from hybhanas.tasks.live_page import LivePage
from hybhanas.tasks.provenance import provenance
from hybhanas.tasks.repeated import ended, note_end
from hybhanas.tasks.report import write_report
from hybhanas.tasks.results import front_of, reported, write_pictures, write_results
from hybhanas.tasks.select import print_report
from hybhanas.tasks.setup import build, cache_folder, shown
from hybhanas.tasks.tracked import is_tracked, tracked_once
from hybhanas.tasks.warm_start import with_start

log = logging.getLogger(__name__)


def search(config: DictConfig, folder: Path) -> list[FrontMember]:
    """Searches, trains the front to the end, and reports; resumes where an earlier run stopped.

    Args:
        config: composed; see conf/config.yaml.
        folder: of the run. Nothing is written to it before every setting is checked.

    Returns:
        The front, by rank; see `hybhanas.nas.front.ranked`.

    Raises:
        ConfigError: a setting that is not accepted, or a folder that holds another search.
    """
    console = terminal()
    problem = prepare(config, folder)
    tracker, executor = build("logger", config.logger), build("executor", config.executor)
    _warn_of_age(problem, config.calibration_max_age_days)
    resolved: Any = OmegaConf.to_container(config, resolve=True)
    return run(problem, executor, tracker, config.dataset.name, resolved, console)


def prepare(config: DictConfig, folder: Path) -> Problem:
    """Builds and checks everything that a search needs, what is quick first. A measured device is
    that of the folder's earlier run, so that it stays the same, and so is what it starts from.
    """
    run_folder = RunFolder(folder)
    device = config.device.copy()
    if device.peak_flops_per_s is None and (earlier := run_folder.earlier_settings()) is not None:
        device.update({name: earlier["device"][name] for name in MEASURED})
    space = build("search_space", config.search_space)
    search = build("search", with_start(config.search, run_folder))
    calibration = Calibration.load(build("calibration", config.calibration))
    check_fits(space, search, calibration)
    return pose(
        space=space,
        search=search,
        training=build("trainer", config.trainer),
        data=ready(build("dataset", config.dataset), config.seed),
        cost_model=build("cost_model", config.cost_model),
        calibration=calibration,
        device=build("device", device),
        power_w=config.backend.power_w,
        price=build("backend", config.backend).asked,
        simulator=config.simulator.name,
        seed=config.seed,
        folder=run_folder,
        cache=cache_folder(config),
        floor=config.get("floor", True),
    )


def run(  # noqa: PLR0913 - the parts of a run
    problem: Problem,
    executor: Executor,
    tracker: Tracker,
    data_name: str,
    config: Mapping[str, Any],
    console: Console,
) -> list[FrontMember]:
    """Runs a search to its end and writes every file of the run.

    Args:
        problem: checked.
        executor: computes.
        tracker: mirrors the run.
        data_name: as titles name the data set.
        config: of the run, in plain types, for its folder and the tracker.
        console: to show progress and the front on.

    Returns:
        The front, by rank; see `hybhanas.nas.front.ranked`.

    Raises:
        ConfigError: another search is running in the folder, or no candidate could be evaluated.
    """
    started = time.perf_counter()
    folder, evaluator = problem.folder, problem.evaluator
    calibration = evaluator.estimator.calibration
    _introduce(console, problem, data_name)
    if is_tracked(tracker, problem) and (known := ended(problem)) is not None:
        return _shown(problem, console, *known)
    _warn_of_shares(executor, evaluator.training.shares)
    objectives, settings = problem.strategy.objectives, OmegaConf.create(dict(config))
    page = LivePage.of(problem, settings, provenance(problem))
    notify = partial(console.print, soft_wrap=True)
    with (
        tracked_once(tracker, problem, config) as tracked,  # the last to end: nothing waits for it
        folder.claimed(problem.settings),
        executor.started(evaluator, folder.path, notify) as workers,
        resumable(console, folder, objectives, page.stopped) as so_far,
    ):
        atomic.write_text(folder.config, OmegaConf.to_yaml(settings))
        evaluations = _searched(problem, workers, tracked, console, page, so_far)
        search_s = time.perf_counter() - started
        front = front_of(problem, evaluations)
        plain = partial(notify, markup=False)
        members = train_front(front, evaluator, workers, folder, plain, steps_on(console))
        report = reported(problem, members)
        wall_s = time.perf_counter() - started
        summary = write_results(problem, evaluations, report, search_s, wall_s)
        print_report(console, report)
        took = f"{len(evaluations)} architectures in {search_s:.0f} s, {wall_s:.0f} s in all"
        say_end_of_search(console, took, folder)
        title = f"{data_name} on {calibration.name} ({calibration.date:%Y-%m-%d})"
        write_pictures(folder, evaluations, report, title)
        page.end()
        write_report(folder, evaluations, report, objectives, settings, calibration)
        note_end(problem, evaluations)
        tracked.finished(folder, evaluations, report, summary)
    return [*report.members]


def _shown(
    problem: Problem,
    console: Console,
    evaluations: Sequence[Evaluation],
    members: Sequence[FrontMember],
) -> list[FrontMember]:
    """Shows what an earlier run of the same search has found."""
    report = reported(problem, members)
    print_report(console, report)
    took = f"{len(evaluations)} architectures, found before"
    say_end_of_search(console, took, problem.folder)
    return [*report.members]


def _searched(  # noqa: PLR0913 - where a generation is shown
    problem: Problem,
    workers: Workers,
    tracked: TrackedSearch,
    console: Console,
    page: LivePage,
    so_far: list[Evaluation],
) -> list[Evaluation]:
    """Runs the strategy to its end; each generation is shown, tracked and put on the page."""
    settings = problem.strategy.settings

    def on_progress(progress: Progress) -> None:
        view.progress(progress)
        tracked.progress(progress)

    def on_generation(generation: Generation, evaluations: Sequence[Evaluation]) -> None:
        so_far[:] = evaluations
        view.generation(generation)
        page.generation(generation, evaluations)
        tracked.generation(generation)

    halving, budget = bool(settings.halving().rungs), settings.budget
    with SearchView(console, settings.generations, halving, budget) as view:
        return run_search(
            problem.strategy,
            problem.evaluator,
            problem.folder.path,
            workers,
            on_progress=on_progress,
            on_generation=on_generation,
            on_limit=view.ended,
        )


def _introduce(console: Console, problem: Problem, data_name: str) -> None:
    """Shows what is searched on which backend, and the repairs of its calibration."""
    calibration = problem.evaluator.estimator.calibration
    space, settings = problem.strategy.space, problem.strategy.settings
    used = len(calibration.qubits)
    console.print(
        f"[bold]{settings.name}[/] over {space.size:,} genomes, "
        f"{settings.population} x {settings.generations}; {escape(data_name)} on "
        f"{escape(calibration.name)}, {used} of {used + len(calibration.excluded)} qubits"
    )
    age_days = calibration.age_days(datetime.now(UTC))
    console.print(f"calibration of {calibration.date:%Y-%m-%d}, {age_days:.0f} days old")
    for repair in calibration.repairs:
        print_line(console, f"  repaired: {repair}", style="dim")
    for note in getattr(problem.evaluator.data, "notes", ()):
        print_line(console, f"  data: {note}", style="dim")
    line = f"folder: {shown(problem.folder.path)}"
    console.print(line, soft_wrap=True, highlight=False, markup=False)


def _warn_of_age(problem: Problem, max_age_days: float) -> None:
    if problem.evaluator.estimator.calibration.age_days(datetime.now(UTC)) > max_age_days:
        log.warning(
            "the calibration is older than calibration_max_age_days=%g: its costs are those of "
            "that day",
            max_age_days,
        )


def _warn_of_shares(executor: Executor, shares: int) -> None:
    if executor.max_workers > shares:
        log.warning(
            "trainer.shares=%d: %d workers have little to do; trainer.shares=%d divides a "
            "generation for so many",
            *(shares, executor.max_workers, executor.max_workers),
        )
