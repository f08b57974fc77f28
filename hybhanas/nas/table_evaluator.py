"""An evaluator that looks results up in a benchmark instead of training and costing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.bench import Benchmark
from hybhanas.cost.report import SECTIONS, CostReport, Time
from hybhanas.errors import ConfigError
from hybhanas.models.scores import DIVERGED
from hybhanas.nas.evaluation import COSTED, EVALUATED, FAILED, STOPPED, Evaluation
from hybhanas.nas.evaluator import Group
from hybhanas.nas.quantities import OVERFLOW, PROXIES
from hybhanas.nas.strategy import SearchSettings

TABULATED = ("error", "log10_total_s", "total_s", "parameters", *PROXIES, "log10_p_survival")
"""The quantities that an evaluation from a benchmark has."""

Known = Mapping[Architecture, Evaluation]
"""Of each architecture the evaluation that a full training ends in."""


@dataclass
class TableEvaluator:
    """Answers as an Evaluator that trains one network at a time, and counts what it would train.

    Args:
        benchmark: the table.
        known: what `evaluations` gives for `seed`.
        seed: of the benchmark; None: the mean over all.
        trained: epochs of all trainings so far; one that resumes from a rung counts once.
        finished: of each evaluation that was trained to the end, `trained` at that moment.
    """

    benchmark: Benchmark
    known: Known
    seed: int | None
    trained: int = 0
    finished: list[tuple[int, Evaluation]] = field(default_factory=list)
    _reached: dict[Architecture, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def epochs(self) -> int:
        """See `Evaluator.epochs`."""
        return self.benchmark.epochs

    def key(self, architecture: Architecture) -> str:
        """See `Evaluator.key`."""
        return self.known[architecture].key

    def cost(self, architecture: Architecture) -> Evaluation:
        """See `Evaluator.cost`."""
        evaluation = self.known[architecture]
        if evaluation.cost is None:
            return evaluation
        return replace(evaluation, status=COSTED, reason="", validation_accuracy=None, epochs=0)

    def groups(self, architectures: Sequence[Architecture]) -> list[list[int]]:
        """Each alone."""
        return [[i] for i in range(len(architectures))]

    def train(self, group: Group) -> list[tuple[Evaluation, bytes | None]]:
        """See `Evaluator.train`; a state is empty."""
        return [self._trained(e.architecture, group.epochs) for e in group.members]

    def _trained(self, architecture: Architecture, epochs: int) -> tuple[Evaluation, bytes | None]:
        evaluation = self.known[architecture]
        self.trained += epochs - self._reached[architecture]
        self._reached[architecture] = epochs
        if epochs == self.epochs:
            self.finished.append((self.trained, evaluation))
            return evaluation, None
        accuracy = self.benchmark.query(architecture, self.seed, epochs)
        if np.isnan(accuracy):
            failed: dict[str, Any] = {"status": FAILED, "reason": DIVERGED}
            failed["validation_accuracy"] = None
            return replace(evaluation, epochs=epochs, **failed), None
        stopped: dict[str, Any] = {"status": STOPPED, "validation_accuracy": accuracy}
        return replace(evaluation, epochs=epochs, reason="", **stopped), b""


def evaluations(
    benchmark: Benchmark, backend: str, total: str = "qpu_time", seed: int | None = None
) -> dict[Architecture, Evaluation]:
    """The evaluation of every architecture, trained to the end.

    Of the terms of cost it has those of `TABULATED`; what a benchmark does not hold is NaN.

    Args:
        benchmark: the table.
        backend: that costs are of.
        total: see `hybhanas.bench.TOTALS`.
        seed: of the accuracy; None: the mean over all, FAILED where one of them diverged.

    Raises:
        ConfigError: a backend, a total or a seed that is not in the table.
    """
    points = benchmark.points(backend, total, seed)
    survival = benchmark.costs[backend].log10_p_survival
    found: dict[Architecture, Evaluation] = {}
    for row, architecture in enumerate(benchmark):
        error, log10_total_s, parameters = points[row].tolist()
        known: dict[str, Any]
        if np.isnan(log10_total_s):
            known = {"status": FAILED, "reason": f"it does not fit {backend}"}
        else:
            known = {
                "parameters": int(parameters),
                "proxies": {name: int(benchmark.proxies[name][row]) for name in PROXIES},
                "cost": _report(log10_total_s, float(survival[row])),
                "epochs": benchmark.epochs,
            }
            known |= {"status": FAILED, "reason": DIVERGED}
            if not np.isnan(error):
                accuracy = benchmark.query(architecture, seed)
                known |= {"status": EVALUATED, "reason": "", "validation_accuracy": accuracy}
        found[architecture] = Evaluation(
            key=architecture.hash, architecture=architecture, seed=seed or 0, seconds=0.0, **known
        )
    return found


def check_tabulated(settings: SearchSettings) -> None:
    """Checks that a search needs nothing that a benchmark does not hold.

    Raises:
        ConfigError: an objective that is not among TABULATED, a constraint, or a budget in dollars.
    """
    for name in settings.objectives:
        if name not in TABULATED:
            raise ConfigError(
                f"search.objectives={list(settings.objectives)} is not accepted on a benchmark: it "
                f"has no {name}; accepted: {', '.join(TABULATED)}"
            )
    if settings.budget.qpu_usd is not None:
        raise ConfigError(
            f"search.budget.qpu_usd={settings.budget.qpu_usd:g} is not accepted on a benchmark: "
            "null, since it has no prices"
        )
    if settings.constraints:
        raise ConfigError(
            f"search.constraints={dict(settings.constraints)} is not accepted on a benchmark: none"
        )


def _report(log10_total_s: float, log10_p_survival: float) -> CostReport:
    sections: dict[str, Any] = {
        name: kind(**dict.fromkeys((f.name for f in fields(kind)), np.nan))
        for name, kind in SECTIONS.items()
        if name != "money"
    }
    total_s = 10.0**log10_total_s if log10_total_s < np.log10(OVERFLOW) else np.inf
    time: Time = sections["time"]
    sections["time"] = replace(time, log10_total_s=log10_total_s, total_s=total_s)
    sections["noise"] = replace(sections["noise"], log10_p_survival=log10_p_survival)
    return CostReport(**sections)
