"""A completely evaluated space: each architecture is trained once, its accuracy after every epoch
is stored, and an evaluator looks results up.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from statistics import fmean

from omegaconf import DictConfig

from hybhanas import atomic
from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import COSTED, EVALUATED, FAILED, STOPPED, Evaluation
from hybhanas.nas.evaluator import Evaluator, Group
from hybhanas.tasks.search import prepare

TRAINING = ("seed", "data", "training", "simulator", "versions")
"""The settings that determine what training gives; the others concern costs."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one architecture.

    Args:
        evaluation: trained to the end.
        curve: validation accuracy after each epoch, the last None where it diverged; empty if not
            trained.
    """

    evaluation: Evaluation
    curve: tuple[float | None, ...]


Table = dict[Architecture, Row]


@dataclass
class TableEvaluator:
    """Looks results up in a table, like an Evaluator that trains one network at a time, and counts.

    Args:
        table: has every architecture that is asked for.
        trained: epochs of all trainings so far; one that resumes from a rung counts once.
        finished: of each evaluation that was trained to the end, `trained` at that moment.
    """

    table: Table
    trained: int = 0
    finished: list[tuple[int, Evaluation]] = field(default_factory=list)
    _reached: dict[Architecture, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def epochs(self) -> int:
        """See `Evaluator.epochs`."""
        return max(len(row.curve) for row in self.table.values())

    def key(self, architecture: Architecture) -> str:
        """See `Evaluator.key`."""
        return self.table[architecture].evaluation.key

    def cost(self, architecture: Architecture) -> Evaluation:
        """See `Evaluator.cost`."""
        row = self.table[architecture]
        if not row.curve:
            return row.evaluation
        return replace(row.evaluation, status=COSTED, reason="", validation_accuracy=None, epochs=0)

    def groups(self, architectures: Sequence[Architecture]) -> list[list[int]]:
        """Each alone."""
        return [[i] for i in range(len(architectures))]

    def train(self, group: Group) -> list[tuple[Evaluation, bytes | None]]:
        """See `Evaluator.train`; a state is empty."""
        return [self._trained(e.architecture, group.epochs) for e in group.members]

    def _trained(self, architecture: Architecture, epochs: int) -> tuple[Evaluation, bytes | None]:
        row = self.table[architecture]
        self.trained += epochs - self._reached[architecture]
        self._reached[architecture] = epochs
        if epochs == len(row.curve):
            self.finished.append((self.trained, row.evaluation))
            return row.evaluation, None
        accuracy = row.curve[epochs - 1]
        if accuracy is None:
            return replace(row.evaluation, status=FAILED, epochs=epochs), None
        stopped = {"status": STOPPED, "validation_accuracy": accuracy, "epochs": epochs}
        return replace(row.evaluation, reason="", **stopped), b""


def tabulated(config: DictConfig, path: Path) -> Table:
    """The table of a configuration's space. The file holds what training gives, made once and
    read again; costs are estimated at each reading, so that another cost model needs no training.

    Raises:
        ConfigError: the file holds a table of other settings.
    """
    problem = prepare(config, path.with_suffix(""))
    evaluator, strategy = problem.evaluator, problem.strategy
    costed = [evaluator.cost(architecture) for architecture in strategy.space.architectures()]
    determines = {name: evaluator.settings[name] for name in TRAINING}
    settings = json.loads(json.dumps(determines | {"space": asdict(strategy.space)}))
    if path.exists():
        held = json.loads(path.read_bytes())
        other = [name for name in settings if held["settings"].get(name) != settings[name]]
        if other:
            raise ConfigError(
                f"--table={path} is not accepted: it holds another {', '.join(other)}; "
                "accepted: a new file, or one of these settings"
            )
        curves = held["curves"]
    else:
        curves = _trained(evaluator, [e for e in costed if e.status == COSTED])
        atomic.write_json(path, {"settings": settings, "curves": curves})
    return {e.architecture: _row(e, curves.get(e.architecture.hash, ())) for e in costed}


def _row(costed: Evaluation, curve: Sequence[float | None]) -> Row:
    if not curve or costed.status != COSTED:
        return Row(costed, ())
    status = FAILED if curve[-1] is None else EVALUATED
    ended = replace(costed, status=status, validation_accuracy=curve[-1], epochs=len(curve))
    return Row(ended, tuple(curve))


def _trained(evaluator: Evaluator, costed: Sequence[Evaluation]) -> dict[str, list[float | None]]:
    """The curve of each architecture by its hash; trained one epoch at a time, each a rung."""
    curves: dict[str, list[float | None]] = {e.architecture.hash: [] for e in costed}
    for group in evaluator.groups([e.architecture for e in costed]):
        members, states = [costed[i] for i in group], []
        for epoch in range(1, evaluator.epochs + 1):
            outcomes = evaluator.train(Group(members, epoch, states))
            for ended, _ in outcomes:
                curves[ended.architecture.hash].append(ended.validation_accuracy)
            members = [ended for ended, state in outcomes if state is not None]
            states = [state for _, state in outcomes if state is not None]
    return curves


def averaged(tables: Sequence[Table]) -> dict[Architecture, Evaluation]:
    """The evaluation of each architecture with its mean accuracy over tables of several seeds;
    FAILED where one of them failed.
    """
    means = {}
    for architecture, row in tables[0].items():
        accuracies = [table[architecture].evaluation.validation_accuracy for table in tables]
        known = [accuracy for accuracy in accuracies if accuracy is not None]
        if row.curve and len(known) < len(tables):
            means[architecture] = replace(
                row.evaluation, status=FAILED, validation_accuracy=None, reason="one seed diverged"
            )
        elif row.curve:
            means[architecture] = replace(row.evaluation, validation_accuracy=fmean(known))
        else:
            means[architecture] = row.evaluation
    return means
