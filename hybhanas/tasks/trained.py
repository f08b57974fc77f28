"""A training that has finished, as Python has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hybhanas.nas.train_folder import TrainFolder
from hybhanas.nas.training_result import TrainingResult
from hybhanas.reporting.training_report import seed_rows

if TYPE_CHECKING:
    import pandas as pd

    from hybhanas.models.hqnn import HQNN


@dataclass(frozen=True)
class TrainedRun:
    """An architecture that was trained to the end.

    Args:
        folder: where its files are.
        result: scores of each seed, their mean, spread and interval.
    """

    folder: TrainFolder
    result: TrainingResult

    def model(self, seed: int) -> HQNN:
        """The trained network of a seed.

        Raises:
            ConfigError: there is none.
        """
        from hybhanas.models.hqnn import load_model

        return load_model(self.folder.checkpoint(seed))

    def to_pandas(self) -> pd.DataFrame:
        """A row for each seed."""
        import pandas as pd

        return pd.DataFrame(seed_rows(self.result))

    def __repr__(self) -> str:
        spread = self.result.spread("test", "accuracy")
        mean = "failed" if spread is None else f"test accuracy {spread.mean:.4f} in the mean"
        return f"TrainedRun({str(self.folder.path)!r}: {len(self.result.seeds)} seeds, {mean})"
