"""Which genes decide a quantity of architectures: functional ANOVA and PED-ANOVA, by Optuna."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import EVALUATED, Evaluation
from hybhanas.nas.quantities import QUANTITIES
from hybhanas.steps import Steps, quiet

ASKED = ("error", "log10_total_s", "log10_p_survival")
LEAST = 20
"""Evaluations that an importance is computed from, at least."""

BEST = 0.1
"""The fraction of evaluations that PED-ANOVA tells from the others."""

TREES = 16
"""Of the forest of functional ANOVA."""


@dataclass(frozen=True, slots=True)
class Importance:
    """How much each gene decides a quantity.

    Args:
        quantity: its name.
        evaluations: in how many it is known.
        variance: of each gene the fraction of the variance of the quantity that it explains alone
            (functional ANOVA, Hutter et al. 2014). What they lack of 1 is due to combinations of
            genes, or to chance.
        best: of each gene its share of what tells the best tenth from all (PED-ANOVA, Watanabe et
            al. 2023). They add up to 1, or are 0 where nothing does.
    """

    quantity: str
    evaluations: int
    variance: Mapping[str, float]
    best: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def importances(
    evaluations: Sequence[Evaluation], names: Sequence[str] = ASKED, steps: Steps = quiet
) -> list[Importance]:
    """How much each gene decides each of some quantities.

    Args:
        evaluations: of which those count that were trained to the end.
        names: of quantities.
        steps: shows how many of them are known.

    Raises:
        ConfigError: fewer than LEAST evaluations were trained to the end, their architectures are
            all the same, or Optuna is not installed.
    """
    known = [e for e in evaluations if e.status == EVALUATED]
    found = []
    with steps("importance of genes, by quantity", len(names)) as done:
        for name in names:
            values = QUANTITIES[name].sign * np.array([QUANTITIES[name].value(e) for e in known])
            found.append(importance(name, [e.architecture for e in known], values))
            done(len(found))
    return found


def importance(
    quantity: str, architectures: Sequence[Architecture], values: np.ndarray
) -> Importance:
    """How much each gene decides one quantity. Genes that are the same everywhere are left out.

    Choices that make no difference have the value that `Architecture.canonical` gives them, so that
    the width of hidden layers, for instance, also tells whether there are any.

    Args:
        quantity: its name.
        architectures: canonical.
        values: of the quantity, smaller being better [architectures]; NaN where it is not known.

    Raises:
        ConfigError: see `importances`.

    Example:
        >>> nets = [Architecture(qubits=2 + i % 4, depth=1 + i // 4 % 3) for i in range(48)]
        >>> found = importance("qubits", nets, np.array([net.qubits for net in nets]))
        >>> [(gene, round(share, 6)) for gene, share in found.variance.items()]
        [('qubits', 1.0), ('depth', 0.0)]
    """
    finite = np.flatnonzero(np.isfinite(values)).tolist()
    if len(finite) < LEAST:
        raise ConfigError(
            f"{len(finite)} evaluations of {quantity} are too few for importances; accepted: at "
            f"least {LEAST}"
        )
    genes = _genes([architectures[i] for i in finite])
    if not genes:
        raise ConfigError("importances need architectures that differ")
    values = values[finite]
    if np.ptp(values) == 0:
        nothing = dict.fromkeys(genes, 0.0)
        return Importance(quantity, len(values), nothing, nothing)
    variance, best = _by_optuna(genes, values)
    order = sorted(genes, key=lambda gene: -variance[gene])
    whole = sum(best.values()) or 1.0
    return Importance(
        quantity,
        len(values),
        {gene: float(variance[gene]) for gene in order},
        {gene: float(best[gene]) / whole for gene in order},
    )


def _genes(architectures: Sequence[Architecture]) -> dict[str, list[Any]]:
    """The values of each gene that has several [genes][architectures]."""
    rows = [architecture.to_dict() for architecture in architectures]
    columns = {gene: [row[gene] for row in rows] for gene in rows[0]}
    return {gene: values for gene, values in columns.items() if len(set(values)) > 1}


def _by_optuna(
    genes: Mapping[str, Sequence[Any]], values: np.ndarray
) -> tuple[dict[str, float], dict[str, float]]:
    """Fractions of variance, and divergences of the best from all, by gene."""
    try:
        import optuna
    except ImportError:
        raise ConfigError(
            "importances need optuna, which is not installed: pip install 'hybhanas[optuna]'"
        ) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    choices = {
        gene: sorted(set(column), key=lambda value: (value is None, value))
        for gene, column in genes.items()
    }
    places = {gene: [choices[gene].index(v) for v in column] for gene, column in genes.items()}

    def study(kind: Callable[[int], Any]) -> Any:
        """Each gene as the place of its value among all, in variables of one kind."""
        variables = {gene: kind(len(of_gene)) for gene, of_gene in choices.items()}
        made = optuna.create_study()
        for i, value in enumerate(values):
            params = {gene: column[i] for gene, column in places.items()}
            trial = optuna.create_trial(
                params=params, distributions=dict(variables), value=float(value)
            )
            made.add_trial(trial)
        return made

    # The forest of functional ANOVA splits numbers into ranges, in which each place counts as much;
    # variables of categories would become columns of zeros and ones that it takes for independent.
    anova = optuna.importance.FanovaImportanceEvaluator(n_trees=TREES, seed=1)
    best = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=BEST)
    return (
        anova.evaluate(study(lambda count: optuna.distributions.IntDistribution(0, count - 1))),
        best.evaluate(
            study(lambda count: optuna.distributions.CategoricalDistribution(range(count)))
        ),
    )
