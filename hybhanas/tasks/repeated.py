"""A search that has ended and whose command is given again: it is answered from its files, where
proposing the same architectures again would take longer than reading them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from hybhanas import atomic
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.executors import is_of_workers
from hybhanas.nas.final_training import trained_front
from hybhanas.nas.front import FrontMember
from hybhanas.nas.problem import Problem
from hybhanas.stored import read_json
from hybhanas.tasks.results import front_of

MAX_BYTES = 100_000_000
"""Of the keys of all evaluations, 35 bytes each."""


def note_end(problem: Problem, evaluations: Sequence[Evaluation]) -> None:
    """Notes that a search has written everything, and the order of its evaluations."""
    keys = [evaluation.key for evaluation in evaluations]
    atomic.write_json(problem.folder.ended, {"extent": extent(problem), "evaluations": keys})


def ended(problem: Problem) -> tuple[list[Evaluation], list[FrontMember]] | None:
    """The evaluations and the front of a search that has ended, if all that it wrote is there."""
    folder = problem.folder
    if not folder.is_whole:
        return None
    try:
        known = read_json(folder.ended, MAX_BYTES)
        if known["extent"] != extent(problem):
            return None
        keys = list(map(str, known["evaluations"]))
    except (OSError, ValueError, KeyError, TypeError):  # damaged: the search is repeated
        return None
    found = [folder.records.read(key, Evaluation.from_dict) for key in keys]
    evaluations = [e for e in found if e is not None and not is_of_workers(e.reason)]
    if len(evaluations) < len(keys):
        return None
    members = trained_front(front_of(problem, evaluations), problem.evaluator, folder)
    return None if members is None else (evaluations, members)


def extent(problem: Problem) -> list[Any]:
    """What may be raised to search on in the same folder."""
    settings = problem.strategy.settings
    seeds = problem.evaluator.training.final_seeds
    return [settings.generations, asdict(settings.budget), *([seeds] if seeds > 1 else [])]
