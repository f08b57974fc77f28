"""An HQNN as an estimator of scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from hybhanas.architecture import Architecture
from hybhanas.data.fitted import Fitted
from hybhanas.data.in_memory import InMemoryData
from hybhanas.data.rows import Numbers
from hybhanas.data.settings import SCALES
from hybhanas.data.splits import Split, Splits
from hybhanas.data.steps import applied, scaling
from hybhanas.errors import ConfigError, unknown
from hybhanas.models.logits import probabilities
from hybhanas.models.settings import TrainSettings
from hybhanas.models.training import Trained, train

DEFAULT = Architecture(qubits=4, depth=2, entanglement="ring", measurement="z_zz")


class HQNNClassifier(ClassifierMixin, BaseEstimator):
    """Trains an HQNN on all samples that it is given, as scikit-learn's estimators do.

    Args:
        architecture: an `Architecture` or its choices, such as `{"qubits": 4, "depth": 2}`; None: 4
            qubits in 2 layers, entangled in a ring.
        epochs: passes over the samples.
        learning_rate: peak of the schedule, unless the architecture has its own.
        schedule: one of `hybhanas.models.settings.SCHEDULES`.
        shots: see `TrainSettings`.
        batch_size: samples of a training batch.
        scale: of each feature, as in `hybhanas.data.settings.Preparation`.
        simulator: of the circuit.
        accelerator: auto takes a GPU if there is one; or cpu, cuda.
        random_state: of the initial weights, the order of batches and the shots.

    Attributes:
        classes_: the labels, sorted.
        n_features_in_: features of a sample.
        model_: the trained `HQNN`.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> X, y = load_iris(return_X_y=True)
        >>> classifier = HQNNClassifier({"qubits": 2}, learning_rate=0.1, random_state=1).fit(X, y)
        >>> classifier.predict_proba(X).shape
        (150, 3)
        >>> bool(classifier.score(X, y) > 0.8)
        True
    """

    def __init__(  # noqa: PLR0913 - scikit-learn's way of settings
        self,
        architecture: Architecture | Mapping[str, Any] | None = None,
        *,
        epochs: int = 30,
        learning_rate: float = 0.03,
        schedule: str = "one_cycle",
        shots: int | None = None,
        batch_size: int = 64,
        scale: str = "standardise",
        simulator: str = "fused",
        accelerator: str = "auto",
        random_state: Any = None,
    ):
        self.architecture = architecture
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.shots = shots
        self.batch_size = batch_size
        self.scale = scale
        self.simulator = simulator
        self.accelerator = accelerator
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> HQNNClassifier:  # noqa: N803 - scikit-learn's name
        """Trains a network with fresh weights.

        Args:
            X: numbers [samples, features].
            y: labels [samples] of two classes or more.

        Raises:
            ValueError: samples, labels or a setting that is not accepted.
            CandidateError: training diverged, or the simulator cannot run the circuit.
        """
        settings = TrainSettings(
            final_epochs=self.epochs,
            learning_rate=self.learning_rate,
            schedule=self.schedule,
            shots=self.shots,
            accelerator=self.accelerator,
        )
        if self.scale not in SCALES:
            raise unknown("scale", self.scale, SCALES)
        if self.batch_size < 1:
            raise ConfigError(f"batch_size={self.batch_size} is not accepted: at least 1")
        X, y = validate_data(self, X, y, dtype=np.float64)  # noqa: N806
        check_classification_targets(y)
        self.classes_, numbers = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("HQNNClassifier is not fitted: y has one class; at least two")
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        data = self._data(X, numbers, seed)
        (outcome,) = train(
            [self._architecture()], data, settings, self.simulator, [seed], self.epochs
        )
        if not isinstance(outcome, Trained):
            raise outcome
        self.model_ = outcome.model
        return self

    def predict_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """The probability of each class [samples, classes], in the order of `classes_`."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)  # noqa: N806
        assert self.model_.fitted is not None
        features = torch.from_numpy(self.model_.fitted(X))
        with torch.no_grad():
            logits = self.model_(features).double()
        return probabilities(logits).numpy()

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """The most likely class of each sample."""
        chances = self.predict_proba(X)
        return self.classes_[chances.argmax(axis=1)]

    def _architecture(self) -> Architecture:
        if self.architecture is None:
            return DEFAULT
        if isinstance(self.architecture, Architecture):
            return self.architecture
        return Architecture.from_dict(dict(self.architecture))

    def _data(self, values: np.ndarray, numbers: np.ndarray, seed: int) -> InMemoryData:
        """The samples as a data set whose three splits are all of them."""
        steps = scaling(values, self.scale)
        features = applied(steps, values).astype(np.float32, copy=False)
        split = Split(features, numbers.astype(np.int64))
        names = [str(label) for label in self.classes_]
        return InMemoryData(
            splits=Splits(split, split, split),
            batch_size=self.batch_size,
            seed=seed,
            hash="",
            fitted=Fitted(Numbers(), steps, values.shape[1], names),
        )
