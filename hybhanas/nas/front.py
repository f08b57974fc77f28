"""The front of a search: its members, trained to the end, each with a record and a checkpoint."""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from hybhanas import atomic
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.evaluator import Evaluator, Finished, Group
from hybhanas.nas.executors import WorkerLostError, Workers, is_of_workers
from hybhanas.nas.loop import MAX_STATE_BYTES, compute_groups
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.quantities import QUANTITIES, TIMES, finite_values
from hybhanas.nas.run_folder import RunFolder
from hybhanas.stored import checked, read_bytes, read_json

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FrontMember:
    """A member of the front, and what its final training gave: None where that failed."""

    evaluation: Evaluation
    final_validation_accuracy: float | None
    test_accuracy: float | None
    checkpoint: str | None  # its path below the run's folder
    validation_samples: int | None = None  # that the accuracies are fractions of
    test_samples: int | None = None
    # What dominates it after the final training: a baseline's name, or `other members`.
    behind: str = ""
    final_balanced_accuracy: float | None = None  # of the validation split, as the next
    final_roc_auc: float | None = None
    test_balanced_accuracy: float | None = None
    test_roc_auc: float | None = None
    losses: Sequence[float] = ()  # of the final training, the mean cross-entropy of each epoch

    @property
    def on_front(self) -> bool:
        """Whether nothing dominates it after the final training."""
        return not self.behind

    @property
    def final(self) -> Evaluation:
        """Its evaluation with the scores of the final training, and the search's contribution."""
        return replace(
            self.evaluation,
            validation_accuracy=self.final_validation_accuracy,
            balanced_accuracy=self.final_balanced_accuracy,
            roc_auc=self.final_roc_auc,
        )

    def row(self) -> dict[str, Any]:
        """What tables show of a member; none of it depends on when or where it was computed."""
        evaluation = self.evaluation
        return {
            "architecture": evaluation.architecture.hash,
            "validation_accuracy": evaluation.validation_accuracy,
            "final_validation_accuracy": self.final_validation_accuracy,
            "test_accuracy": self.test_accuracy,
            "on_front": self.on_front,
            "behind": self.behind,
            "final_balanced_accuracy": self.final_balanced_accuracy,
            "final_roc_auc": self.final_roc_auc,
            "test_balanced_accuracy": self.test_balanced_accuracy,
            "test_roc_auc": self.test_roc_auc,
            "contribution": evaluation.contribution,
            **finite_values(evaluation, TIMES),
            "parameters": evaluation.parameters,
            "checkpoint": self.checkpoint,
            "validation_samples": self.validation_samples,
            "test_samples": self.test_samples,
            **evaluation.architecture.to_dict(),
        }


def read_front(folder: RunFolder, evaluations: Sequence[Evaluation]) -> list[FrontMember]:
    """The members of the front of a search that has finished, by rank.

    Args:
        folder: of the run.
        evaluations: its records.

    Raises:
        ConfigError: the search has not finished, or the file is not one that a search wrote.
    """
    known = {evaluation.architecture.hash: evaluation for evaluation in evaluations}
    try:
        return [
            FrontMember(
                known[row["architecture"]],
                row["final_validation_accuracy"],
                row["test_accuracy"],
                row["checkpoint"],
                row.get("validation_samples"),
                row.get("test_samples"),
                row.get("behind", ""),
                row.get("final_balanced_accuracy"),
                row.get("final_roc_auc"),
                row.get("test_balanced_accuracy"),
                row.get("test_roc_auc"),
                tuple(float(loss) for loss in row.get("losses", ())),
            )
            for row in read_json(folder.front_json)
        ]
    except OSError as error:
        reason = f"{folder.front_json.name}: {error.strerror}; the folder of a search that has "
        reason += "finished is"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{folder.front_json.name} is not that of a search: {type(error).__name__}"
    raise ConfigError(f"run={folder.path} is not accepted: {reason}") from None


@dataclass(frozen=True, slots=True)
class Rival:
    """A classical model that members must not be dominated by; it takes no time of a machine."""

    name: str
    validation_accuracy: float
    parameters: int

    def dominates(self, member: FrontMember, objectives: Objectives) -> bool:
        """Whether it is as good as a member in all objectives; in the quantum ones it is better."""
        accuracy = member.final_validation_accuracy
        if accuracy is None or self.validation_accuracy < accuracy:
            return False
        if "contribution" in objectives.names and (member.evaluation.contribution or 0.0) > 0:
            return False
        counted = {"parameters", "classical_parameters"} & {*objectives.names}
        return all(self.parameters <= QUANTITIES[name].value(member.evaluation) for name in counted)


