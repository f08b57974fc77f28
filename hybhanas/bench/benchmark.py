"""Benchmark: what is known of every architecture of a space."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError, unknown
from hybhanas.search_space import SearchSpace

TOTALS = ("qpu_time", "effective_time")
"""The two times that a search may minimise: how long the machine is busy, or gates alone."""

OBJECTIVES = ("error", "log10_total_s", "parameters")
"""The columns of `Benchmark.points`."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What architectures cost on one backend.

    Args:
        log10_total_s: of each of TOTALS, of each architecture the logarithm of the seconds that a
            full training takes, quantum and classical [architectures]; NaN where it does not fit.
        log10_p_survival: of what noise leaves of the expectation values [architectures].
    """

    log10_total_s: Mapping[str, np.ndarray]
    log10_p_survival: np.ndarray


@dataclass(frozen=True, slots=True)
class Twins:
    """The classical twins: in place of each circuit a dense layer, or two with a bottleneck of few
    units between them, of about as many parameters; trained with the same splits, seeds and epochs.

    Args:
        accuracy: like that of `Benchmark` [architectures, seeds, epochs].
        test_accuracy: likewise [architectures, seeds].
        parameters: of the whole network, trainable ones [architectures].
    """

    accuracy: np.ndarray
    test_accuracy: np.ndarray
    parameters: np.ndarray


@dataclass(frozen=True)
class Benchmark:
    """A space whose every architecture was trained with several seeds, on one data set.

    Args:
        architectures: canonical, each once.
        seeds: of the split of the data, and of initial weights.
        accuracy: fraction of the validation split after each epoch [architectures, seeds, epochs];
            NaN from where training diverged, or where there is no such network.
        loss: mean cross-entropy there likewise.
        test_accuracy: fraction of the test split after the last epoch [architectures, seeds].
        parameters: trainable ones [architectures].
        proxies: floating-point operations of a forward pass [architectures], by name.
        costs: by backend.
        about: data set, space, settings and origin, in plain JSON types.
        twins: the classical twin of each; None: the table has none.
    """

    architectures: Sequence[Architecture]
    seeds: tuple[int, ...]
    accuracy: np.ndarray
    loss: np.ndarray
    test_accuracy: np.ndarray
    parameters: np.ndarray
    proxies: Mapping[str, np.ndarray]
    costs: Mapping[str, Costs]
    about: Mapping[str, Any]
    twins: Twins | None = None
    _rows: dict[Architecture, int] = field(init=False, repr=False)
    _seeds: dict[int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_rows", {a: i for i, a in enumerate(self.architectures)})
        object.__setattr__(self, "_seeds", {seed: i for i, seed in enumerate(self.seeds)})

    def __len__(self) -> int:
        return len(self.architectures)

    def __iter__(self) -> Iterator[Architecture]:
        return iter(self.architectures)

    def __contains__(self, architecture: object) -> bool:
        return isinstance(architecture, Architecture) and architecture.canonical() in self._rows

    @property
    def name(self) -> str:
        """Of the data set."""
        return str(self.about["dataset"])

    @property
    def epochs(self) -> int:
        """That each network was trained for."""
        return int(self.accuracy.shape[2])

    @property
    def backends(self) -> tuple[str, ...]:
        """The machines on which architectures were costed."""
        return tuple(self.costs)

    @property
    def space(self) -> SearchSpace:
        """The space, to draw and to change genomes in."""
        return SearchSpace(**self.about["space"])

    def query(
        self,
        architecture: Architecture | Mapping[str, Any],
        seed: int | None = None,
        epoch: int | None = None,
        twin: bool = False,
    ) -> float:
        """The validation accuracy of an architecture, from 0 to 1; NaN if its training diverged.

        Args:
            architecture: or its choices by name, as `Architecture` takes them.
            seed: one of `seeds`; None: the mean over all.
            epoch: after which, from 1; None: the last.
            twin: of its classical twin instead.

        Raises:
            ConfigError: an architecture, a seed or an epoch that is not in the table, or twins that
                it does not have.

        Example:
            >>> from hybhanas import bench
            >>> iris = bench.load("docs/benchmark/iris_small.parquet")
            >>> 0 < iris.query({"qubits": 2}, seed=1, epoch=3) <= 1
            True
        """
        if epoch is None:
            epoch = self.epochs
        elif not (isinstance(epoch, int | np.integer) and 1 <= epoch <= self.epochs):
            raise ConfigError(
                f"epoch={_line(epoch)} is not accepted: an integer from 1 to {self.epochs}"
            )
        return float(self.curve(architecture, seed, twin)[epoch - 1])

    def curve(
        self,
        architecture: Architecture | Mapping[str, Any],
        seed: int | None = None,
        twin: bool = False,
    ) -> np.ndarray:
        """The validation accuracy after every epoch [epochs]; see `query`."""
        of_seeds = self._accuracy(twin)[self.row(architecture)]
        return of_seeds.mean(axis=0) if seed is None else of_seeds[self.seed_number(seed)]

    def _accuracy(self, twin: bool) -> np.ndarray:
        if not twin:
            return self.accuracy
        if self.twins is None:
            raise ConfigError(
                f"twin=True is not accepted: the table of {self.name} has no classical twins"
            )
        return self.twins.accuracy

    def row(self, architecture: Architecture | Mapping[str, Any]) -> int:
        """The index of an architecture in all arrays.

        Raises:
            ConfigError: it is not in the table, or no architecture.
        """
        try:
            if not isinstance(architecture, Architecture):
                architecture = Architecture.from_dict({**architecture})
            row = self._rows.get(architecture)
            if row is None:
                row = self._rows.get(architecture.canonical())
        except TypeError:
            raise ConfigError(
                f"architecture={_line(architecture)} is not accepted: an Architecture, or its "
                "choices by name, at least qubits"
            ) from None
        if row is None:
            raise ConfigError(
                f"architecture={architecture} is not in the table of {self.name}; accepted: one of "
                f"its space of {len(self):,}, such as {self.architectures[0]}"
            )
        return row

    def seed_number(self, seed: int) -> int:
        """The index of a seed in all arrays.

        Raises:
            ConfigError: it is none of `seeds`.
        """
        number = self._seeds.get(seed) if isinstance(seed, int | np.integer) else None
        if number is None:
            raise unknown("seed", _line(seed), self.seeds)
        return number

    def log10_total_s(self, backend: str, total: str = "qpu_time") -> np.ndarray:
        """The logarithm of the seconds that a full training of each architecture takes on a
        backend, quantum and classical [architectures].

        Raises:
            ConfigError: a backend or a total that is not in the table.
        """
        if backend not in self.costs:
            raise unknown("backend", backend, self.backends)
        if total not in TOTALS:
            raise unknown("total", total, TOTALS)
        return self.costs[backend].log10_total_s[total]

    def points(self, backend: str, total: str = "qpu_time", seed: int | None = None) -> np.ndarray:
        """OBJECTIVES of every architecture [architectures, 3], all to be minimised; the error is 1
        minus the validation accuracy after the last epoch. NaN where something is not known.

        Args:
            backend: see `log10_total_s`.
            total: likewise.
            seed: of the error; None: the mean over all.
        """
        if seed is None:
            accuracy = self.accuracy[:, :, -1].mean(axis=1)
        else:
            accuracy = self.accuracy[:, self.seed_number(seed), -1]
        costs = self.log10_total_s(backend, total)
        return np.column_stack([1 - accuracy, costs, self.parameters])

    def front(
        self, backend: str, total: str = "qpu_time", seed: int | None = None
    ) -> list[Architecture]:
        """The architectures that no other one dominates in OBJECTIVES, the most accurate first.

        Args:
            backend: see `points`.
            total: likewise.
            seed: likewise.
        """
        points = self.points(backend, total, seed)
        known = np.flatnonzero(np.isfinite(points).all(axis=1))
        best = known[nondominated(points[known])]
        order = np.lexsort(points[best].T[::-1])
        return [self.architectures[i] for i in best[order]]


def _line(value: object) -> str:
    """A value that may be anything, in one line."""
    return " ".join(repr(value).split())[:80]


def nondominated(points: np.ndarray) -> np.ndarray:
    """Which points [points, objectives] no other dominates, all to be minimised [points].

    Example:
        >>> nondominated(np.array([[0, 1], [1, 0], [1, 1]])).tolist()
        [True, True, False]
    """
    stay = np.ones(len(points), bool)
    for i, point in enumerate(points):
        if stay[i]:  # what is dominated dominates nothing that the one above it does not
            stay &= ~((points >= point).all(axis=1) & (points > point).any(axis=1))
    return stay
