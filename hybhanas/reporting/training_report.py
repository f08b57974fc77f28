"""A training to the end as a table, as rows and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from hybhanas import atomic
from hybhanas.models.scores import Scores
from hybhanas.nas.replicas import Replica
from hybhanas.nas.training_result import Spread, TrainingResult
from hybhanas.reporting.picture import figure, legend_below, save, styled

_SHOWN = (
    ("validation %", "validation", "accuracy"),
    ("test %", "test", "accuracy"),
    ("test balanced %", "test", "balanced_accuracy"),
    ("test ROC AUC", "test", "roc_auc"),
)
"""The columns of scores: their name, the split, the field of `Scores`."""


def training_table(result: TrainingResult) -> Table:
    """A row for each seed, then their mean, the deviation of one, and the 95 % interval of the
    mean.
    """
    table = Table(title=str(result.architecture), title_style="bold", header_style="bold", box=None)
    for name in ("seed", "epochs", *(name for name, *_ in _SHOWN)):
        table.add_column(name, justify="right", no_wrap=True)
    for seed in result.seeds:
        splits = {"validation": seed.validation, "test": seed.test}
        cells = [_score(splits[split], score) for _, split, score in _SHOWN]
        table.add_row(str(seed.seed), str(seed.epochs), *cells)
    spreads = [(score, result.spread(split, score)) for _, split, score in _SHOWN]
    if len(result.seeds) > 1:
        for name, parts in (("mean", ("mean",)), ("+-", ("deviation",)), ("95 %", ("low", "high"))):
            table.add_row(name, "", *(_parts(score, spread, parts) for score, spread in spreads))
    return table


def _score(scores: Scores | None, name: str) -> str:
    return "failed" if scores is None else _number(name, getattr(scores, name))


def _parts(score: str, spread: Spread | None, parts: Sequence[str]) -> str:
    if spread is None or spread.deviation is None:
        return "-"
    return " to ".join(_number(score, getattr(spread, part)) for part in parts)


def _number(score: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if score == "roc_auc" else f"{100 * value:.1f}"


def seed_rows(result: TrainingResult) -> list[dict[str, Any]]:
    """A flat row a seed."""
    return [
        {
            "seed": seed.seed,
            "epochs": seed.epochs,
            **{
                f"{split}_{score}": getattr(getattr(seed, split), score, None)
                for _, split, score in _SHOWN
            },
            "checkpoint": seed.checkpoint,
            "reason": seed.reason,
        }
        for seed in result.seeds
    ]


def write_curves(path: Path, replicas: Sequence[Replica]) -> None:
    """Writes the loss and the validation accuracy of each seed after each epoch as CSV."""
    lines = ["seed,epoch,loss,validation_accuracy"]
    lines += [
        f"{replica.seed},{epoch},{loss!r},{accuracy!r}"
        for replica in replicas
        for epoch, (loss, accuracy) in enumerate(
            zip(replica.losses, replica.accuracies, strict=True), start=1
        )
    ]
    atomic.write_text(path, "\n".join([*lines, ""]))


@styled
def plot_curves(path: Path, replicas: Sequence[Replica], title: str) -> None:
    """Draws the same: the loss of training on the left, the validation accuracy on the right."""
    drawn = figure(4.2)
    left, right = drawn.subplots(1, 2)
    for replica in replicas:
        epochs = range(1, len(replica.losses) + 1)
        left.plot(epochs, replica.losses, label=f"seed {replica.seed}")
        right.plot(epochs, [100 * accuracy for accuracy in replica.accuracies])
    left.set(xlabel="epoch", ylabel="training loss")
    right.set(xlabel="epoch", ylabel="validation accuracy (%)")
    legend_below(drawn, 5, left)
    drawn.suptitle(title)
    save(drawn, path)
