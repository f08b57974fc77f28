"""HQNNClassifier is an estimator of scikit-learn's."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import hybhanas
from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError

X, Y = load_iris(return_X_y=True)
SMALL = hybhanas.HQNNClassifier(
    {"qubits": 2}, epochs=10, learning_rate=0.1, random_state=1, accelerator="cpu"
)

ROUNDING = "circuits are simulated in single precision, where the order of samples changes 1e-7"
INEXACT = dict.fromkeys(
    ("check_methods_sample_order_invariance", "check_methods_subset_invariance"), ROUNDING
)
"""The checks that are not passed, with the reason: they ask for nine digits."""


@pytest.mark.slow
@parametrize_with_checks(
    [
        hybhanas.HQNNClassifier(
            {"qubits": 2, "depth": 2}, epochs=20, learning_rate=0.1, accelerator="cpu"
        )
    ],
    expected_failed_checks=lambda _: INEXACT,
)
def test_it_passes_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


def test_it_predicts_labels_of_any_kind_with_probabilities():
    names = np.array(["setosa", "versicolor", "virginica"])[Y]
    fitted = clone(SMALL).fit(X, names)
    assert fitted.n_features_in_ == 4
    assert fitted.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    chances = fitted.predict_proba(X)
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)
    assert (fitted.predict(X) == fitted.classes_[chances.argmax(axis=1)]).all()
    assert fitted.score(X, names) > 0.8


def test_two_classes_have_two_probabilities():
    fitted = clone(SMALL).fit(X[:100], Y[:100])
    assert fitted.predict_proba(X[:7]).shape == (7, 2)
    assert fitted.score(X[:100], Y[:100]) == 1.0


def test_a_random_state_repeats_a_fit_and_a_pickle_predicts_the_same():
    one, other = (clone(SMALL).fit(X, Y) for _ in range(2))
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))
    again = pickle.loads(pickle.dumps(one))
    np.testing.assert_array_equal(one.predict_proba(X), again.predict_proba(X))


def test_it_stands_in_pipelines_and_cross_validation():
    pipeline = make_pipeline(StandardScaler(), clone(SMALL).set_params(scale="none"))
    assert cross_val_score(pipeline, X, Y, cv=3).mean() > 0.7


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"scale": "log"}, "scale=log is unknown; accepted: standardise, angle, none"),
        ({"batch_size": 0}, "batch_size=0 is not accepted: at least 1"),
        ({"architecture": {"qbits": 2}}, r"architecture key=qbits is unknown \(did you mean qu"),
        ({"learning_rate": 2.0}, "learning_rate=2.0 is not accepted: between 0 and 1"),
    ],
)
def test_settings_that_make_no_sense_are_named(settings, said):
    with pytest.raises(ConfigError, match=said):
        clone(SMALL).set_params(**settings).fit(X, Y)


def test_an_architecture_is_taken_as_it_is():
    architecture = Architecture(qubits=3, entanglement="none")
    fitted = clone(SMALL).set_params(architecture=architecture, epochs=1).fit(X, Y)
    assert fitted.model_.architecture == architecture


def test_importing_hybhanas_imports_neither_it_nor_its_libraries():
    code = (
        "import sys, hybhanas\n"
        "assert 'HQNNClassifier' in dir(hybhanas)\n"
        "print([name for name in ('torch', 'sklearn') if name in sys.modules])"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout.strip() == "[]"
