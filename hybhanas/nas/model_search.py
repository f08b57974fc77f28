"""Search by a model of the error: what is known before training is never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.error_model import ErrorModel, Features
from hybhanas.nas.evaluation import COSTED, EVALUATED, STOPPED, Evaluation
from hybhanas.nas.quantities import OVERFLOW, Quantity
from hybhanas.nas.strategy import SearchSettings, Strategy, mutated
from hybhanas.search_space import SearchSpace

MUTATED = 0.8
"""The fraction of candidates that are mutations of the front; the others are sampled."""

QUANTILES = 16
"""Of the predicted distribution of the error, over which the expected gain is averaged."""

ERROR_FLOOR = 0.003
"""Added to errors before their logarithm: about one sample of a validation split of a few hundred,
below which differences mean nothing."""

LEAST_TRAINED = 5
"""Networks that have been trained in full before the model is used."""


class ModelSearch(Strategy):
    """Chooses the batch of the largest expected gain in hypervolume, by a model of the error.

    Candidates are mutations of the front, of one or two genes, and uniform samples. Their cost is
    estimated exactly, since it takes milliseconds; those that break a constraint are dropped. A
    Gaussian process predicts the error alone. The batch is chosen greedily by the gain that is
    expected: with `gain=log` in the logarithm of the error and of the other objectives, within the
    range of the current front; with `gain=box` in the hypervolume itself. The front, too, is taken
    at the model's values, since the error of one network depends on the seed of its weights by as
    much as neighbours on the front differ.

    The model learns from networks that were stopped at a rung as well: their error there is mapped
    to the one that they would have ended with, see `_expected_ends`.

    The model proposes and never scores: nothing that it predicts enters a record or a front.

    Args:
        space: the search space.
        settings: of every strategy.
        candidates: costed for each architecture that is trained.
        gain: one of GAINS.

    Raises:
        ConfigError: the objectives that are known after training are not exactly one.
    """

    def __init__(self, space: SearchSpace, settings: SearchSettings, candidates: int, gain: str):
        super().__init__(space, settings)
        # The one that is known after training comes first, as `expected_gain` wants it.
        self._quantities = sorted(
            self.objectives.quantities, key=lambda quantity: quantity.known != "after training"
        )
        trained = [q.name for q in self._quantities if q.known == "after training"]
        if len(trained) != 1:
            raise ConfigError(
                f"search.objectives={list(settings.objectives)} is not accepted with search=model: "
                f"exactly one that is known after training, such as error; these are {trained}"
            )
        self._features, self._gain = Features(space), gain
        self._candidates = candidates * settings.population
        self._genomes: dict[Architecture, tuple[int, ...]] = {}
        self._trained: list[Evaluation] = []  # in full
        self._stopped: list[Evaluation] = []
        self._costed: list[Evaluation] = []
        self._expected_gain: float | None = None

    @property
    def expected_gain(self) -> float | None:
        """See `Strategy.expected_gain`."""
        return self._expected_gain

    def shortlist(self) -> list[Architecture]:
        """See `Strategy.shortlist`: none in the first generation."""
        if len(self._trained) < LEAST_TRAINED:
            return []
        self._fit()
        parents = [self._genomes[member] for member in self._members]
        count = round(MUTATED * self._candidates)
        candidates = mutated(self.space, parents, count, self._rng, self._asked)
        missing = self._candidates - len(candidates)
        known = self._asked | candidates.keys()
        for genome in self.sampled(missing, known):
            candidates[self.space.decode(genome)] = genome
        self._genomes |= candidates
        return list(candidates)

    def tell_costs(self, costed: Sequence[Evaluation]) -> None:
        """See `Strategy.tell_costs`."""
        self._costed = [e for e in costed if e.status == COSTED]

    def ask(self) -> list[Architecture]:
        """See `Strategy.ask`."""
        asked = [e.architecture for e in self._best()]
        missing = self.settings.population - len(asked)
        known = self._asked | set(asked)
        for genome in self.sampled(missing, known):
            asked.append(self.space.decode(genome))
            self._genomes[asked[-1]] = genome
        self._asked.update(asked)
        return asked

    def tell(self, evaluations: Sequence[Evaluation]) -> None:
        """See `Strategy.tell`."""
        self._trained += [e for e in evaluations if e.status == EVALUATED]
        self._stopped += [e for e in evaluations if e.status == STOPPED]
        self._costed = []

    def _fit(self) -> None:
        """The model of all networks trained, and the front of those trained in full: points
        [points, objectives] of scaled objectives, the predicted one first, and their architectures.
        """
        import moocore

        features = self._features(self._trained + self._stopped)
        errors = np.append(self._errors(self._trained), self._expected_ends())
        self._model = ErrorModel(features, errors)
        predicted, _ = self._model.predict(features[: len(self._trained)])
        points = np.column_stack([predicted, self._known(self._trained)])
        best = np.flatnonzero(moocore.is_nondominated(points))
        self._front = points[best]
        self._members = [self._trained[i].architecture for i in best]

    def _errors(self, evaluations: Sequence[Evaluation]) -> np.ndarray:
        """The objective that is known after training [evaluations], scaled."""
        error = self._quantities[0]
        return _scaled(error, np.array([error.sign * error.value(e) for e in evaluations]))

    def _expected_ends(self) -> np.ndarray:
        """The scaled error [stopped] that each stopped network would have ended with: that at its
        rung, mapped by a line through those at this rung and at the end of all trained in full.
        """
        ends, lines = self._errors(self._trained), {}
        rungs = [len(e.at_rungs) for e in self._stopped]
        for rung in set(rungs):
            early = self._errors([e.at_rung(rung) for e in self._trained])
            lines[rung] = _line(early, ends)
        slopes, offsets = np.array([lines[rung] for rung in rungs]).reshape(-1, 2).T
        return slopes * self._errors(self._stopped) + offsets

    def _known(self, evaluations: Sequence[Evaluation]) -> np.ndarray:
        """The objectives that are known before training [evaluations, objectives - 1], scaled."""
        columns = [
            _scaled(q, np.array([q.sign * q.value(e) for e in evaluations]))
            for q in self._quantities[1:]
        ]
        return np.column_stack(columns)

    def _best(self) -> list[Evaluation]:
        """The batch, of what was costed."""
        self._expected_gain = None
        if not self._costed:
            return []
        from hybhanas.nas.expected_gain import best_batch

        mean, deviation = self._model.predict(self._features(self._costed))
        normal = [NormalDist().inv_cdf((i + 0.5) / QUANTILES) for i in range(QUANTILES)]
        known, samples = self._known(self._costed), mean[:, None] + np.outer(deviation, normal)
        if self._gain == "box":
            scene = self._in_box(known, samples)
        else:
            scene = self._front, known, samples, self._reference()
        batch, gain = best_batch(*scene, self.settings.population)
        if self._gain == "box":
            corners = np.array([self.objectives.box[q.name] for q in self._quantities])
            self._expected_gain = gain / float(np.abs(corners[:, 1] - corners[:, 0]).prod())
        return [self._costed[i] for i in batch]

    def _in_box(
        self, known: np.ndarray, samples: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The front, the candidates and the reference point in the units of the hypervolume's box;
        what is better than its best corner counts as that corner.
        """
        columns = [*zip(self._quantities, self._front.T, strict=True)]
        front = np.column_stack([_unscaled(q, column) for q, column in columns])
        others = zip(self._quantities[1:], known.T, strict=True)
        known = np.column_stack([_unscaled(q, column) for q, column in others])
        corners = [self.objectives.box[q.name] for q in self._quantities]
        signs = np.array([q.sign for q in self._quantities])
        best, worst = (signs * corner for corner in np.array(corners).T)
        samples = np.maximum(_unscaled(self._quantities[0], samples), best[0])
        return np.maximum(front, best), np.maximum(known, best[1:]), samples, worst

    def _reference(self) -> np.ndarray:
        """A tenth of the front's range beyond its worst values, and no worse than the box."""
        worst, best = self._front.max(axis=0), self._front.min(axis=0)
        bounds = []
        for quantity in self._quantities:
            corner = self.objectives.worst(quantity.name)
            value = OVERFLOW if corner is None else quantity.sign * corner
            bounds.append(_scaled(quantity, np.array([value]))[0])
        return np.minimum(worst + 0.1 * (worst - best) + 1e-9, bounds)


def _line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope and offset of the line through points that fits best by least squares, among those that
    do not fall.
    """
    spread = x - x.mean()
    slope = max(float(spread @ y / (spread @ spread)), 0.0) if np.ptp(x) > 0 else 0.0
    return slope, float(y.mean() - slope * x.mean())


def _scaled(quantity: Quantity, minimised: np.ndarray) -> np.ndarray:
    """The logarithm of what is minimised and cannot be negative, so that halving an error counts
    alike wherever it is; others as they are.
    """
    if _is_as_it_is(quantity):
        return minimised
    return np.log(np.maximum(minimised, 0.0) + _floor(quantity) + np.finfo(float).tiny)


def _unscaled(quantity: Quantity, scaled: np.ndarray) -> np.ndarray:
    """The inverse of `_scaled`."""
    return scaled if _is_as_it_is(quantity) else np.exp(scaled) - _floor(quantity)


def _is_as_it_is(quantity: Quantity) -> bool:
    return quantity.sign < 0 or quantity.name.startswith("log10_")


def _floor(quantity: Quantity) -> float:
    return ERROR_FLOOR if quantity.known == "after training" else 0.0
