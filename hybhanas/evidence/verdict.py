"""What the circuit of a network contributes: the network beside variants of it and baselines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hybhanas.architecture import Architecture
from hybhanas.evidence.statistics import LEVEL, least_wilcoxon_p
from hybhanas.nas.finished import TWIN

TRAINED, FROZEN, UNENTANGLED = "itself", "frozen circuit", "unentangled"
"""The network; its circuit with random angles that are not trained; its circuit without entangling
gates. A further variant is TWIN: a dense layer of as many parameters in place of the circuit.
"""
VARIANTS = (TWIN, FROZEN, UNENTANGLED)


def finished(accuracies: Sequence[float]) -> list[float]:
    """Those of the trainings that did not diverge."""
    return [accuracy for accuracy in accuracies if not math.isnan(accuracy)]


def _mean(accuracies: Sequence[float]) -> float:
    known = finished(accuracies)
    return math.fsum(known) / len(known) if known else 0.0


@dataclass(frozen=True, slots=True)
class Rival:
    """What a network is compared with.

    Args:
        name: of a variant or a baseline.
        parameters: all that it trains or fits.
        accuracies: on the test split, of each seed, nan where a training diverged.
        difference: of the network's mean accuracy minus this one's.
        effect: the same in standard deviations of the paired differences, None if they are 0.
        p_value: of a paired t-test, corrected for the comparisons of this network by Holm's method;
            None if the paired differences do not vary, for which there is no such test.
    """

    name: str
    parameters: int
    accuracies: tuple[float, ...]
    difference: float
    effect: float | None
    p_value: float | None

    @property
    def mean(self) -> float:
        """The mean accuracy."""
        return _mean(self.accuracies)

    @property
    def outcome(self) -> str:
        """Whether the network is `better` or `worse`, or `equal`: nothing that the test can see;
        `untested` if it differs by the same with every seed.
        """
        if self.p_value is None and self.difference != 0:
            return "untested"
        if self.p_value is None or self.p_value >= LEVEL:
            return "equal"
        return "better" if self.difference > 0 else "worse"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What the circuit of one network contributes.

    Args:
        architecture: of the network.
        parameters: that it trains, of which `angles` are the circuit's.
        angles: see there.
        accuracies: on the test split, of each seed.
        rivals: variants, then baselines.
    """

    architecture: Architecture
    parameters: int
    angles: int
    accuracies: tuple[float, ...]
    rivals: tuple[Rival, ...]

    @property
    def mean(self) -> float:
        """The mean accuracy."""
        return _mean(self.accuracies)

    @property
    def earns(self) -> bool:
        """Whether it is better than every variant, and no baseline is better than it or, untested,
        ahead of it.
        """
        variants = [r.outcome for r in self.rivals if r.name in VARIANTS]
        return set(variants) == {"better"} and all(
            r.outcome == "equal" or r.difference > 0 for r in self.rivals
        )

    @property
    def verdict(self) -> str:
        """One sentence, whatever it says."""

        def named(outcome: str) -> str:
            return ", ".join(
                f"{r.name} ({100 * r.mean:.1f} %)" for r in self.rivals if r.outcome == outcome
            )

        seeds = len(finished(self.accuracies))
        own = f"{100 * self.mean:.1f} % of the test split over {seeds} seeds"
        if diverged := len(self.accuracies) - seeds:
            own += f" ({diverged} more diverged)"
        start = "earns" if self.earns else "does not earn"
        parts = [
            f"{words} {those}"
            for words, those in (
                ("significantly better than", named("better")),
                ("not distinguishable from", named("equal")),
                ("significantly worse than", named("worse")),
                (
                    "untested, since the difference is the same with every seed, against",
                    named("untested"),
                ),
            )
            if those
        ]
        return f"The quantum part {start} its seconds here: {own}, {'; '.join(parts)}."

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, the verdict included."""
        return {
            "verdict": self.verdict,
            "earns": self.earns,
            "architecture": self.architecture.to_dict(),
            "parameters": self.parameters,
            "angles": self.angles,
            "accuracies": _plain(self.accuracies),
            "mean": self.mean,
            "test": f"paired t-test, Holm; Wilcoxon could reach p = "
            f"{least_wilcoxon_p(len(self.accuracies)):g} at best",
            "rivals": [
                {
                    "name": r.name, "parameters": r.parameters, "accuracies": _plain(r.accuracies),
                    "mean": r.mean, "difference": r.difference, "effect": r.effect,
                    "p_value": r.p_value, "outcome": r.outcome,
                }
                for r in self.rivals
            ],
        }  # fmt: skip


def _plain(accuracies: Sequence[float]) -> list[float | None]:
    return [None if math.isnan(accuracy) else accuracy for accuracy in accuracies]
