"""The front of a search: its members, trained to the end, each with a record and a checkpoint."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hybhanas import atomic
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.evaluator import Evaluator, Finished, Group
from hybhanas.nas.executors import WorkerLostError, Workers
from hybhanas.nas.loop import compute_groups
from hybhanas.nas.quantities import TIMES, finite_values
from hybhanas.nas.run_folder import RunFolder

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FrontMember:
    """A member of the front, and what its final training gave: None where that failed."""

    evaluation: Evaluation
    final_validation_accuracy: float | None
    test_accuracy: float | None
    checkpoint: str | None  # its path below the run's folder

    def row(self) -> dict[str, Any]:
        """What tables show of a member; none of it depends on when or where it was computed."""
        evaluation = self.evaluation
        return {
            "architecture": evaluation.architecture.hash,
            "validation_accuracy": evaluation.validation_accuracy,
            "final_validation_accuracy": self.final_validation_accuracy,
            "test_accuracy": self.test_accuracy,
            **finite_values(evaluation, TIMES),
            "parameters": evaluation.parameters,
            "checkpoint": self.checkpoint,
            **evaluation.architecture.to_dict(),
        }


def train_front(
    front: Sequence[Evaluation],
    evaluator: Evaluator,
    workers: Workers,
    folder: RunFolder,
    notify: Callable[[str], object],
) -> list[FrontMember]:
    """Trains the members of a front to the end, each once, and keeps the models and accuracies.

    As in the search, members are trained in the same groups whatever is known of them already.

    Args:
        front: as the search found it.
        evaluator: trains.
        workers: holding the evaluator.
        folder: of the run; members that it has records and checkpoints of are not trained.
        notify: is called with a line if any member is to be trained.
    """
    known = {e.key: record for e in front if (record := _known(e, folder)) is not None}
    epochs = evaluator.training.final_epochs
    groups = [
        Group([front[i] for i in group], epochs)
        for group in evaluator.groups([evaluation.architecture for evaluation in front])
        if any(front[i].key not in known for i in group)
    ]
    if groups:
        number = sum(len(group.members) for group in groups)
        notify(f"training the front to the end: {number} of {len(front)}")
    for group, outcome in compute_groups(workers, "finish", groups):
        outcomes = [outcome] if isinstance(outcome, WorkerLostError) else outcome
        for evaluation, one in zip(group.members, outcomes, strict=True):
            if evaluation.key not in known:
                record = known[evaluation.key] = _kept(evaluation, one, folder)
                folder.final.write(evaluation.key, asdict(record))
    return [_member(evaluation, known[evaluation.key], folder) for evaluation in front]


@dataclass(frozen=True, slots=True)
class _FinalRecord:
    key: str
    validation_accuracy: float | None
    test_accuracy: float | None
    reason: str = ""

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> _FinalRecord:
        return cls(**data)


def _known(evaluation: Evaluation, folder: RunFolder) -> _FinalRecord | None:
    """The record of an earlier final training, if it failed or its checkpoint is there."""
    known = folder.final.read(evaluation.key, _FinalRecord.from_dict)
    if known is None or known.reason or folder.checkpoint(evaluation.architecture).is_file():
        return known
    return None


def _kept(evaluation: Evaluation, outcome: Finished | Exception, folder: RunFolder) -> _FinalRecord:
    """The record of an outcome; the checkpoint is on disk before it is."""
    if isinstance(outcome, Exception):
        reason = f"{type(outcome).__name__}: {outcome}"
        return _FinalRecord(evaluation.key, None, None, reason)
    atomic.write_bytes(folder.checkpoint(evaluation.architecture), outcome.checkpoint)
    return _FinalRecord(evaluation.key, outcome.validation_accuracy, outcome.test_accuracy)


def _member(evaluation: Evaluation, record: _FinalRecord, folder: RunFolder) -> FrontMember:
    if record.reason:
        log.warning("%s: %s; it has no model", evaluation.architecture, record.reason)
    checkpoint = folder.checkpoint(evaluation.architecture).relative_to(folder.path)
    return FrontMember(
        evaluation,
        record.validation_accuracy,
        record.test_accuracy,
        None if record.reason else str(checkpoint),
    )
