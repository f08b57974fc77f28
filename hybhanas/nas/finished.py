"""A network after its final training, with its classical twin."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hybhanas.models.scores import Scores
from hybhanas.nas.classical import Twin
from hybhanas.stored import checked

if TYPE_CHECKING:
    from hybhanas.models.training import Trained

TWIN = "classical twin"


@dataclass(frozen=True, slots=True)
class Finished:
    """A network of the front after its final training.

    Args:
        validation, test: its scores.
        checkpoint: in torch's format.
        losses: the mean cross-entropy of each epoch.
        twin: dense layers of about as many parameters in place of its circuit, trained alike; None
            where that training failed.
    """

    validation: Scores
    test: Scores
    checkpoint: bytes
    losses: tuple[float, ...]
    twin: Twin | None

    @classmethod
    def of(cls, trained: Trained, twin: Trained | Exception) -> Finished:
        """A network and its twin after training, both tested."""
        from hybhanas.models.hqnn import checkpoint

        assert trained.test is not None
        model = checkpoint(trained.model)
        return cls(trained.validation, trained.test, model, trained.losses, _twin(twin))


@dataclass(frozen=True, slots=True)
class FinalRecord:
    """What a run's folder keeps of a final training, besides the checkpoint; `reason`: why it has
    neither accuracies nor a checkpoint.
    """

    key: str
    validation_accuracy: float | None
    test_accuracy: float | None
    reason: str = ""
    validation_samples: int | None = None
    test_samples: int | None = None
    balanced_accuracy: float | None = None
    roc_auc: float | None = None
    test_balanced_accuracy: float | None = None
    test_roc_auc: float | None = None
    checkpoint_sha256: str = ""
    losses: Sequence[float] = ()  # none where one is not finite
    twin: Twin | None = None

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> FinalRecord:
        """The record in plain JSON types.

        Raises:
            ValueError: something in it is not as it was written.
        """
        record = cls(**checked(cls, data))
        if data.get("twin") is not None:
            record = replace(record, twin=Twin(**checked(Twin, data["twin"])))
        accuracies = (record.validation_accuracy, record.test_accuracy)
        if any(not 0 <= a <= 1 for a in accuracies if a is not None):
            raise ValueError(f"its accuracies are {accuracies}")
        if record.validation_accuracy is None and not record.reason:
            raise ValueError("it has neither an accuracy nor a reason")
        return record

    @classmethod
    def of(cls, key: str, outcome: Finished | Exception) -> FinalRecord:
        """The record of an outcome."""
        if isinstance(outcome, Exception):
            return cls(key, None, None, f"{type(outcome).__name__}: {outcome}")
        return cls(
            key,
            outcome.validation.accuracy,
            outcome.test.accuracy,
            validation_samples=outcome.validation.samples,
            test_samples=outcome.test.samples,
            balanced_accuracy=outcome.validation.balanced_accuracy,
            roc_auc=outcome.validation.roc_auc,
            test_balanced_accuracy=outcome.test.balanced_accuracy,
            test_roc_auc=outcome.test.roc_auc,
            checkpoint_sha256=hashlib.sha256(outcome.checkpoint).hexdigest(),
            losses=outcome.losses if all(map(math.isfinite, outcome.losses)) else (),
            twin=outcome.twin,
        )


def _twin(trained: Trained | Exception) -> Twin | None:
    from hybhanas.quantum.variants import twin_shape

    if isinstance(trained, Exception) or trained.test is None:
        return None
    parameters = sum(parameter.numel() for parameter in trained.model.parameters())
    accuracies = trained.validation.accuracy, trained.test.accuracy
    circuit = trained.model.layers.circuit
    return Twin(TWIN, *accuracies, parameters, bottleneck=twin_shape(circuit).bottleneck)
