"""What a search leaves: its front, ranked, and the tables, pictures and figures of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from hybhanas import atomic
from hybhanas.errors import ConfigError
from hybhanas.evidence.baselines import LOGISTIC, MAJORITY, baselines_of
from hybhanas.nas.classical import Baseline
from hybhanas.nas.evaluation import EVALUATED, Evaluation
from hybhanas.nas.front import FrontMember, ranked
from hybhanas.nas.problem import Problem
from hybhanas.nas.run_folder import RunFolder
from hybhanas.nas.selection import select
from hybhanas.nas.summary import Summary
from hybhanas.reporting.front_report import FrontReport, selection_rows
from hybhanas.tasks.provenance import provenance


def front_of(problem: Problem, evaluations: Sequence[Evaluation]) -> list[Evaluation]:
    """The front that a search has found.

    Raises:
        ConfigError: no candidate could be evaluated.
    """
    front = problem.strategy.objectives.front(evaluations)
    if not front:
        reasons = {e.reason for e in evaluations if e.status != EVALUATED}
        constrained = bool(problem.strategy.settings.constraints)
        raise ConfigError(
            "no candidate could be evaluated for these reasons"
            f"{', search.constraints among them' if constrained else ''}: "
            + "; ".join(sorted(reasons)[:3])
        )
    return front


def reported(problem: Problem, members: Sequence[FrontMember]) -> FrontReport:
    """Ranks the members, and chooses among them."""
    evaluator, objectives = problem.evaluator, problem.strategy.objectives
    baselines = list[Baseline]()
    if problem.floor:
        baselines = baselines_of(problem.folder, evaluator.data, evaluator.seed)
    floor = [baseline for baseline in baselines if baseline.name in (MAJORITY, LOGISTIC)]
    in_order = ranked(members, objectives, floor)
    return FrontReport(in_order, select(in_order, objectives), baselines)


def write_pictures(
    folder: RunFolder, evaluations: Sequence[Evaluation], report: FrontReport, title: str
) -> None:
    """Draws the front, and what the time of its members is made of."""
    from hybhanas.reporting.plots import plot_anatomy, plot_front

    ranked_members = {f"#{rank}": m for rank, m in enumerate(report.members, start=1)}
    trained = {
        name: m for name, m in ranked_members.items() if m.final_validation_accuracy is not None
    }
    named = {name: m.final for name, m in trained.items() if m.on_front}
    named = named or {name: m.final for name, m in trained.items()}
    named = named or {name: m.evaluation for name, m in ranked_members.items()}
    lines = {b.name: b.validation_accuracy for b in report.baselines}
    plot_front(folder.front_picture, evaluations, named, title, lines)
    plot_anatomy(folder.anatomy_picture, named, title)


def write_results(
    problem: Problem,
    evaluations: Sequence[Evaluation],
    report: FrontReport,
    search_s: float,
    wall_s: float,
) -> dict[str, Any]:
    """Writes the tables and the summary, and returns its numbers."""
    from hybhanas.reporting.tables import write_evaluations, write_front

    folder = problem.folder
    write_evaluations(folder, evaluations)
    write_front(folder, report.members)
    atomic.write_json(folder.selection, selection_rows(report.selected))
    summary = asdict(Summary.of(evaluations, problem.strategy.objectives))
    summary |= {"search_s": round(search_s, 3), "wall_s": round(wall_s, 3)}
    compared = {"compared": report.comparison()}
    finished = {"finished": datetime.now(UTC).isoformat(timespec="seconds")}
    atomic.write_json(folder.summary, compared | finished | provenance(problem) | summary)
    return summary
