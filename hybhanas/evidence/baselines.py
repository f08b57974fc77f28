"""Classical baselines on the splits of a search, which take no time of a quantum machine."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from hybhanas import atomic
from hybhanas.data.protocol import Batches, SearchData
from hybhanas.nas.classical import Baseline
from hybhanas.nas.run_folder import RunFolder
from hybhanas.stored import read_json

if TYPE_CHECKING:
    import numpy as np

    Fit = Callable[[np.ndarray, np.ndarray], Any]
    """Fits one candidate of a baseline to features and classes."""

MAJORITY, LOGISTIC, SVM, MLP = "majority class", "logistic regression", "SVM", "MLP"

MOST_SAMPLES = 10_000
"""Training samples of a baseline, at most: an SVM takes the square of them. The first are taken."""

PENALTIES = (0.1, 1.0, 10.0)
"""Inverse regularisations C among which the validation split chooses."""

WIDTHS, RATES = (16, 64), (3e-3, 1e-2)
"""Hidden units and learning rates of the MLP among which the validation split chooses."""


def baselines_of(folder: RunFolder, data: SearchData, seed: int) -> list[Baseline]:
    """The baselines of a run: read, or trained and written if the run has none.

    Raises:
        OSError: the file cannot be written.
    """
    if known := read_baselines(folder):
        return known
    found = baselines(data, seed)
    atomic.write_json(folder.baselines, [asdict(one) for one in found])
    return found


def read_baselines(folder: RunFolder) -> list[Baseline]:
    """The baselines that a run has; none if it was made without, or if their file is damaged."""
    try:
        return [Baseline(**one) for one in read_json(folder.baselines)]
    except (OSError, ValueError, TypeError):
        return []


def baselines(data: SearchData, seed: int) -> list[Baseline]:
    """Trains the majority class, logistic regression, an SVM and a small MLP.

    Args:
        data: split.
        seed: of the MLP's weights.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    train, validation, test = arrays(data)
    train = train[0][:MOST_SAMPLES], train[1][:MOST_SAMPLES]
    largest = np.bincount(train[1]).argmax()
    shares = [float(np.mean(classes == largest)) for _, classes in (validation, test)]

    def regression(c: float) -> Fit:
        return LogisticRegression(C=c, max_iter=300).fit

    def machine(c: float) -> Fit:
        return SVC(C=c).fit

    penalties = {f"C={c:g}": c for c in PENALTIES}
    networks = {
        f"{width} units, rate {rate:g}": (width, rate) for width in WIDTHS for rate in RATES
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fits that end at the most iterations
        splits = train, validation, test
        return [
            Baseline(MAJORITY, shares[0], shares[1], 0),
            _best(LOGISTIC, {s: regression(c) for s, c in penalties.items()}, splits),
            _best(SVM, {s: machine(c) for s, c in penalties.items()}, splits),
            _best(MLP, {s: small_mlp(*one, seed) for s, one in networks.items()}, splits),
        ]


def small_mlp(width: int, rate: float, seed: int) -> Fit:
    """What fits an MLP of one hidden layer."""
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier((width,), learning_rate_init=rate, max_iter=60, random_state=seed)
    fit: Fit = network.fit
    return fit


Split = tuple["np.ndarray", "np.ndarray"]
"""Features [samples, features] and classes [samples]."""


def arrays(data: SearchData) -> tuple[Split, Split, Split]:
    """The training, the validation and the test split in memory."""
    loaders = data.train_dataloader(), data.val_dataloader(), data.test_dataloader()
    first, second, third = map(_collected, loaders)
    return first, second, third


def _collected(batches: Batches) -> Split:
    import numpy as np

    pairs = [(features.numpy(), classes.numpy()) for features, classes in batches]
    return np.concatenate([f for f, _ in pairs]), np.concatenate([c for _, c in pairs])


def _best(name: str, fits: dict[str, Fit], splits: Sequence[Split]) -> Baseline:
    """The candidate of the highest validation accuracy, of equal ones the first, tested."""
    train, validation, test = splits
    models = {setting: fit(*train) for setting, fit in fits.items()}
    accuracies = {s: float(model.score(*validation)) for s, model in models.items()}
    setting = max(accuracies, key=lambda s: accuracies[s])
    model = models[setting]
    tested = float(model.score(*test))
    return Baseline(name, accuracies[setting], tested, _parameters(model), setting)


def _parameters(model: Any) -> int:
    if hasattr(model, "coefs_"):
        return sum(weights.size for weights in (*model.coefs_, *model.intercepts_))
    if hasattr(model, "support_vectors_"):
        return int(model.support_vectors_.size + model.dual_coef_.size + model.intercept_.size)
    return int(model.coef_.size + model.intercept_.size)
