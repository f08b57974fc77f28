"""A search as a study of Optuna, which its dashboard opens and its analyses read."""

from __future__ import annotations

import math
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hybhanas import atomic
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import EVALUATED, FAILED, Evaluation
from hybhanas.nas.objectives import Objectives
from hybhanas.reporting.tables import rows_in_words

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

NAME = "study.db"


def check_installed() -> None:
    """Checks that Optuna is there.

    Raises:
        ConfigError: it is not.
    """
    try:
        import optuna  # noqa: F401
    except ImportError:
        raise ConfigError(
            "format=optuna is not accepted: optuna is not installed: pip install 'hybhanas[optuna]'"
        ) from None


def write_study(
    path: Path,
    name: str,
    evaluations: Sequence[Evaluation],
    objectives: Objectives,
    about: Mapping[str, Any],
) -> None:
    """Writes a study as a database of SQLite.

    Genes are the parameters, unless they have one value in all trials, and objectives the values in
    their own directions. A trial is complete if it was trained in full, failed if costing or
    training failed, else pruned. What else is known, such as the architecture in words, is in the
    user attributes.

    Args:
        path: of the file, which is replaced.
        name: of the study.
        evaluations: in the order of the search.
        objectives: of the search.
        about: user attributes of the study.
    """
    import optuna

    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / NAME
            storage = optuna.storages.RDBStorage(f"sqlite:///{file}")
            directions = [
                "maximize" if quantity.better == "larger" else "minimize"
                for quantity in objectives.quantities
            ]
            study = optuna.create_study(storage=storage, study_name=name, directions=directions)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
                study.set_metric_names([*objectives.names])
            for attribute, value in about.items():
                study.set_user_attr(attribute, value)
            study.add_trials(_trials(evaluations, objectives))
            storage.engine.dispose()
            atomic.write_bytes(path, file.read_bytes())
    finally:
        optuna.logging.set_verbosity(verbosity)


def _trials(evaluations: Sequence[Evaluation], objectives: Objectives) -> list[FrozenTrial]:
    from optuna.trial import TrialState, create_trial

    genes = _distributions(evaluations)
    trials = []
    for evaluation, row in zip(evaluations, rows_in_words(evaluations), strict=True):
        whole = evaluation.status == EVALUATED
        unfinished = TrialState.FAIL if evaluation.status == FAILED else TrialState.PRUNED
        trial = create_trial(
            state=TrialState.COMPLETE if whole else unfinished,
            values=[q.value(evaluation) for q in objectives.quantities] if whole else None,
            params={gene: row[gene] for gene in genes},
            distributions=genes,
            user_attrs={k: v for k, v in row.items() if k not in genes and _says(v)},
        )
        if trial.datetime_complete is not None:
            trial.datetime_start = trial.datetime_complete - timedelta(seconds=evaluation.seconds)
        trials.append(trial)
    return trials


def _distributions(evaluations: Sequence[Evaluation]) -> dict[str, BaseDistribution]:
    """The values of each gene that varies: a range of integers where all are, else those that
    occur.
    """
    from optuna.distributions import CategoricalDistribution, IntDistribution

    found: dict[str, BaseDistribution] = {}
    choices = [evaluation.architecture.to_dict() for evaluation in evaluations]
    for gene in choices[0] if choices else ():
        values = list(dict.fromkeys(one[gene] for one in choices))
        if len(values) == 1:  # the dashboard would begin with charts of it
            continue
        if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
            found[gene] = IntDistribution(min(values), max(values))
        else:
            found[gene] = CategoricalDistribution(values)
    return found


def _says(value: Any) -> bool:
    return value not in (None, "") and not (isinstance(value, float) and not math.isfinite(value))
