"""The search loop: ask the strategy, read or compute and record the evaluations, tell it."""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Literal

from hybhanas import atomic
from hybhanas.architecture import Architecture
from hybhanas.nas.budget import Meter
from hybhanas.nas.evaluation import COSTED, FAILED, INFEASIBLE, STOPPED, Evaluation
from hybhanas.nas.evaluator import Evaluator, Group
from hybhanas.nas.executors import WorkerLostError, Workers
from hybhanas.nas.failures import failed
from hybhanas.nas.recorded import recorded_evaluation
from hybhanas.nas.run_folder import RunFolder
from hybhanas.nas.strategy import Strategy
from hybhanas.nas.summary import Summary, Tally
from hybhanas.stored import read_bytes

log = logging.getLogger(__name__)

MAX_STATE_BYTES = 2**40
"""Of the state of a network, which is as large as the network."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Candidates of a generation evaluated so far; `new` counts those computed in this search,
    `evaluation` is the last.
    """

    generation: int
    done: int
    total: int
    new: int
    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class Generation:
    """The state of a search after a generation.

    `new` to `failed` count candidates of this generation. The rest is of the search so far;
    `epochs` sums the epochs that each network was trained for.
    """

    number: int
    new: int
    known: int
    stopped: int
    infeasible: int
    failed: int
    epochs: int
    front_size: int
    hypervolume: float
    best_accuracy: float | None  # None if nothing was evaluated, as is cheapest_s
    cheapest_s: float | None


def run_search(  # noqa: PLR0913 - three of them are callbacks
    strategy: Strategy,
    evaluator: Evaluator,
    folder: Path,
    workers: Workers,
    on_progress: Callable[[Progress], None],
    on_generation: Callable[[Generation, Sequence[Evaluation]], None],
    on_limit: Callable[[str], None] | None = None,
) -> list[Evaluation]:
    """Runs a strategy to its end.

    To resume a search that was stopped, call this again with the same settings: the strategy
    proposes the same candidates, and those that have a record are read instead of computed.

    Args:
        strategy: proposes candidates.
        evaluator: evaluates them.
        folder: the run's.
        workers: compute the evaluator's steps.
        on_progress: called after each evaluation.
        on_generation: called after each generation, with every evaluation of the search so far.
        on_limit: called with the limit of the search's budget that ended it, if one did.

    Returns:
        Every evaluation once, in the order in which the strategy proposed them.
    """
    candidates = _GenerationEvaluator(strategy, evaluator, RunFolder(folder), workers)
    evaluations: list[Evaluation] = []
    tally = Tally(strategy.objectives)
    budget, ended_by, computed = strategy.settings.budget, None, 0
    meter = Meter(budget, lambda: evaluator.estimator.workload.epochs)
    for number in range(1, strategy.settings.generations + 1):
        if shortlist := strategy.shortlist():
            strategy.tell_costs(candidates.costed(shortlist))
        architectures = strategy.ask()
        if (ended_by := budget.not_worth(strategy.expected_gain)) or not architectures:
            break
        found: dict[Architecture, Evaluation] = {}
        computed_before = computed
        for evaluation, from_record in candidates.evaluate(architectures):
            found[evaluation.architecture] = evaluation
            computed += not from_record
            on_progress(Progress(number, len(found), len(architectures), computed, evaluation))
        outcome = [found[architecture] for architecture in architectures]
        strategy.tell(outcome)
        evaluations += outcome
        tally.add(outcome)
        summary = tally.summary()
        spent = meter.spent(outcome, summary.epochs, summary.hypervolume)
        new = computed - computed_before
        on_generation(_generation(number, outcome, new, summary), evaluations)
        if (ended_by := budget.reached(spent)) is not None:
            break
    if ended_by is not None and on_limit is not None:
        on_limit(ended_by)
    candidates.clear()  # of a search that was killed when its last record was written
    return evaluations


def _generation(number: int, found: Sequence[Evaluation], new: int, summary: Summary) -> Generation:
    statuses = Counter(e.status for e in found)
    return Generation(
        number=number,
        new=new,
        known=len(found) - new,
        stopped=statuses[STOPPED],
        infeasible=statuses[INFEASIBLE],
        failed=statuses[FAILED],
        epochs=summary.epochs,
        front_size=summary.front_size,
        hypervolume=summary.hypervolume,
        best_accuracy=summary.best_accuracy,
        cheapest_s=summary.cheapest_s,
    )


def compute_groups(
    workers: Workers, step: Literal["train", "finish"], groups: Sequence[Group]
) -> Iterator[tuple[Group, Any]]:
    """Computes a step for each group. A group that kills its workers is bisected, so that only the
    offending candidate is lost.

    Returns:
        Each group, or part of one, with its result, in the order in which results arrive; a group
        whose result is a WorkerLostError has a single member.
    """
    while groups:
        halves: list[Group] = []
        for index, outcome in workers.map(step, groups):
            group = groups[index]
            if isinstance(outcome, WorkerLostError) and len(group.members) > 1:
                halves += group.bisected()
            else:
                yield group, outcome
        groups = halves


