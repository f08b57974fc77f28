"""A completely evaluated space: each architecture is trained once, its accuracy after every epoch
is stored, and an evaluator looks results up.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from omegaconf import DictConfig

from hybhanas import atomic
from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import COSTED, FAILED, STOPPED, Evaluation
from hybhanas.nas.evaluator import Evaluator, Group
from hybhanas.nas.strategy import Strategy
from hybhanas.tasks.search import prepare


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
    """The table of a configuration's space: read, or made and written.

    Raises:
        ConfigError: the file holds a table of other settings.
    """
    problem = prepare(config, path.with_suffix(""))
    evaluator, strategy = problem.evaluator, problem.strategy
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
    """Trains one epoch at a time; every epoch is a rung."""
    costed = [evaluator.cost(architecture) for architecture in strategy.space.architectures()]
    rows = {e.architecture: Row(e, ()) for e in costed}
    to_train = [e for e in costed if e.status == COSTED]
    for group in evaluator.groups([e.architecture for e in to_train]):
        members, states = [to_train[i] for i in group], []
        for epoch in range(1, evaluator.epochs + 1):
            outcomes = evaluator.train(Group(members, epoch, states))
            for ended, _ in outcomes:
                curve = (*rows[ended.architecture].curve, ended.validation_accuracy)
                rows[ended.architecture] = Row(ended, curve)
            members = [ended for ended, state in outcomes if state is not None]
            states = [state for _, state in outcomes if state is not None]
    return list(rows.values())
