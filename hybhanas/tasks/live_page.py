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

    def generation(self, generation: Generation, evaluations: Sequence[Evaluation]) -> bool:
        """Takes the state after a generation, and says whether it wrote a page of it. What prevents
        a page is said and ends no search.
        """
        started_s = time.monotonic()
        if started_s - self._at_s < self.took_s / SHARE:
            return False
        try:
            self._write(generation, evaluations)
        except Exception as error:
            log.warning("no page of generation %d: %s", generation.number, error)
            return False
        finally:
            self._at_s = time.monotonic()
            self.took_s = self._at_s - started_s
        return True

    def _write(self, generation: Generation, evaluations: Sequence[Evaluation]) -> None:
        front = self.objectives.front(evaluations)
        members = ranked([_so_far(e) for e in front], self.objectives)
        live = {
            "generation": generation.number,
            "generations": self.generations,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        report = FrontReport(members, select(members, self.objectives), [])
        state = {**self.provenance, "live": live}
        parts = self.files, evaluations, report, self.objectives, self.config, self.calibration
        write_report(*parts, state)


def _so_far(evaluation: Evaluation) -> FrontMember:
    """A member of the front by its accuracy in the search; it has no model yet."""
    return FrontMember(evaluation, evaluation.validation_accuracy, None, None)
