"""A space of which everything is known: each architecture trained once, its accuracy after every
epoch kept, and an evaluator that looks answers up.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pytorch_lightning as pl
from omegaconf import DictConfig
from pytorch_lightning.trainer.states import TrainerFn

from hybhanas import atomic
from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.models.training import PopulationModule, train
from hybhanas.search.evaluation import COSTED, EVALUATED, FAILED, Evaluation
from hybhanas.search.evaluator import Evaluator, derived_seed
from hybhanas.search.strategy import Strategy
from hybhanas.tasks.search import build


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one architecture.

    Args:
        evaluation: trained to the end.
        curve: validation accuracy after each epoch, None where it diverged; empty if not trained.
    """

    evaluation: Evaluation
    curve: tuple[float | None, ...]


Table = dict[Architecture, Row]


class Curves(pl.Callback):
    """Keeps the validation accuracy of every network after every epoch."""

    def __init__(self) -> None:
        self.of: dict[Architecture, list[float | None]] = defaultdict(list)

    def on_validation_epoch_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """After an epoch of training, not after the last validation of all."""
        assert isinstance(module, PopulationModule)
        if trainer.state.fn == TrainerFn.FITTING:
            for model, accuracy in zip(module.population.models, module.accuracies, strict=True):
                self.of[model.architecture].append(accuracy)


@dataclass
class TableEvaluator:
    """Answers from a table, as an Evaluator that trains one network after the other, and counts.

    Args:
        table: has every architecture that is asked for.
        epochs: of all trainings so far; one that is continued counts once.
        finished: of each evaluation that was trained to the end, `epochs` at that moment.
    """

    table: Table
    epochs: int = 0
    finished: list[tuple[int, Evaluation]] = field(default_factory=list)
    _reached: dict[Architecture, int] = field(default_factory=lambda: defaultdict(int))

    def key(self, architecture: Architecture) -> str:
        """See `Evaluator.key`."""
        return self.table[architecture].evaluation.key

    def cost(self, architecture: Architecture) -> Evaluation:
        """See `Evaluator.cost`."""
        row = self.table[architecture]
        if not row.curve:
            return row.evaluation
        return replace(row.evaluation, status=COSTED, reason="", validation_accuracy=None)

    def groups(self, architectures: Sequence[Architecture]) -> list[list[int]]:
        """Each alone."""
        return [[i] for i in range(len(architectures))]

    def train(self, costed: Sequence[Evaluation], epochs: int | None = None) -> list[Evaluation]:
        """See `Evaluator.train`; to the end where no number of epochs is given."""
        return [self._trained(e.architecture, epochs) for e in costed]

    def _trained(self, architecture: Architecture, epochs: int | None) -> Evaluation:
        row = self.table[architecture]
        reached = epochs or len(row.curve)
        self.epochs += reached - self._reached[architecture]
        self._reached[architecture] = reached
        if reached < len(row.curve):
            return _with_accuracy(row.evaluation, row.curve[reached - 1])
        self.finished.append((self.epochs, row.evaluation))
        return row.evaluation


def tabulated(config: DictConfig, path: Path) -> Table:
    """The table of a configuration's space: read, or made and written.

    Raises:
        ConfigError: the file holds a table of other settings.
    """
    evaluator, strategy = build(config, path.with_suffix(""))
    settings = json.loads(json.dumps(evaluator.settings | {"space": asdict(strategy.space)}))
    if path.exists():
        held = json.loads(path.read_bytes())
        other = [name for name in settings if held["settings"].get(name) != settings[name]]
        if other:
            raise ConfigError(
                f"--table={path} is not accepted: it holds another {', '.join(other)}; "
                "accepted: a new file, or one of these settings"
            )
        rows = [
            Row(Evaluation.from_dict(row["evaluation"]), tuple(row["curve"]))
            for row in held["rows"]
        ]
    else:
        rows = _made(evaluator, strategy)
        plain = [{"evaluation": r.evaluation.to_dict(), "curve": list(r.curve)} for r in rows]
        atomic.write_json(path, {"settings": settings, "rows": plain})
    return {row.evaluation.architecture: row for row in rows}


def _made(evaluator: Evaluator, strategy: Strategy) -> list[Row]:
    costed = [evaluator.cost(architecture) for architecture in strategy.space.architectures()]
    to_train = [e.architecture for e in costed if e.status == COSTED]
    curves = Curves()
    for group in evaluator.groups(to_train):
        members = [to_train[i] for i in group]
        seeds = [derived_seed(evaluator.seed, member) for member in members]
        by = evaluator.training
        train(
            members, evaluator.data, by, evaluator.simulator, seeds, by.epochs, callbacks=[curves]
        )
    rows = []
    for evaluation in costed:
        curve = tuple(curves.of[evaluation.architecture])
        ended = _with_accuracy(evaluation, curve[-1]) if curve else evaluation
        rows.append(Row(ended, curve))
    return rows


def _with_accuracy(evaluation: Evaluation, accuracy: float | None) -> Evaluation:
    if accuracy is None:
        reason = "training diverged: a logit is not finite"
        return replace(evaluation, status=FAILED, reason=reason, validation_accuracy=None)
    return replace(evaluation, status=EVALUATED, reason="", validation_accuracy=accuracy)
