"""The folder of a training to the end: where each of its files is, and which training it holds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hybhanas import atomic
from hybhanas.errors import ConfigError
from hybhanas.nas.lock import locked
from hybhanas.nas.run_folder import SETTINGS, is_new
from hybhanas.nas.training_result import TrainingResult
from hybhanas.stored import read_json


class TrainFolder:
    """The folder of a training.

    Args:
        path: of the folder, which need not exist yet.

    Example:
        >>> str(TrainFolder(Path("outputs/mine")).checkpoint(2))
        'outputs/mine/checkpoints/seed_2.pt'
    """

    def __init__(self, path: Path):
        self.path = path

    @property
    def settings(self) -> Path:
        """All that determines the training."""
        return self.path / SETTINGS

    @property
    def config(self) -> Path:
        """The configuration of the last attempt, as a person reads it."""
        return self.path / "config.yaml"

    @property
    def state(self) -> Path:
        """From where an interrupted training resumes."""
        return self.path / "state.pt"

    @property
    def result(self) -> Path:
        """Scores of each seed, their mean and spread; the training has finished."""
        return self.path / "result.json"

    @property
    def curves_csv(self) -> Path:
        """Loss and accuracy of each seed after each epoch."""
        return self.path / "curves.csv"

    @property
    def curves_picture(self) -> Path:
        """The same as a picture."""
        return self.path / "curves.png"

    def checkpoint(self, seed: int) -> Path:
        """The trained network of a seed."""
        return self.path / "checkpoints" / f"seed_{seed}.pt"

    def finished(self) -> TrainingResult | None:
        """What it holds of a training that has finished; None of one that has not.

        Raises:
            ConfigError: the file of it is damaged.
        """
        try:
            return TrainingResult.from_dict(read_json(self.result))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise ConfigError(f"{self.result} cannot be read: {reason}") from None

    def check_same(self, settings: Mapping[str, Any]) -> None:
        """Checks that the folder is new, or holds the training of these settings.

        Args:
            settings: in plain JSON types.

        Raises:
            ConfigError: it holds something else, which is named.
        """
        problem = self._problem(settings)
        if problem is not None:
            raise ConfigError(
                f"hydra.run.dir={self.path} is not accepted: {problem}; accepted: a new folder, "
                "or one of a training with the same settings"
            )

    def _problem(self, settings: Mapping[str, Any]) -> str | None:
        try:
            earlier = read_json(self.settings)
        except FileNotFoundError:
            if is_new(self.path):
                return None
            return "the folder is not empty and holds no training"
        except (ValueError, OSError) as error:
            return " ".join(str(error).split())[:200]
        if not isinstance(earlier, dict) or "seeds" not in earlier:
            return "it holds something else than a training"
        other = [name for name in settings if earlier.get(name) != settings[name]]
        return f"it holds a training with another {other[0]}" if other else None

    @contextlib.contextmanager
    def claimed(self, settings: Mapping[str, Any]) -> Iterator[None]:
        """Holds the folder for one training, its settings being the first file that is written.

        Raises:
            ConfigError: another process has it, or it holds something else.
            OSError: the folder cannot be written to.
        """
        with locked(self.path):
            self.check_same(settings)
            atomic.remove_partial(self.path)
            atomic.write_json(self.settings, dict(settings))
            yield
