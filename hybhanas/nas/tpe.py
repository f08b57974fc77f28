"""Multi-objective TPE over the genome, by Optuna."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.strategy import SearchSettings, Strategy, sample_distinct
from hybhanas.search_space import SearchSpace

if TYPE_CHECKING:
    from optuna.trial import Trial

PROPOSALS_PER_ARCHITECTURE = 5
"""Proposals for each architecture wanted, before random sampling fills the generation."""


class TPESearch(Strategy):
    """Tree-structured Parzen estimator (Ozaki et al. 2022) with a categorical variable per gene.

    When it proposes an architecture that was evaluated before, it is told the known result and
    asked again, so that no architecture is proposed twice.

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
        for genome in self._start.values():
            self._study.enqueue_trial(dict(zip(self._genes, genome, strict=True)))
        self._known: dict[Architecture, Evaluation] = {}
        self._pending: list[tuple[Trial, Architecture]] = []

    def ask(self) -> list[Architecture]:
        """See `Strategy.ask`."""
        generation: dict[Architecture, None] = {}
        for _ in range(PROPOSALS_PER_ARCHITECTURE * self.settings.population):
            if len(generation) == self.settings.population:
                return list(generation)
            trial, architecture = self._propose()
            if architecture in self._known:
                self._complete(trial, self._known[architecture])
            else:
                generation[architecture] = None
                self._pending.append((trial, architecture))
        missing = self.settings.population - len(generation)
        known = self._known.keys() | generation
        for genome in sample_distinct(self.space, missing, self._rng, known):
            self._study.enqueue_trial(dict(zip(self._genes, genome, strict=True)))
            trial, architecture = self._propose()
            generation[architecture] = None
            self._pending.append((trial, architecture))
        return list(generation)

    def tell(self, evaluations: Sequence[Evaluation]) -> None:
        """See `Strategy.tell`."""
        self._known |= {evaluation.architecture: evaluation for evaluation in evaluations}
        for trial, architecture in self._pending:
            self._complete(trial, self._known[architecture])
        self._pending = []

    def _propose(self) -> tuple[Trial, Architecture]:
        trial = self._study.ask(self._genes)
        return trial, self.space.decode([trial.params[gene] for gene in self._genes])

    def _complete(self, trial: Trial, evaluation: Evaluation) -> None:
        objectives, violation = self._objectives_and_violation(evaluation)
        trial.set_constraint("violation", violation)
        self._study.tell(trial, objectives)
