"""What is logged to MLflow of a search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.run_folder import RunFolder
from hybhanas.reporting.mlflow_runs import Run
from hybhanas.reporting.tables import as_csv, rows_in_words
from hybhanas.reporting.tracked_search import TrackedSearch, kept_files


class MlflowSearch(TrackedSearch):
    """The same for MLflow: tables are files of a run, and its summary the last of each metric."""

    def _begin(self, run: Run) -> None:
        self._known = run.evaluations

    def _put(self, run: Run, values: dict[str, Any]) -> None:
        run.log(values, step=values["evaluations"])

    def _put_table(self, run: Run, evaluations: Sequence[Evaluation]) -> None:
        run.client.log_text(run.id, as_csv(rows_in_words(evaluations)), "evaluations.csv")

    def _log_results(
        self,
        run: Run,
        folder: RunFolder,
        evaluations: Sequence[Evaluation],
        members: Sequence[Mapping[str, Any]],
        whole: Mapping[str, Any],
    ) -> None:
        self._put_table(run, evaluations)
        for kind, paths in kept_files(folder.path).items():
            for path in paths:
                if path.is_file():
                    run.client.log_artifact(run.id, str(path), kind)
        run.log(whole, step=len(evaluations))
