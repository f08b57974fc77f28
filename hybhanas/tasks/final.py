"""Training the front to the end: each member once, with its own record and checkpoint."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from hybhanas import atomic
from hybhanas.reporting.tables import FrontMember
from hybhanas.search.evaluation import Evaluation
from hybhanas.search.evaluator import Evaluator, Finished, Group
from hybhanas.search.executors import WorkerLostError, Workers
from hybhanas.search.loop import by_groups
from hybhanas.search.records import Records

log = logging.getLogger(__name__)


def train_to_the_end(
    front: Sequence[Evaluation],
    evaluator: Evaluator,
    workers: Workers,
    folder: Path,
    console: Console,
) -> list[FrontMember]:
    """Trains the members of the front to the end, each once, and keeps the models and accuracies.

    As in the search, members are trained in the same groups whatever is known of them already.
    """
    records = Records(folder / "final")
    known = {e.key: record for e in front if (record := _known(e, records, folder)) is not None}
    epochs = evaluator.training.final_epochs
    groups = [
        Group([front[i] for i in group], epochs)
        for group in evaluator.groups([evaluation.architecture for evaluation in front])
        if any(front[i].key not in known for i in group)
    ]
    if groups:
        number = sum(len(group.members) for group in groups)
        console.print(f"training the front to the end: {number} of {len(front)}", markup=False)
    for group, outcome in by_groups(workers, evaluator.finish, groups):
        outcomes = [outcome] if isinstance(outcome, WorkerLostError) else outcome
        for evaluation, one in zip(group.members, outcomes, strict=True):
            if evaluation.key not in known:
                record = known[evaluation.key] = _kept(evaluation, one, folder)
                records.write(evaluation.key, asdict(record))
    return [_member(evaluation, known[evaluation.key]) for evaluation in front]


def _checkpoint(evaluation: Evaluation) -> str:
    return f"checkpoints/{evaluation.architecture.hash}.pt"


def _known(evaluation: Evaluation, records: Records, folder: Path) -> _FinalRecord | None:
    known = records.read(evaluation.key, _FinalRecord.from_dict)
    whole = known and (known.reason or (folder / _checkpoint(evaluation)).is_file())
    return known if whole else None


def _member(evaluation: Evaluation, record: _FinalRecord) -> FrontMember:
    if record.reason:
        log.warning("%s: %s; it has no model", evaluation.architecture, record.reason)
    return FrontMember(
        evaluation,
        record.validation_accuracy,
        record.test_accuracy,
        None if record.reason else _checkpoint(evaluation),
    )


@dataclass(frozen=True, slots=True)
class _FinalRecord:
    key: str
    validation_accuracy: float | None
    test_accuracy: float | None
    reason: str = ""

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> _FinalRecord:
        return cls(**data)


def _kept(evaluation: Evaluation, outcome: Finished | Exception, folder: Path) -> _FinalRecord:
    """What to record of an outcome; the checkpoint is on disk before it is."""
    if isinstance(outcome, Exception):
        reason = f"{type(outcome).__name__}: {outcome}"
        return _FinalRecord(evaluation.key, None, None, reason)
    atomic.write_bytes(folder / _checkpoint(evaluation), outcome.checkpoint)
    return _FinalRecord(evaluation.key, outcome.validation_accuracy, outcome.test_accuracy)
