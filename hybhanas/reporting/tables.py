"""The files of a run: the front as JSON and CSV, all evaluations as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from hybhanas import atomic
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.front import FrontMember
from hybhanas.nas.quantities import PROXIES, TIMES, finite_values
from hybhanas.nas.run_folder import RunFolder
from hybhanas.nas.seeds import SeedScores

COST_COLUMNS = (
    "circuit_s",
    "routing_s",
    "p_survival",
    "circuit_depth",
    "physical_instructions",
    "two_qubit_gates",
    "added_two_qubit_gates",
    "executions",
)
"""The quantities of the cost that `evaluations.csv` has after the genes."""


def write_front(folder: RunFolder, members: Sequence[FrontMember]) -> None:
    """Writes `pareto.csv`, and `pareto.json` last: with the cost of every member, and
    the losses of its final training. What each of several seeds gave are columns of the first, such
    as `test_accuracy_seed_1`, and a list in the second.
    """
    rows = [member.row() for member in members]
    flat = [row | _by_seed(member.seeds) for row, member in zip(rows, members, strict=True)]
    atomic.write_text(folder.front_csv, as_csv(flat))
    full = [
        row
        | {
            "cost": cost.to_dict() if cost else None,
            "proxies": member.evaluation.proxies,
            "losses": [*member.losses],
            **({"seeds": [asdict(one) for one in member.seeds]} if member.seeds else {}),
        }
        for row, member in zip(rows, members, strict=True)
        for cost in [member.evaluation.cost]
    ]
    atomic.write_json(folder.front_json, full)


def _by_seed(seeds: Sequence[SeedScores]) -> dict[str, float | None]:
    return {
        f"{name}_seed_{one.seed}": getattr(one, field)
        for name, field in (
            ("final_validation_accuracy", "validation_accuracy"),
            ("test_accuracy", "test_accuracy"),
            ("twin_validation_accuracy", "twin_validation_accuracy"),
            ("twin_test_accuracy", "twin_test_accuracy"),
        )
        for one in seeds
    }


def evaluation_rows(evaluations: Sequence[Evaluation]) -> list[dict[str, Any]]:
    """A flat row an evaluation, in the order given."""
    return [
        {
            "architecture": evaluation.architecture.hash,
            "status": evaluation.status,
            "epochs": evaluation.epochs,
            "validation_accuracy": evaluation.validation_accuracy,
            "balanced_accuracy": evaluation.balanced_accuracy,
            "roc_auc": evaluation.roc_auc,
            "contribution": evaluation.contribution,
            **finite_values(evaluation, TIMES),
            "parameters": evaluation.parameters,
            "seed": evaluation.seed,
            "seconds": round(evaluation.seconds, 3),
            "reason": evaluation.reason,
            **evaluation.architecture.to_dict(),
            **finite_values(evaluation, COST_COLUMNS),
            **{name: (evaluation.proxies or {}).get(name) for name in PROXIES},
        }
        for evaluation in evaluations
    ]


def rows_in_words(evaluations: Sequence[Evaluation]) -> list[dict[str, Any]]:
    """The same rows for other tools, with the architecture in words and its hash beside it."""
    return [
        {"architecture": str(evaluation.architecture), "hash": row.pop("architecture"), **row}
        for evaluation, row in zip(evaluations, evaluation_rows(evaluations), strict=True)
    ]


def write_evaluations(folder: RunFolder, evaluations: Sequence[Evaluation]) -> None:
    """Writes `evaluations.csv`."""
    atomic.write_text(folder.evaluations_csv, as_csv(evaluation_rows(evaluations)))


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as CSV, with a header."""
    import pandas as pd  # half a second

    text: str = pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")
    return text
