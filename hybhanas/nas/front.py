"""The front of a search: its members, trained to the end, each with a record and a checkpoint."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from hybhanas import atomic
from hybhanas.errors import ConfigError
from hybhanas.nas.classical import Baseline, Twin
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.evaluator import Evaluator, Group
from hybhanas.nas.executors import WorkerLostError, Workers, is_of_workers
from hybhanas.nas.finished import TWIN, FinalRecord, Finished
from hybhanas.nas.loop import MAX_STATE_BYTES, compute_groups
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.quantities import QUANTITIES, TIMES, finite_values
from hybhanas.nas.run_folder import RunFolder
from hybhanas.steps import Steps, quiet
from hybhanas.stored import read_bytes, read_json

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
    # Dense layers of about as many parameters in place of its circuit, trained alike; None if that
    # failed. `behind_twin`: these are as good in all objectives.
    twin: Twin | None = None
    behind_twin: bool = False

    @property
    def on_front(self) -> bool:
        """Whether nothing dominates it after the final training."""
        return not self.behind

    @property
    def final(self) -> Evaluation:
        """Its evaluation with the scores of the final training, and the contribution by them; that
        of the search where no twin was trained.
        """
        accuracy, contribution = self.final_validation_accuracy, self.evaluation.contribution
        if self.twin is not None and accuracy is not None:
            contribution = accuracy - self.twin.validation_accuracy
        return replace(
            self.evaluation,
            validation_accuracy=accuracy,
            contribution=contribution,
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
            "twin_validation_accuracy": self.twin and self.twin.validation_accuracy,
            "twin_test_accuracy": self.twin and self.twin.test_accuracy,
            "twin_parameters": self.twin and self.twin.parameters,
            "twin_bottleneck": self.twin and self.twin.bottleneck,
            "behind_twin": self.behind_twin,
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
                _twin_of(row),
                bool(row.get("behind_twin")),
            )
            for row in read_json(folder.front_json)
        ]
    except OSError as error:
        reason = f"{folder.front_json.name}: {error.strerror}; the folder of a search that has "
        reason += "finished is"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{folder.front_json.name} is not that of a search: {type(error).__name__}"
    raise ConfigError(f"run={folder.path} is not accepted: {reason}") from None


def _twin_of(row: dict[str, Any]) -> Twin | None:
    if row.get("twin_validation_accuracy") is None:
        return None
    accuracies = float(row["twin_validation_accuracy"]), float(row["twin_test_accuracy"])
    bottleneck = int(row.get("twin_bottleneck", 0))
    return Twin(TWIN, *accuracies, int(row["twin_parameters"]), bottleneck=bottleneck)


OTHERS = "other members"


def ranked(
    members: Sequence[FrontMember], objectives: Objectives, floor: Sequence[Baseline] = ()
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
        models = [model.name for model in floor if model.dominates(member.final, objectives)]
        return next(iter(models), "" if member.evaluation.key in ahead else OTHERS)

    def behind_twin(member: FrontMember) -> bool:
        return member.twin is not None and member.twin.dominates(member.final, objectives)

    marked = [replace(m, behind=ahead_of(m), behind_twin=behind_twin(m)) for m in members]

    def place(member: FrontMember) -> tuple[bool, float, float, str]:
        accuracy = member.final_validation_accuracy
        time = QUANTITIES["log10_total_s"].value(member.evaluation)
        behind = not member.on_front
        return behind, 1.0 if accuracy is None else -accuracy, time, member.evaluation.key

    return sorted(marked, key=place)


def train_front(  # noqa: PLR0913 - two of them tell
    front: Sequence[Evaluation],
    evaluator: Evaluator,
    workers: Workers,
    folder: RunFolder,
    notify: Callable[[str], object],
    steps: Steps = quiet,
) -> list[FrontMember]:
    """Trains the members of a front to the end, each once, and keeps the models and accuracies.

    As in the search, members are trained in the same groups whatever is known of them already.

    Args:
        front: as the search found it.
        evaluator: trains.
        workers: holding the evaluator.
        folder: of the run; members that it has records and checkpoints of are not trained.
        notify: is called with a line if any member is to be trained.
        steps: shows how many members of those are.
    """
    known = {e.key: record for e in front if (record := _known(e, folder)) is not None}
    epochs = evaluator.training.final_epochs
    groups = [
        Group([front[i] for i in group], epochs)
        for group in evaluator.groups([evaluation.architecture for evaluation in front])
        if any(front[i].key not in known for i in group)
    ]
    number, trained = sum(len(group.members) for group in groups), 0
    if groups:
        notify(f"training the front to the end: {number} of {len(front)}")
    with steps("training the front to the end", number) as done:
        for group, outcome in compute_groups(workers, "finish", groups):
            outcomes = [outcome] if isinstance(outcome, WorkerLostError) else outcome
            for evaluation, one in zip(group.members, outcomes, strict=True):
                if evaluation.key not in known:
                    record = known[evaluation.key] = _kept(evaluation, one, folder)
                    folder.final.write(evaluation.key, asdict(record))
            trained += len(group.members)
            done(trained)
    return [_member(evaluation, known[evaluation.key], folder) for evaluation in front]


def _known(evaluation: Evaluation, folder: RunFolder) -> FinalRecord | None:
    """The record of an earlier final training, if it failed or its checkpoint is as it was."""
    known = folder.final.read(evaluation.key, FinalRecord.from_dict)
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


def _kept(evaluation: Evaluation, outcome: Finished | Exception, folder: RunFolder) -> FinalRecord:
    """The record of an outcome; the checkpoint is on disk before it is."""
    if isinstance(outcome, Finished):
        atomic.write_bytes(folder.checkpoint(evaluation.architecture), outcome.checkpoint)
    return FinalRecord.of(evaluation.key, outcome)


def _member(evaluation: Evaluation, record: FinalRecord, folder: RunFolder) -> FrontMember:
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
        twin=record.twin,
    )
