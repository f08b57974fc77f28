"""What is logged to W&B of a search: its progress, its candidates, and what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from hybhanas.nas.evaluation import EVALUATED, Evaluation
from hybhanas.nas.hypervolume import EXACT_DIMENSIONS
from hybhanas.nas.loop import Generation, Progress
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.run_folder import RunFolder
from hybhanas.nas.summary import Tally
from hybhanas.reporting.front_report import FrontReport
from hybhanas.reporting.service import About
from hybhanas.reporting.tables import rows_in_words
from hybhanas.reporting.tracking import TrackedRun, Tracker
from hybhanas.reporting.units import duration
from hybhanas.reporting.wandb_content import (
    Files,
    front_chart,
    log_files,
    pictures,
    table,
)
from hybhanas.reporting.wandb_runs import (
    candidates,
    finish_beside,
    known_id,
    sent,
    start_beside,
)

OF_CANDIDATE = ("status", "validation_accuracy", "qpu_s", "log10_total_s", "parameters")
"""Numbers of a candidate's own run, besides its genes."""

GROWTH = 1.5
"""The table of evaluations is logged whole, each time it has grown so much: of thousands of
generations not each is kept.
"""


class TrackedSearch:
    """Tells a tracked run of a search, from its first evaluation on.

    The axis is the number of evaluations. A resumed search repeats those of its records; what a
    server knows of its run, or was sent by `wandb sync`, is not told again.

    Args:
        tracked: the run.
        tracker: its settings.
        about: how the run is described.
        objectives: of the search.
    """

    def __init__(self, tracked: TrackedRun, tracker: Tracker, about: About, objectives: Objectives):
        self._tracked, self._tracker, self._about = tracked, tracker, about
        self._objectives, self._tally = objectives, Tally(objectives)
        self._evaluations: list[Evaluation] = []
        self._known = 0  # evaluations that a server knows of
        self._next_step: int | None = None  # after those that `wandb sync` has sent
        self._in_table = 0  # evaluations that the table had when it was logged last
        self._candidates = set[str]()  # those that have a run of their own
        self._under = dict.fromkeys(tracker.under_s, 0.0)

    def progress(self, progress: Progress) -> None:
        """A candidate was evaluated, or answered by its record."""
        if not self._tracked.active:
            return
        if not self._evaluations:
            self._tracked.tell(self._begin)
        evaluation = progress.evaluation
        self._evaluations.append(evaluation)
        self._tally.add([evaluation])
        if self._tracker.candidates:
            self._tracked.report_candidate(partial(self._log_candidate, evaluation=evaluation))
        if evaluation.status == EVALUATED:
            accuracy, qpu_s = evaluation.validation_accuracy or 0.0, evaluation.values["qpu_s"]
            for limit_s, best in self._under.items():
                if qpu_s <= limit_s:
                    self._under[limit_s] = max(best, accuracy)
        estimated = len(self._objectives.names) > EXACT_DIMENSIONS  # the hypervolume: 0.1 s
        if estimated and progress.done < progress.total:
            return
        summary = self._tally.summary()
        self._log(
            {
                "generation": progress.generation,
                "front_size": summary.front_size,
                "hypervolume": summary.hypervolume,
                "best_accuracy": summary.best_accuracy or 0.0,
                "cheapest_s": summary.cheapest_s or 0.0,
                **self.under_budget,
            }
        )

    @property
    def under_budget(self) -> dict[str, float]:
        """The best accuracy of the networks within each limit of QPU time; 0 while there is none.

        Named as `best_accuracy_under_1h`.
        """
        name = "best_accuracy_under_{}"
        return {
            name.format(duration(limit_s).replace(" ", "")): best
            for limit_s, best in self._under.items()
        }

    def generation(self, generation: Generation) -> None:
        """A generation ended: its counts; all evaluations as a table and the front as a chart where
        they have grown enough.
        """
        counts = {
            name: value
            for name, value in asdict(generation).items()
            if name in ("new", "known", "stopped", "infeasible", "failed", "epochs")
        }
        self._log(counts)
        self._tracked.tell(partial(self._log_so_far, number=len(self._evaluations)))

    def _begin(self, run: Any) -> None:
        run.define_metric("*", step_metric="evaluations")
        before: Mapping[str, Any] = {}
        if run.resumed:
            before = run.summary
        elif run.offline and (before := sent(Path(run.settings.root_dir), run.id)):
            self._next_step = int(before.get("_step") or 0) + 1
        self._known = int(before.get("evaluations") or 0)
        self._candidates = candidates(Path(run.settings.root_dir), run.id, not run.offline)

    def _put(self, run: Any, values: dict[str, Any]) -> None:
        run.log(values, step=self._next_step, commit=True)
        self._next_step = None  # W&B counts on

    def _log(self, metrics: Mapping[str, float]) -> None:
        numbers = {"evaluations": len(self._evaluations), **metrics}

        def log_unless_known(run: Any) -> None:
            if numbers["evaluations"] > self._known:
                self._put(run, numbers)

        self._tracked.tell(log_unless_known)

    def _log_so_far(self, run: Any, number: int) -> None:
        """The first evaluations, unless the server knows them."""
        if number <= self._known or number < GROWTH * self._in_table:
            return
        self._in_table = number
        self._put_table(run, self._evaluations[:number])

    def _put_table(self, run: Any, evaluations: Sequence[Evaluation]) -> None:
        shown = {"evaluation_table": table(rows_in_words(evaluations))}
        if front := self._objectives.front(evaluations):
            shown["front_chart"] = front_chart(front)
        self._put(run, {"evaluations": len(evaluations), **shown})

    def finished(
        self,
        folder: RunFolder,
        evaluations: Sequence[Evaluation],
        report: FrontReport,
        summary: Mapping[str, Any],
    ) -> None:
        """The search ended, and its folder holds every file."""
        members = [
            {"architecture": str(member.evaluation.architecture), "rank": rank}
            | {"hash" if name == "architecture" else name: v for name, v in member.row().items()}
            for rank, member in enumerate(report.members, 1)
        ]
        whole = {**summary, **_selected(report), **self.under_budget}
        results = partial(self._log_results, folder=folder, evaluations=evaluations)
        self._tracked.tell(partial(results, members=members, whole=whole))

    def _log_results(
        self,
        run: Any,
        folder: RunFolder,
        evaluations: Sequence[Evaluation],
        members: Sequence[Mapping[str, Any]],
        whole: Mapping[str, Any],
    ) -> None:
        tables = {"evaluation_table": rows_in_words(evaluations), "front_table": members}
        shown = pictures([folder.front_picture, folder.anatomy_picture, folder.page])
        made = {name: table(rows) for name, rows in tables.items()}
        shown["front_chart"] = front_chart(self._objectives.front(evaluations))
        self._put(run, {"evaluations": len(evaluations), **made, **shown})
        for files in artifacts(folder.path):
            log_files(run, files)
        run.summary.update(whole)

    def _log_candidate(self, run: Any, evaluation: Evaluation) -> None:
        """A run of a candidate alone: genes in its configuration, what came of it as numbers."""
        (row,) = rows_in_words([evaluation])
        if row["hash"] in self._candidates:
            return
        genes = evaluation.architecture.to_dict()
        about = About(
            name=row["architecture"],
            job_type="candidate",
            config={**self._about.config, "search_run": run.id, **genes},
            tags=self._about.tags,
        )
        arguments = self._tracker.arguments(about)
        arguments["group"] = self._tracker.group or self._about.name
        candidate = start_beside(run, row["hash"], arguments)
        candidate.log({name: row[name] for name in OF_CANDIDATE if row[name] is not None})
        finish_beside(candidate)


