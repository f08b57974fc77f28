"""How well a network classifies; light to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


DIVERGED = "training diverged: a logit is not finite"
"""Why a network has no scores."""


@dataclass(frozen=True, slots=True)
class Scores:
    """How well a network classifies the samples of a split.

    Args:
        accuracy: the fraction of samples whose class it predicts.
        balanced_accuracy: the mean over classes of that fraction of their samples; one without
            samples does not count.
        roc_auc: the area under the ROC curve, see `roc_auc`; None if all samples are of one class.
        samples: how many there are.
    """

    accuracy: float
    balanced_accuracy: float
    roc_auc: float | None
    samples: int

    @classmethod
    def of(cls, ranking: np.ndarray, predicted: np.ndarray, classes: np.ndarray) -> Scores:
        """Scores predictions.

        Args:
            ranking: see `roc_auc`.
            predicted: [samples], the numbers of the predicted classes.
            classes: [samples], those of the true ones.
        """
        import numpy as np

        correct = predicted == classes
        counts = np.bincount(classes)
        recalls = np.bincount(classes, weights=correct)[counts > 0] / counts[counts > 0]
        return cls(
            accuracy=int(correct.sum()) / len(classes),
            balanced_accuracy=float(recalls.mean()),
            roc_auc=roc_auc(ranking, classes),
            samples=len(classes),
        )


def roc_auc(ranking: np.ndarray, classes: np.ndarray) -> float | None:
    """The area under the ROC curve: how often a sample of a class ranks above one of another.

    With more than two classes it is the mean over each against the rest. Of scikit-learn's
    `roc_auc_score` it differs where a class has no sample, which does not count here.

    Args:
        ranking: [classes, samples], larger where a class is more likely; [1, samples] of the second
            of two classes.
        classes: [samples], their true numbers.

    Returns:
        From 0 to 1, 0.5 for guesses; None if all samples are of one class.

    Example:
        >>> import numpy as np
        >>> roc_auc(np.array([[0.1, 0.4, 0.3, 0.8]]), np.array([0, 0, 1, 1]))  # 3 of 4 pairs
        0.75
    """
    import numpy as np
    from scipy.stats import rankdata

    numbers = np.arange(len(ranking)) if len(ranking) > 1 else np.array([1])
    belongs = classes == numbers[:, None]  # (classes, samples)
    inside = belongs.sum(axis=1)
    pairs = inside * (len(classes) - inside)
    if not pairs.any():
        return None
    ranks = rankdata(ranking, axis=1)
    above = (ranks * belongs).sum(axis=1) - inside * (inside + 1) / 2  # of the pairs
    return float((above[pairs > 0] / pairs[pairs > 0]).mean())
