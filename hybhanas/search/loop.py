"""The search loop: ask, answer from the records or evaluate and record, tell."""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import TypeVar

from hybhanas import atomic
from hybhanas.architecture import Architecture
from hybhanas.search.evaluation import COSTED, FAILED, INFEASIBLE, STOPPED, Evaluation
from hybhanas.search.evaluator import Evaluator, Group, failed
from hybhanas.search.executors import WorkerLostError, Workers
from hybhanas.search.run_folder import RunFolder
from hybhanas.search.strategy import Strategy
from hybhanas.search.summary import Summary

log = logging.getLogger(__name__)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a generation stands: candidates done, of all of it; `new` ones of the whole search."""

    generation: int
    done: int
    total: int
    new: int


@dataclass(frozen=True, slots=True)
class Generation:
    """What is known after a generation; epochs, front, accuracy and time are of the whole search.

    `epochs` is the sum over all networks of those that each was trained for.
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
    best_accuracy: float
    cheapest_s: float


def run_search(
    strategy: Strategy,
    evaluator: Evaluator,
    folder: Path,
    workers: Workers,
    on_progress: Callable[[Progress], None],
    on_generation: Callable[[Generation], None],
) -> list[Evaluation]:
    """Runs a strategy to its end.

    A search that was stopped goes on when this is called again with the same settings: the
    strategy repeats its questions, and the records answer those that were answered before.

    Args:
        strategy: asks and is told.
        evaluator: what answers.
        folder: of the run.
        workers: what computes, holding the evaluator.
        on_progress: is told of each evaluation.
        on_generation: is told of each generation.

    Returns:
        Every evaluation once, in the order in which they were asked for.
    """
    generations = _Generations(strategy, evaluator, RunFolder(folder), workers)
    evaluations: list[Evaluation] = []
    new = 0
    for number in range(1, strategy.settings.generations + 1):
        architectures = strategy.ask()
        if not architectures:
            break
        found: dict[Architecture, Evaluation] = {}
        known = 0
        for evaluation, was_known in generations.evaluated(architectures):
            found[evaluation.architecture] = evaluation
            known += was_known
            new += not was_known
            on_progress(Progress(number, len(found), len(architectures), new))
        outcome = [found[architecture] for architecture in architectures]
        strategy.tell(outcome)
        evaluations += outcome
        statuses = Counter(e.status for e in outcome)
        summary = Summary.of(evaluations, strategy.objectives)
        on_generation(
            Generation(
                number=number,
                new=len(outcome) - known,
                known=known,
                stopped=statuses[STOPPED],
                infeasible=statuses[INFEASIBLE],
                failed=statuses[FAILED],
                epochs=summary.epochs,
                front_size=summary.front_size,
                hypervolume=summary.hypervolume,
                best_accuracy=summary.best_accuracy or 0.0,
                cheapest_s=summary.cheapest_s or 0.0,
            )
        )
    return evaluations


def by_groups(
    workers: Workers, method: Callable[[Group], Result], groups: Sequence[Group]
) -> Iterator[tuple[Group, Result | WorkerLostError]]:
    """Calls a method of the evaluator with each group; one that workers die of is tried again by
    halves, so that only who is to blame is lost.

    Returns:
        Each group, or part of one, with its result as it comes; a lost one has a single member.
    """
    while groups:
        again: list[Group] = []
        for index, outcome in workers.map(method, groups):
            group = groups[index]
            if isinstance(outcome, WorkerLostError) and len(group.members) > 1:
                again += group.halves()
            else:
                yield group, outcome
        groups = again


