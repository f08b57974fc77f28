"""Evaluation: the outcome for one architecture, and how it looks on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from hybhanas.architecture import Architecture

PROXIES = ("flops", "classical_flops", "simulation_flops")
"""Operations of one sample forward: both halves, the classical layers, the simulated circuit."""

EVALUATED, STOPPED, INFEASIBLE, FAILED = "evaluated", "stopped", "infeasible", "failed"
COSTED = "costed"
"""Not yet trained; never on disk."""

BEYOND = 1e300
"""Stands for seconds that a double cannot hold, which a record keeps as null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What is known of one architecture under fixed settings.

    Args:
        key: the hash of all that determines it; see `evaluator.Evaluator.key`.
        architecture: canonical.
        status: `evaluated`; `stopped`, trained to a rung and not promoted, see
            `hybhanas.search.halving`; `infeasible`, costed but not trained since it breaks a
            constraint; or `failed`. The last two for the reason given.
        reason: one line, empty unless infeasible or failed.
        epochs: that it was trained for.
        validation_accuracy: fraction of the validation split, None unless trained.
        parameters: trainable ones, quantum and classical.
        proxies: the numbers of PROXIES, stand-ins for cost that others use.
        cost: the fields of a CostReport, None where the cost itself failed.
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
    parameters: int | None = None
    proxies: dict[str, int] | None = None
    cost: dict[str, Any] | None = None
    violation: float = 0.0
    seed: int
    seconds: float

    @property
    def values(self) -> dict[str, float]:
        """Every number that can be an objective, by name."""
        if self.validation_accuracy is None or self.cost is None:
            return {}
        numbers = {"error": 1 - self.validation_accuracy} | numbers_of(self.cost)
        numbers |= self.proxies or {}
        if self.parameters is not None:
            numbers["parameters"] = self.parameters
        return numbers

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Evaluation:
        """The inverse of `to_dict`; raises TypeError, KeyError or ValueError on other data."""
        architecture = Architecture.from_dict(data["architecture"])
        return replace(cls(**data), architecture=architecture)


def numbers_of(cost: Mapping[str, Any]) -> dict[str, float]:
    """The numbers of a CostReport's fields, BEYOND where a double could not hold one."""
    return {
        name: BEYOND if value is None else value
        for name, value in cost.items()
        if not isinstance(value, str)
    }
