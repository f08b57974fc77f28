"""The final training of a front, with one seed or several; records and checkpoints of it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from statistics import fmean

from hybhanas import atomic
from hybhanas.nas.classical import Twin
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.evaluator import Evaluator, Group
from hybhanas.nas.executors import WorkerLostError, Workers, is_of_workers
from hybhanas.nas.finished import FinalRecord, Finished
from hybhanas.nas.front import FrontMember
from hybhanas.nas.loop import MAX_STATE_BYTES, compute_groups
from hybhanas.nas.run_folder import RunFolder
from hybhanas.nas.seeds import SeedScores, mean
from hybhanas.steps import Steps, quiet
from hybhanas.stored import read_bytes

log = logging.getLogger(__name__)


def train_front(  # noqa: PLR0913 - two of them tell
    front: Sequence[Evaluation],
    evaluator: Evaluator,
    workers: Workers,
    folder: RunFolder,
    notify: Callable[[str], object],
    steps: Steps = quiet,
) -> list[FrontMember]:
    """Trains the members of a front to the end with every seed, and keeps the models of the first
    seed and all accuracies.

    As in the search, members are trained in the same groups whatever is known of them already, and
    a group for each seed, so that what a seed gives does not depend on how many there are.

    Args:
        front: as the search found it.
        evaluator: trains.
        workers: holding the evaluator.
        folder: of the run; what it has records and checkpoints of is not trained.
        notify: is called with a line if any member is to be trained.
        steps: shows how many networks of those are.
    """
    replicas, epochs = range(evaluator.training.final_seeds), evaluator.training.final_epochs
    known = _all_known(front, replicas, folder)
    groups = [
        Group([front[i] for i in group], epochs, replica=replica)
        for group in evaluator.groups([evaluation.architecture for evaluation in front])
        for replica in replicas
        if any(_key(front[i], replica) not in known for i in group)
    ]
    number, trained = sum(len(group.members) for group in groups), 0
    if groups:
        networks = f"{len(front)} network{'s' * (len(front) > 1)}"
        with_seeds = f", {len(replicas)} seeds each" if len(replicas) > 1 else ""
        every = len(front) * len(replicas)
        done_before = f"; {every - number} of {every} trainings are done" if number < every else ""
        notify(f"training the front to the end: {networks}{with_seeds}{done_before}")
    with steps("training the front to the end", number) as done:
        for group, outcome in compute_groups(workers, "finish", groups):
            outcomes = [outcome] if isinstance(outcome, WorkerLostError) else outcome
            for evaluation, one in zip(group.members, outcomes, strict=True):
                if (key := _key(evaluation, group.replica)) not in known:
                    known[key] = _kept(evaluation, group.replica, one, folder)
                    folder.final.write(key, asdict(known[key]))
            trained += len(group.members)
            done(trained)
    return _members(front, evaluator, known, folder)


def trained_front(
    front: Sequence[Evaluation], evaluator: Evaluator, folder: RunFolder
) -> list[FrontMember] | None:
    """What `train_front` gives where there is nothing left to train; None elsewhere."""
    replicas = range(evaluator.training.final_seeds)
    known = _all_known(front, replicas, folder)
    if len(known) < len(front) * len(replicas):
        return None
    return _members(front, evaluator, known, folder)


def _all_known(
    front: Sequence[Evaluation], replicas: range, folder: RunFolder
) -> dict[str, FinalRecord]:
    return {
        _key(evaluation, replica): record
        for evaluation in front
        for replica in replicas
        if (record := _known(evaluation, replica, folder)) is not None
    }


def _members(
    front: Sequence[Evaluation],
    evaluator: Evaluator,
    known: Mapping[str, FinalRecord],
    folder: RunFolder,
) -> list[FrontMember]:
    replicas = range(evaluator.training.final_seeds)
    return [
        _member(e, evaluator.seed, [known[_key(e, replica)] for replica in replicas], folder)
        for e in front
    ]


def _key(evaluation: Evaluation, replica: int) -> str:
    """The name of the record of a final training: for the first seed that of the evaluation."""
    return f"{evaluation.key}-{replica + 1}" if replica else evaluation.key


def _known(evaluation: Evaluation, replica: int, folder: RunFolder) -> FinalRecord | None:
    """The record of an earlier final training, if it failed or its checkpoint is as it was."""
    known = folder.final.read(_key(evaluation, replica), FinalRecord.from_dict)
    if known is None or known.reason:
        return None if known is None or is_of_workers(known.reason) else known
    if replica:
        return known
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


def _kept(
    evaluation: Evaluation, replica: int, outcome: Finished | Exception, folder: RunFolder
) -> FinalRecord:
    """The record of an outcome; the checkpoint, which only the first seed leaves, is on disk before
    it is.
    """
    if isinstance(outcome, Finished) and not replica:
        atomic.write_bytes(folder.checkpoint(evaluation.architecture), outcome.checkpoint)
    return FinalRecord.of(_key(evaluation, replica), outcome)


def _member(
    evaluation: Evaluation, seed: int, records: Sequence[FinalRecord], folder: RunFolder
) -> FrontMember:
    """The member by its records, one a seed, of which the first is the run's."""
    first = records[0]
    for own, record in enumerate(records, seed):
        if record.reason:
            lacks = "it has no model" if record is first else f"its means lack seed {own}"
            log.warning("%s: %s; %s", evaluation.architecture, record.reason, lacks)
    ended = [] if first.reason else [record for record in records if not record.reason]
    scores = [_scores(own, record) for own, record in enumerate(records, seed)]
    checkpoint = folder.checkpoint(evaluation.architecture).relative_to(folder.path)
    return FrontMember(
        evaluation,
        mean(record.validation_accuracy for record in ended),
        mean(record.test_accuracy for record in ended),
        None if first.reason else str(checkpoint),
        first.validation_samples,
        first.test_samples,
        final_balanced_accuracy=mean(record.balanced_accuracy for record in ended),
        final_roc_auc=mean(record.roc_auc for record in ended),
        test_balanced_accuracy=mean(record.test_balanced_accuracy for record in ended),
        test_roc_auc=mean(record.test_roc_auc for record in ended),
        losses=tuple(first.losses),
        twin=_mean_twin([record.twin for record in ended if record.twin is not None]),
        seeds=tuple(scores) if len(records) > 1 and ended else (),
    )


def _mean_twin(twins: Sequence[Twin]) -> Twin | None:
    if not twins:
        return None
    return replace(
        twins[0],
        validation_accuracy=fmean(twin.validation_accuracy for twin in twins),
        test_accuracy=fmean(twin.test_accuracy for twin in twins),
    )


def _scores(seed: int, record: FinalRecord) -> SeedScores:
    accuracies, twin = (record.validation_accuracy, record.test_accuracy), record.twin
    of_twin = (None, None) if twin is None else (twin.validation_accuracy, twin.test_accuracy)
    return SeedScores(seed, *accuracies, *of_twin)