class _Generations:
    """Evaluates generations: costs first, then training, from rung to rung.

    Which networks are trained together depends on the architectures alone, neither on the records
    nor on the workers: a group that was broken off is trained as a whole again, so that going on
    gives the same numbers.
    """

    def __init__(
        self, strategy: Strategy, evaluator: Evaluator, folder: RunFolder, workers: Workers
    ):
        self._halving, self._goals = strategy.settings.halving(), strategy.objectives
        self._evaluator, self._workers = evaluator, workers
        self._folder = folder

    def evaluated(self, architectures: Sequence[Architecture]) -> Iterator[tuple[Evaluation, bool]]:
        """The evaluation of every architecture as it comes, recorded, and whether it was before."""
        known: dict[Architecture, Evaluation] = {}
        for architecture in architectures:
            record = self._folder.records.read(
                self._evaluator.key(architecture), Evaluation.from_dict
            )
            if record is not None:
                known[architecture] = record
                yield record, True
        if len(known) == len(architectures):
            return
        for evaluation in self._evaluated(architectures, known):
            if evaluation.architecture not in known:
                self._folder.records.write(evaluation.key, evaluation.to_dict())
                yield evaluation, False
        shutil.rmtree(self._folder.rungs, ignore_errors=True)

    def _evaluated(
        self, architectures: Sequence[Architecture], known: dict[Architecture, Evaluation]
    ) -> Iterator[Evaluation]:
        costed: dict[Architecture, Evaluation] = {}
        unknown = [a for a in architectures if a not in known]
        unknown.sort(key=lambda a: -a.qubits * a.depth)  # what may take long is not the last
        for index, outcome in self._workers.map(self._evaluator.cost, unknown):
            if isinstance(outcome, WorkerLostError):
                outcome = self._evaluator.lost(unknown[index], outcome)
            if outcome.status == COSTED:
                costed[outcome.architecture] = outcome
            else:
                yield outcome
        costed |= {a: e for a, e in known.items() if e.epochs}
        members = [costed[a] for a in architectures if a in costed]
        started = 0
        for rung in self._halving.rungs:
            at_rung = {e.key: e for e in self._to_rung(members, started, rung)}
            members = [at_rung[e.key] for e in members]
            good = [e for e in members if e.status == STOPPED]
            promoted = self._halving.promoted(good, self._goals) if good else set()
            yield from (e for e in members if e.key not in promoted)
            members = [e for e in members if e.key in promoted]
            started = rung
        groups = [
            Group(part, self._evaluator.epochs, self._states(part, started))
            for part in self._parts(members)
            if not all(e.architecture in known for e in part)
        ]
        for evaluation, _ in self._trained(groups):
            yield evaluation

    def _to_rung(self, members: list[Evaluation], started: int, rung: int) -> Iterator[Evaluation]:
        """Trains from one rung to the next, or answers from the records of it."""
        records = self._folder.rung(rung)
        groups = []
        for part in self._parts(members):
            known = [records.read(e.key, Evaluation.from_dict) for e in part]
            if all(e is not None and self._has_state(e, rung) for e in known):
                yield from (e for e in known if e is not None)
            else:
                groups.append(Group(part, rung, self._states(part, started)))
        for evaluation, state in self._trained(groups):
            if state is not None:
                atomic.write_bytes(self._state(evaluation, rung), state)
            records.write(evaluation.key, evaluation.to_dict())
            yield evaluation

    def _trained(self, groups: Sequence[Group]) -> Iterator[tuple[Evaluation, bytes | None]]:
        for group, outcome in by_groups(self._workers, self._evaluator.train, groups):
            if isinstance(outcome, WorkerLostError):
                yield failed(group.members[0], outcome, epochs=group.epochs), None
            else:
                yield from outcome

    def _parts(self, members: list[Evaluation]) -> list[list[Evaluation]]:
        groups = self._evaluator.groups([e.architecture for e in members])
        return [[members[i] for i in group] for group in groups]

    def _state(self, evaluation: Evaluation, rung: int) -> Path:
        return self._folder.state(rung, evaluation.key)

    def _has_state(self, evaluation: Evaluation, rung: int) -> bool:
        """Whether a network that could go on can go on."""
        if evaluation.status != STOPPED:
            return True
        from hybhanas.models.state import TrainingState  # torch: seconds, and only for rungs

        try:
            TrainingState.from_bytes(self._state(evaluation, rung).read_bytes())
        except (OSError, ValueError, TypeError, RuntimeError, EOFError, UnpicklingError) as error:
            log.warning("rung %d of %s is damaged (%s); trained again", rung, evaluation.key, error)
            return False
        return True

    def _states(self, part: list[Evaluation], rung: int) -> list[bytes]:
        return [self._state(e, rung).read_bytes() for e in part] if rung else []
