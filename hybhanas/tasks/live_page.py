"""The report page of a search that runs, which reloads itself in a browser."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from omegaconf import DictConfig

from hybhanas.calibration import Calibration
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.front import FrontMember, ranked
from hybhanas.nas.loop import Generation
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.problem import Problem
from hybhanas.nas.run_folder import RunFolder
from hybhanas.nas.selection import select
from hybhanas.reporting.front_report import FrontReport
from hybhanas.tasks.report import write_report

log = logging.getLogger(__name__)

SHARE = 0.005
"""Of the time of a search, what its live page may take."""


@dataclass(slots=True, kw_only=True)
class LivePage:
    """Writes `report.html` after a generation, unless that would slow the search: a page is due
    when the time since the one before is 200 times what that one took to write.

    Args:
        files: of the run.
        objectives: of the search.
        config: its settings, resolved.
        calibration: that its costs are of.
        generations: of the search.
        provenance: what `run.json` will say of the search, as far as it is known.
        took_s: that a page takes to write, before the first was measured.
    """

    files: RunFolder
    objectives: Objectives
    config: DictConfig
    calibration: Calibration
    generations: int
    provenance: Mapping[str, Any]
    took_s: float = 0.5
    _at_s: float = field(default_factory=time.monotonic)
    _last: tuple[Generation, Sequence[Evaluation]] | None = None

    @classmethod
    def of(cls, problem: Problem, config: DictConfig, provenance: Mapping[str, Any]) -> LivePage:
        """That of a search; see the fields."""
        return cls(
            files=problem.folder,
            objectives=problem.strategy.objectives,
            config=config,
            calibration=problem.evaluator.estimator.calibration,
            generations=problem.strategy.settings.generations,
            provenance=provenance,
        )

    def generation(self, generation: Generation, evaluations: Sequence[Evaluation]) -> bool:
        """Takes the state after a generation, and says whether it wrote a page of it. What prevents
        a page is said and ends no search.
        """
        self._last = generation, evaluations
        started_s = time.monotonic()
        if started_s - self._at_s < self.took_s / SHARE:
            return False
        try:
            return self._write(generation, evaluations, stopped=False)
        finally:
            self._at_s = time.monotonic()
            self.took_s = self._at_s - started_s

    def stopped(self) -> bool:
        """Writes the page of the last generation of a search that was stopped, whenever the one
        before was written; says whether it did.
        """
        return self._last is not None and self._write(*self._last, stopped=True)

    def end(self) -> None:
        """From here on the page is that of a search that has finished."""
        self._last = None

    def _write(
        self, generation: Generation, evaluations: Sequence[Evaluation], *, stopped: bool
    ) -> bool:
        try:
            self._write_page(generation, evaluations, stopped)
        except Exception as error:
            log.warning("no page of generation %d: %s", generation.number, error)
            return False
        return True

    def _write_page(
        self, generation: Generation, evaluations: Sequence[Evaluation], stopped: bool
    ) -> None:
        front = self.objectives.front(evaluations)
        members = ranked([_so_far(e) for e in front], self.objectives)
        live = {
            "generation": generation.number,
            "generations": self.generations,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "stopped": stopped,
        }
        report = FrontReport(members, select(members, self.objectives), [])
        state = {**self.provenance, "live": live}
        parts = self.files, evaluations, report, self.objectives, self.config, self.calibration
        write_report(*parts, state)


def _so_far(evaluation: Evaluation) -> FrontMember:
    """A member of the front by its accuracy in the search; it has no model yet."""
    return FrontMember(evaluation, evaluation.validation_accuracy, None, None)
