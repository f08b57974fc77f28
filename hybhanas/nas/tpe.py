"""Multi-objective TPE over the genome, by Optuna."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.strategy import SearchSettings, Strategy, distinct
from hybhanas.search_space import SearchSpace

if TYPE_CHECKING:
    from optuna.trial import Trial

REPEATS = 5
"""Proposals for each architecture wanted, before uniform draws fill the generation."""


class TPESearch(Strategy):
    """A tree-structured Parzen estimator that takes every gene as a category.

    If it proposes a known architecture, it is told the result again and asked again: no
    architecture is asked for twice.

    Raises:
        ConfigError: Optuna is not installed.
    """

    def __init__(self, space: SearchSpace, settings: SearchSettings):
        super().__init__(space, settings)
        try:
            import optuna
        except ImportError:
            raise ConfigError(
                "search=tpe is not accepted: optuna is not installed "
                "(pip install 'hybhanas[optuna]'); accepted: any other search"
            ) from None
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._study = optuna.create_study(
            sampler=optuna.samplers.TPESampler(seed=self.settings.seed),
            directions=["minimize"] * len(self.objectives.names),
        )
        self._genes: dict[str, optuna.distributions.BaseDistribution] = {
            gene: optuna.distributions.CategoricalDistribution(range(count))
            for gene, count in zip(space.genes, space.choices, strict=True)
        }
        self._known: dict[Architecture, Evaluation] = {}
        self._open: list[tuple[Trial, Architecture]] = []

    def ask(self) -> list[Architecture]:
        """See `Strategy.ask`."""
        chosen: dict[Architecture, None] = {}
        for _ in range(REPEATS * self.settings.population):
            if len(chosen) == self.settings.population:
                return list(chosen)
            trial, architecture = self._proposed()
            if architecture in self._known:
                self._close(trial, self._known[architecture])
            else:
                chosen[architecture] = None
                self._open.append((trial, architecture))
        missing = self.settings.population - len(chosen)
        for genome in distinct(self.space, missing, self._rng, self._known.keys() | chosen):
            self._study.enqueue_trial(dict(zip(self._genes, genome, strict=True)))
            trial, architecture = self._proposed()
            chosen[architecture] = None
            self._open.append((trial, architecture))
        return list(chosen)

    def tell(self, evaluations: Sequence[Evaluation]) -> None:
        """See `Strategy.tell`."""
        self._known |= {evaluation.architecture: evaluation for evaluation in evaluations}
        for trial, architecture in self._open:
            self._close(trial, self._known[architecture])
        self._open = []

    def _proposed(self) -> tuple[Trial, Architecture]:
        trial = self._study.ask(self._genes)
        return trial, self.space.decode([trial.params[gene] for gene in self._genes])

    def _close(self, trial: Trial, evaluation: Evaluation) -> None:
        objectives, broken = self._standing(evaluation)
        trial.set_constraint("broken", broken)
        self._study.tell(trial, objectives)
