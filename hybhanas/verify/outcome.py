"""What noise does to a network: accuracies, flips of classes, survival of expectation values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hybhanas.intervals import wilson

SIGNIFICANT = 0.05
"""A loss of accuracy with a smaller p-value counts."""

PRECISE = 0.05
"""Slopes count in the median error whose standard error is a smaller fraction of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Of one kind of expectation values.

    `flips` are samples of another class than by the ideal ones; `p_loss` is the one-sided p-value
    of the sign test that accuracy was lost.
    """

    accuracy: float
    low: float  # 95 % interval
    high: float
    flips: int
    p_loss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A network on a machine, or under its noise.

    `seen` is the slope of noisy against ideal expectation values, by observable, `seen_error` its
    standard error; `median_error` is that of |predicted / seen - 1| over the `precise` observables,
    see PRECISE; None where there is none.
    """

    samples: int
    shots: int
    qubits: int  # that the transpiled circuit uses
    ideal: Accuracy
    noisy: Accuracy
    mitigated: Accuracy
    predicted: tuple[float, ...]
    seen: tuple[float, ...]
    seen_error: tuple[float, ...]
    precise: int
    median_error: float | None

    @property
    def verdict(self) -> str:
        """Whether the network survives the noise, in words."""
        if self.noisy.p_loss >= SIGNIFICANT:
            return "survives"
        if self.mitigated.p_loss >= SIGNIFICANT:
            return "survives with mitigation"
        return "does not survive"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self) | {"verdict": self.verdict}


def outcome(  # noqa: PLR0913 - what is compared
    ideal: np.ndarray,
    noisy: np.ndarray,
    predicted: Sequence[float],
    classes: Sequence[np.ndarray],
    labels: np.ndarray,
    shots: int,
    qubits: int,
) -> Outcome:
    """Compares expectation values and the classes that follow from them.

    Args:
        ideal: expectation values without noise [samples, observables].
        noisy: with noise, likewise.
        predicted: survival of each observable.
        classes: by the ideal, the noisy and the mitigated values, each [samples].
        labels: the true classes [samples].
        shots: of each sample.
        qubits: see `Outcome`.
    """
    slopes, errors = _slopes(ideal, noisy)
    precise = errors < PRECISE * np.abs(slopes)
    deviations = np.abs(np.array(predicted)[precise] / slopes[precise] - 1)
    accuracies = [_accuracy(found, classes[0], labels) for found in classes]
    return Outcome(
        samples=len(labels),
        shots=shots,
        qubits=qubits,
        ideal=accuracies[0],
        noisy=accuracies[1],
        mitigated=accuracies[2],
        predicted=tuple(map(float, predicted)),
        seen=tuple(map(float, slopes)),
        seen_error=tuple(map(float, errors)),
        precise=int(precise.sum()),
        median_error=float(np.median(deviations)) if precise.any() else None,
    )


def _slopes(ideal: np.ndarray, noisy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least squares through the origin, of each column, with standard errors."""
    squares = np.maximum((ideal**2).sum(axis=0), 1e-30)
    slopes = (ideal * noisy).sum(axis=0) / squares
    rest = ((noisy - slopes * ideal) ** 2).sum(axis=0) / max(len(ideal) - 1, 1)
    return slopes, np.sqrt(rest / squares)


def _accuracy(found: np.ndarray, ideal: np.ndarray, labels: np.ndarray) -> Accuracy:
    right, right_ideal = found == labels, ideal == labels
    lost, gained = int((right_ideal & ~right).sum()), int((right & ~right_ideal).sum())
    accuracy = float(right.mean())
    low, high = wilson(accuracy, len(labels))
    return Accuracy(
        accuracy=accuracy,
        low=low,
        high=high,
        flips=int((found != ideal).sum()),
        p_loss=sign_test(lost, gained),
    )


def sign_test(lost: int, gained: int) -> float:
    """The chance of so many losses or more if losing and gaining were as likely.

    Example:
        >>> sign_test(lost=3, gained=0)
        0.125
    """
    from scipy.stats import binomtest

    n = lost + gained
    return float(binomtest(lost, n, alternative="greater").pvalue) if n else 1.0
