"""A Gaussian process that predicts an objective of networks before they are trained."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import fields
from typing import Any

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.quantities import PROXIES, QUANTITIES
from hybhanas.search_space import SearchSpace

_SIZES = ("parameters", *PROXIES)
_LOGARITHMS = ("log10_p_survival", "log10_total_s")


class Features:
    """Turns costed architectures into numbers.

    Each gene is encoded one-hot, genes that are numbers also as they are. Words of entanglement
    count by the fraction of layers that have them. What is known after costing follows: logarithms
    of the parameters, the operations, the survival and the time.

    Args:
        space: the search space; genes with a single value are left out.
    """

    def __init__(self, space: SearchSpace):
        self._values: dict[str, list[Any]] = {}
        for field in fields(Architecture):
            values = list(dict.fromkeys(getattr(space, field.name)))
            if len(values) > 1:
                self._values[field.name] = values

    def __call__(self, evaluations: Sequence[Evaluation]) -> np.ndarray:
        """The features [evaluations, features] of architectures whose cost is known."""
        return np.array([[*self._genes(e.architecture), *_analytic(e)] for e in evaluations])

    def _genes(self, architecture: Architecture) -> list[float]:
        row: list[float] = []
        for name, values in self._values.items():
            if name == "entanglement":
                layers = architecture.entanglement_by_layer
                row += [layers.count(word) / len(layers) for word in values]
                continue
            chosen = getattr(architecture, name)
            row += [float(chosen == value) for value in values]
            if all(type(value) in (int, float) for value in values):
                row.append(float(chosen))
        return row


def _analytic(evaluation: Evaluation) -> list[float]:
    sizes = [np.log10(1 + QUANTITIES[name].value(evaluation)) for name in _SIZES]
    return sizes + [QUANTITIES[name].value(evaluation) for name in _LOGARITHMS]


def _one_thread() -> AbstractContextManager[Any]:
    """Keeps linear algebra to one thread: on matrices of a few hundred rows several threads take
    longer, since they mostly wait for one another, and results depend on how many there are.
    """
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(1, user_api="blas")
    return limits


class ErrorModel:
    """A Gaussian process with a Matern kernel (nu = 3/2) of one length scale, and noise.

    The noise stands for the seed of the weights: what is predicted is the mean over seeds.

    Args:
        features: of the training data [n, features].
        values: [n].
    """

    def __init__(self, features: np.ndarray, values: np.ndarray):
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
        from sklearn.preprocessing import StandardScaler

        self._scaler = StandardScaler().fit(features)
        kernel = ConstantKernel(1.0, (1e-2, 1e2)) * Matern(8.0, (1.0, 1e2), nu=1.5)
        self._process = GaussianProcessRegressor(
            kernel + WhiteKernel(0.1, (1e-3, 1.0)), normalize_y=True, random_state=0
        )
        with _one_thread(), warnings.catch_warnings():
            # A parameter at the end of its range is a good answer too.
            warnings.simplefilter("ignore", ConvergenceWarning)
            self._process.fit(self._scaler.transform(features), values)

    def predict(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The mean [n] and the standard deviation [n] of the value without noise."""
        with _one_thread():
            scaled = self._scaler.transform(features)
            mean, deviation = self._process.predict(scaled, return_std=True)
        scale = float(self._process._y_train_std)
        noise = self._process.kernel_.k2.noise_level * scale**2
        return mean, np.sqrt(np.maximum(deviation**2 - noise, 0.0))