def _selected(report: FrontReport) -> dict[str, Any]:
    """What to take and why, in names such as `knee_test_accuracy`."""
    return {
        f"{one.word}_{name}": value
        for one in report.selected
        for name, value in {
            "architecture": str(one.member.evaluation.architecture),
            "final_validation_accuracy": one.member.final_validation_accuracy,
            "test_accuracy": one.member.test_accuracy,
            "qpu_s": one.member.evaluation.values["qpu_s"],
            "parameters": one.member.evaluation.parameters,
        }.items()
    }


def kept_files(path: Path) -> dict[str, Sequence[Path]]:
    """The files of a search that a tracker keeps, by their kind."""
    folder = RunFolder(path)
    return {
        "front": (
            folder.front_json, folder.front_csv, folder.selection, folder.evaluations_csv,
            folder.settings,
        ),
        "model": sorted(path.glob("checkpoints/*.pt")),
        "report": (folder.page, folder.front_picture, folder.anatomy_picture),
    }  # fmt: skip


def artifacts(path: Path) -> list[Files]:
    """The same as artifacts of W&B; none if the search was never tracked."""
    run_id, names = known_id(path), {"model": "models"}
    return [
        Files(f"{names.get(kind, kind)}-{run_id}", kind, {one.name: one for one in paths})
        for kind, paths in kept_files(path).items()
        if run_id is not None
    ]
