"""The search loop: ask, answer from the records or evaluate and record, tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hybhanas.architecture import Architecture
from hybhanas.search.evaluation import COSTED, EVALUATED, FAILED, INFEASIBLE, Evaluation
from hybhanas.search.evaluator import Evaluator
from hybhanas.search.records import Records
from hybhanas.search.strategy import Strategy


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a generation stands: candidates done, of all of it; `new` ones of the whole search."""

    generation: int
    done: int
    total: int
    new: int


@dataclass(frozen=True, slots=True)
class Generation:
    """What is known after a generation; front, accuracy and time are of the whole search."""

    number: int
    new: int
    known: int
    infeasible: int
    failed: int
    front_size: int
    hypervolume: float
    best_accuracy: float
    cheapest_s: float


def run_search(
    strategy: Strategy,
    evaluator: Evaluator,
    records: Records,
    on_progress: Callable[[Progress], None],
    on_generation: Callable[[Generation], None],
) -> list[Evaluation]:
    """Runs a strategy to its end.

    A search that was stopped goes on when this is called again with the same settings: the
    strategy repeats its questions, and the records answer those that were answered before.

    Returns:
        Every evaluation once, in the order in which they were asked for.
    """
    evaluations: list[Evaluation] = []
    new = 0
    for number in range(1, strategy.settings.generations + 1):
        architectures = strategy.ask()
        if not architectures:
            break
        found: dict[Architecture, Evaluation] = {}
        known = 0
        for evaluation, was_known in evaluated(architectures, evaluator, records):
            found[evaluation.architecture] = evaluation
            known += was_known
            new += not was_known
            on_progress(Progress(number, len(found), len(architectures), new))
        outcome = [found[architecture] for architecture in architectures]
        strategy.tell(outcome)
        evaluations += outcome
        good = [e for e in evaluations if e.status == EVALUATED]
        on_generation(
            Generation(
                number=number,
                new=len(outcome) - known,
                known=known,
                infeasible=sum(e.status == INFEASIBLE for e in outcome),
                failed=sum(e.status == FAILED for e in outcome),
                front_size=len(strategy.objectives.front(evaluations)),
                hypervolume=strategy.objectives.hypervolume(evaluations),
                best_accuracy=max((1 - e.values["error"] for e in good), default=0.0),
                cheapest_s=min((e.values["total_s"] for e in good), default=0.0),
            )
        )
    return evaluations


def evaluated(
    architectures: Sequence[Architecture], evaluator: Evaluator, records: Records
) -> Iterator[tuple[Evaluation, bool]]:
    """The evaluation of every architecture as it comes, recorded, and whether it was before.

    Which are trained together depends on the architectures alone and not on the records: a group
    that was broken off is trained as a whole again, so that going on gives the same numbers.
    """
    to_train: dict[Architecture, Evaluation] = {}
    was_known = set()
    for architecture in architectures:
        known = records.read(evaluator.key(architecture), Evaluation.from_dict)
        evaluation = known or evaluator.cost(architecture)
        if known is not None:
            was_known.add(architecture)
            yield known, True
        elif evaluation.status != COSTED:
            records.write(evaluation.key, evaluation.to_dict())
            yield evaluation, False
        if evaluation.status in (COSTED, EVALUATED) or _failed_in_training(evaluation):
            to_train[architecture] = evaluation
    trained = list(to_train)
    for group in evaluator.groups(trained):
        members = [trained[i] for i in group]
        if was_known.issuperset(members):
            continue
        for evaluation in evaluator.train([to_train[member] for member in members]):
            if evaluation.architecture not in was_known:
                records.write(evaluation.key, evaluation.to_dict())
                yield evaluation, False


def _failed_in_training(evaluation: Evaluation) -> bool:
    return evaluation.status == FAILED and evaluation.cost is not None
