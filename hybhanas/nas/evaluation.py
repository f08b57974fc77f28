"""Evaluation: the outcome for one architecture, and how it looks on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from hybhanas.architecture import Architecture
from hybhanas.cost.report import CostReport
from hybhanas.nas.quantities import PROXIES, QUANTITIES
from hybhanas.stored import checked

EVALUATED, STOPPED, INFEASIBLE, FAILED = "evaluated", "stopped", "infeasible", "failed"
COSTED = "costed"
"""Not yet trained; never on disk."""

SCORES = ("validation_accuracy", "balanced_accuracy", "roc_auc", "contribution")
"""What is known of an evaluation after training, and not before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What is known of one architecture under fixed settings.

    Args:
        key: the hash of all that determines it; see `evaluator.Evaluator.key`.
        architecture: canonical.
        status: `evaluated`; `stopped`, trained to a rung and not promoted, see
            `hybhanas.nas.halving`; `infeasible`, costed but not trained since it breaks a
            constraint; or `failed`. The last two for the reason given.
        reason: one line, empty unless infeasible or failed.
        epochs: that it was trained for.
        validation_accuracy: fraction of the validation split, None unless trained.
        balanced_accuracy, roc_auc: of the validation split likewise; see
            `hybhanas.models.scores.Scores`. The latter is None too where the split has one class.
        contribution: by how much the validation accuracy exceeds that of its classical twin after
            as many epochs, None where no twin was trained; see `hybhanas.quantum.variants`.
        at_rungs: SCORES at each rung that it was promoted from, in order; empty without rungs.
        parameters: trainable ones, quantum and classical.
        proxies: the numbers of `quantities.PROXIES`, stand-ins for cost that others use.
        cost: None if costing failed.
        violation: by how much it breaks constraints, above 0 if infeasible; see `Constraints`.
        seed: of the initial weights.
        seconds: wall time that it took.
    """

    key: str
    architecture: Architecture
    status: str
    reason: str = ""
    epochs: int = 0
    validation_accuracy: float | None = None
    balanced_accuracy: float | None = None
    roc_auc: float | None = None
    contribution: float | None = None
    at_rungs: list[dict[str, float | None]] = field(default_factory=list)
    parameters: int | None = None
    proxies: dict[str, int] | None = None
    cost: CostReport | None = None
    violation: float = 0.0
    seed: int
    seconds: float

    @property
    def scores(self) -> dict[str, float | None]:
        """SCORES by name."""
        return {name: getattr(self, name) for name in SCORES}

    def at_rung(self, place: int) -> Evaluation:
        """With its scores at a rung that it was promoted from, 0 for the first."""
        scores: dict[str, Any] = {**self.at_rungs[place]}
        return replace(self, **scores)

    @property
    def values(self) -> Mapping[str, float]:
        """Every quantity by name; empty unless it was trained."""
        return _Values(self)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        plain = asdict(replace(self, cost=None))
        return plain | {"cost": None if self.cost is None else self.cost.to_dict()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Evaluation:
        """The inverse of `to_dict`; raises TypeError, KeyError or ValueError on other data."""
        known = checked(cls, data) | {"architecture": Architecture.from_dict(data["architecture"])}
        if known.get("cost") is not None:
            known["cost"] = CostReport.from_dict(data["cost"])
        evaluation = cls(**known)
        evaluation._check()
        return evaluation

    def _check(self) -> None:
        """Raises ValueError unless it is what an evaluation of its status can be."""
        if self.status not in (EVALUATED, STOPPED, INFEASIBLE, FAILED):
            raise ValueError(f"status is {self.status[:40]!r}")
        trained = self.status in (EVALUATED, STOPPED)
        accuracy = self.validation_accuracy
        if trained != (accuracy is not None) or not 0 <= (accuracy or 0) <= 1:
            raise ValueError(f"validation_accuracy is {accuracy} of one that is {self.status}")
        if not -1 <= (self.contribution or 0) <= 1:
            raise ValueError(f"contribution is {self.contribution}")
        if any(set(scores) != set(SCORES) for scores in self.at_rungs):
            raise ValueError("its scores at rungs are not those that evaluations have")
        if (trained or self.status == INFEASIBLE) and None in (self.cost, self.parameters):
            raise ValueError(f"it is {self.status} and has no cost or no parameters")
        if self.cost is not None and set(self.proxies or ()) != set(PROXIES):
            raise ValueError("its proxies are not those that evaluations have")
        if min(self.epochs, self.parameters or 0, self.seconds, self.violation) < 0:
            raise ValueError("it has a negative number")
        if max(self.epochs, self.parameters or 0) >= 2**63:
            raise ValueError("it has an integer beyond 64 bits")


@dataclass(frozen=True, slots=True, eq=False)  # equal as mappings are
class _Values(Mapping[str, float]):
    """The quantities of an evaluation, each computed when it is asked for."""

    evaluation: Evaluation

    def __getitem__(self, name: str) -> float:
        if not len(self):
            raise KeyError(name)
        return QUANTITIES[name].value(self.evaluation)

    def __iter__(self) -> Iterator[str]:
        return iter(QUANTITIES if len(self) else ())

    def __len__(self) -> int:
        known = self.evaluation.validation_accuracy is not None and self.evaluation.cost is not None
        return len(QUANTITIES) if known else 0