OTHERS = "other members"


def ranked(
    members: Sequence[FrontMember], objectives: Objectives, floor: Sequence[Rival] = ()
) -> list[FrontMember]:
    """The members by rank: those that nothing dominates by its final accuracy first, then those
    that fell behind in the final training, each by descending accuracy, then ascending time.

    Args:
        members: of a front, in any order.
        objectives: of the search.
        floor: what else a member of the front must not be dominated by.
    """
    trained = [m.final for m in members if m.final_validation_accuracy is not None]
    ahead = {evaluation.key for evaluation in objectives.front(trained)}

    def ahead_of(member: FrontMember) -> str:
        rivals = [rival.name for rival in floor if rival.dominates(member, objectives)]
        return next(iter(rivals), "" if member.evaluation.key in ahead else OTHERS)

    marked = [replace(member, behind=ahead_of(member)) for member in members]

    def place(member: FrontMember) -> tuple[bool, float, float, str]:
        accuracy = member.final_validation_accuracy
        time = QUANTITIES["log10_total_s"].value(member.evaluation)
        behind = not member.on_front
        return behind, 1.0 if accuracy is None else -accuracy, time, member.evaluation.key

    return sorted(marked, key=place)


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
    validation_samples: int | None = None
    test_samples: int | None = None
    balanced_accuracy: float | None = None
    roc_auc: float | None = None
    test_balanced_accuracy: float | None = None
    test_roc_auc: float | None = None
    checkpoint_sha256: str = ""
    losses: Sequence[float] = ()  # none where one is not finite

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> _FinalRecord:
        record = cls(**checked(cls, data))
        accuracies = (record.validation_accuracy, record.test_accuracy)
        if any(not 0 <= a <= 1 for a in accuracies if a is not None):
            raise ValueError(f"its accuracies are {accuracies}")
        if record.validation_accuracy is None and not record.reason:
            raise ValueError("it has neither an accuracy nor a reason")
        return record


def _known(evaluation: Evaluation, folder: RunFolder) -> _FinalRecord | None:
    """The record of an earlier final training, if it failed or its checkpoint is as it was."""
    known = folder.final.read(evaluation.key, _FinalRecord.from_dict)
    if known is None or known.reason:
        return None if known is None or is_of_workers(known.reason) else known
    path = folder.checkpoint(evaluation.architecture)
    try:
        if hashlib.sha256(read_bytes(path, MAX_STATE_BYTES)).hexdigest() == known.checkpoint_sha256:
            return known
        raise ValueError("it is not what was written")
    except FileNotFoundError:
        return None
    except ValueError as error:
        log.warning("checkpoint %s is damaged (%s); trained again", path.name, error)
        return None


def _kept(evaluation: Evaluation, outcome: Finished | Exception, folder: RunFolder) -> _FinalRecord:
    """The record of an outcome; the checkpoint is on disk before it is."""
    if isinstance(outcome, Exception):
        reason = f"{type(outcome).__name__}: {outcome}"
        return _FinalRecord(evaluation.key, None, None, reason)
    atomic.write_bytes(folder.checkpoint(evaluation.architecture), outcome.checkpoint)
    return _FinalRecord(
        evaluation.key,
        outcome.validation.accuracy,
        outcome.test.accuracy,
        validation_samples=outcome.validation.samples,
        test_samples=outcome.test.samples,
        balanced_accuracy=outcome.validation.balanced_accuracy,
        roc_auc=outcome.validation.roc_auc,
        test_balanced_accuracy=outcome.test.balanced_accuracy,
        test_roc_auc=outcome.test.roc_auc,
        checkpoint_sha256=hashlib.sha256(outcome.checkpoint).hexdigest(),
        losses=outcome.losses if all(map(math.isfinite, outcome.losses)) else (),
    )


def _member(evaluation: Evaluation, record: _FinalRecord, folder: RunFolder) -> FrontMember:
    if record.reason:
        log.warning("%s: %s; it has no model", evaluation.architecture, record.reason)
    checkpoint = folder.checkpoint(evaluation.architecture).relative_to(folder.path)
    return FrontMember(
        evaluation,
        record.validation_accuracy,
        record.test_accuracy,
        None if record.reason else str(checkpoint),
        record.validation_samples,
        record.test_samples,
        final_balanced_accuracy=record.balanced_accuracy,
        final_roc_auc=record.roc_auc,
        test_balanced_accuracy=record.test_balanced_accuracy,
        test_roc_auc=record.test_roc_auc,
        losses=tuple(record.losses),
    )