class _GenerationEvaluator:
    """Evaluates generations: costs all candidates first, then trains from rung to rung.

    Which networks are trained together depends on the architectures alone, neither on the records
    nor on the workers: a group that was interrupted is trained again as a whole, so that a resumed
    search gives the same numbers.
    """

    def __init__(
        self, strategy: Strategy, evaluator: Evaluator, folder: RunFolder, workers: Workers
    ):
        self._halving, self._objectives = strategy.settings.halving(), strategy.objectives
        self._evaluator, self._workers = evaluator, workers
        self._folder = folder

    def evaluate(self, architectures: Sequence[Architecture]) -> Iterator[tuple[Evaluation, bool]]:
        """Yields each evaluation, once it has a record, and whether it had one before."""
        records = self._folder.records
        recorded: dict[Architecture, Evaluation] = {}
        for architecture in architectures:
            record = recorded_evaluation(records, self._evaluator.key(architecture), architecture)
            if record is not None:
                recorded[architecture] = record
                yield record, True
        if len(recorded) == len(architectures):
            return
        for evaluation in self._computed(architectures, recorded):
            if evaluation.architecture not in recorded:
                records.write(evaluation.key, evaluation.to_dict())
                yield evaluation, False
        self.clear()

    def clear(self) -> None:
        """Deletes the states of rungs, which the records of the generation replace."""
        shutil.rmtree(self._folder.rungs, ignore_errors=True)

    def costed(self, architectures: Sequence[Architecture]) -> list[Evaluation]:
        """What is known of architectures before training, in their order; nothing is recorded."""
        found = {e.architecture: e for e in self._costed(list(architectures))}
        return [found[architecture] for architecture in architectures]

    def _computed(
        self, architectures: Sequence[Architecture], recorded: dict[Architecture, Evaluation]
    ) -> Iterator[Evaluation]:
        """Yields every evaluation that has no record, and of trained groups the others as well."""
        costed: dict[Architecture, Evaluation] = {}
        for evaluation in self._costed([a for a in architectures if a not in recorded]):
            if evaluation.status == COSTED:
                costed[evaluation.architecture] = evaluation
            else:
                yield evaluation
        costed |= {a: e for a, e in recorded.items() if e.epochs}
        members = [costed[a] for a in architectures if a in costed]
        reached = 0
        for rung in self._halving.rungs:
            at_rung = {e.key: e for e in self._trained_to_rung(members, reached, rung)}
            members = [at_rung[e.key] for e in members]
            candidates = [e for e in members if e.status == STOPPED]
            promoted = self._halving.promoted(candidates, self._objectives) if candidates else set()
            yield from (e for e in members if e.key not in promoted)
            members = [e for e in members if e.key in promoted]
            reached = rung
        groups = [
            Group(part, self._evaluator.epochs, self._states(part, reached))
            for part in self._parts(members)
            if not all(e.architecture in recorded for e in part)
        ]
        for evaluation, _ in self._trained(groups):
            yield evaluation

    def _costed(self, architectures: list[Architecture]) -> Iterator[Evaluation]:
        largest_first = sorted(architectures, key=lambda a: -a.qubits * a.depth)
        for index, outcome in self._workers.map("cost", largest_first):
            if isinstance(outcome, WorkerLostError):
                yield self._evaluator.failed_to_cost(largest_first[index], outcome)
            else:
                yield outcome

    def _trained_to_rung(
        self, members: list[Evaluation], reached: int, rung: int
    ) -> Iterator[Evaluation]:
        """Trains from the epoch reached to the rung; groups with all records of it are read."""
        records = self._folder.rung(rung)
        groups = []
        for part in self._parts(members):
            recorded = [recorded_evaluation(records, e.key, e.architecture) for e in part]
            if all(e is not None and self._resumable(e, rung) for e in recorded):
                yield from (e for e in recorded if e is not None)
            else:
                groups.append(Group(part, rung, self._states(part, reached)))
        for evaluation, state in self._trained(groups):
            if state is not None:
                atomic.write_bytes(self._state(evaluation, rung), state)
            records.write(evaluation.key, evaluation.to_dict())
            yield evaluation

    def _trained(self, groups: Sequence[Group]) -> Iterator[tuple[Evaluation, bytes | None]]:
        for group, outcome in compute_groups(self._workers, "train", groups):
            if isinstance(outcome, WorkerLostError):
                yield failed(group.members[0], outcome, epochs=group.epochs), None
            else:
                for member, (evaluation, state) in zip(group.members, outcome, strict=True):
                    passed = [*member.at_rungs, member.scores] if group.states else []
                    yield replace(evaluation, at_rungs=passed), state

    def _parts(self, members: list[Evaluation]) -> list[list[Evaluation]]:
        groups = self._evaluator.groups([e.architecture for e in members])
        return [[members[i] for i in group] for group in groups]

    def _state(self, evaluation: Evaluation, rung: int) -> Path:
        return self._folder.state(rung, evaluation.key)

    def _resumable(self, evaluation: Evaluation, rung: int) -> bool:
        """Whether training can resume from the state of a rung, where there must be one."""
        if evaluation.status != STOPPED:
            return True
        from hybhanas.models.state import TrainingState  # torch: seconds, and only for rungs

        try:
            TrainingState.from_bytes(self._read(evaluation, rung))
        except (OSError, ValueError, TypeError, RuntimeError, EOFError, UnpicklingError) as error:
            log.warning("rung %d of %s is damaged (%s); trained again", rung, evaluation.key, error)
            return False
        return True

    def _states(self, part: list[Evaluation], rung: int) -> list[bytes]:
        return [self._read(e, rung) for e in part] if rung else []

    def _read(self, evaluation: Evaluation, rung: int) -> bytes:
        return read_bytes(self._state(evaluation, rung), MAX_STATE_BYTES)
