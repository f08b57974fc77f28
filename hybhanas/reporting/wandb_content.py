"""What a run of W&B holds: tables, the chart of a front, pictures, files as versioned artifacts.

Each function is called where W&B may take its time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hybhanas.nas.evaluation import Evaluation
from hybhanas.reporting.tables import rows_in_words

X, Y = "log10_total_s", "validation_accuracy"
"""Axes of the chart of a front: W&B's scatter has no logarithmic scale."""

_OF_CHART = ("architecture", X, Y, "parameters")


@dataclass(frozen=True, slots=True)
class Files:
    """Files that are one artifact: a further version of it where their content differs.

    Args:
        name: of the artifact in its project.
        kind: its type.
        paths: by their names in it; those that are missing are left out.
    """

    name: str
    kind: str
    paths: Mapping[str, Path]


def table(rows: Sequence[Mapping[str, Any]]) -> Any:
    """A table of W&B of rows, with the columns of the first."""
    import wandb

    columns = list(rows[0]) if rows else []
    data = [[row.get(column) for column in columns] for row in rows]
    return wandb.Table(columns=columns, data=data, allow_mixed_types=True)


def front_chart(front: Sequence[Evaluation]) -> Any:
    """A front as a chart of Vega: accuracy against the logarithm of the total time."""
    import wandb

    shown = [{name: row[name] for name in _OF_CHART} for row in rows_in_words(front)]
    title = "Pareto front: validation accuracy against log10 of the total time in s"
    return wandb.plot.scatter(table(shown), X, Y, title=title)


def pictures(paths: Sequence[Path]) -> dict[str, Any]:
    """Pictures by their names, and pages as what a browser shows."""
    import wandb

    return {
        path.stem: wandb.Html(path.read_text(), inject=False)
        if path.suffix == ".html"
        else wandb.Image(str(path))
        for path in paths
    }


def log_files(run: Any, files: Files) -> None:
    """Logs files as an artifact that the run has made."""
    run.log_artifact(_artifact(files))


def use_files(run: Any, files: Files) -> None:
    """Notes files as an artifact that the run reads; the same content is the same version.

    `use_artifact` does this too, but not offline, and it waits for the server.
    """
    run._log_artifact(_artifact(files), is_user_created=True, use_after_commit=True)


def _artifact(files: Files) -> Any:
    """Of the files where they are: W&B copies none of them into the home directory."""
    import wandb

    made = wandb.Artifact(files.name, type=files.kind)
    for name, path in files.paths.items():
        if path.is_file():
            made.add_file(str(path), name=name, policy="immutable", skip_cache=True)
    return made
