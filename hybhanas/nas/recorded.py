"""What is known of an architecture by its record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hybhanas.architecture import Architecture
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.executors import is_of_workers
from hybhanas.nas.records import Records


def recorded_evaluation(
    records: Records, key: str, architecture: Architecture
) -> Evaluation | None:
    """The record of an architecture, if there is one that can be trusted. That workers were lost is
    no property of an architecture: with more memory it may be evaluated.
    """

    def parse(data: dict[str, Any]) -> Evaluation:
        evaluation = Evaluation.from_dict(data)
        if evaluation.architecture == architecture:
            # so that records share the strategy's object, which saves memory
            return replace(evaluation, architecture=architecture)
        if evaluation.architecture != architecture.canonical():
            raise ValueError(f"it is of another architecture, {evaluation.architecture}")
        return evaluation

    known = records.read(key, parse)
    return None if known is not None and is_of_workers(known.reason) else known
