"""Run folders: Hydra makes them before a task can refuse its settings; empty ones go again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hydra.core.utils import JobReturn
from hydra.experimental.callback import Callback
from hydra.types import RunMode
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException


class RemoveEmptyFolders(Callback):
    """Removes the folders that Hydra made and that nothing was written to.

    Only those that did not exist before: an empty folder of the user's stays. Hydra makes one of
    these at every start, so that this module imports nothing heavy.
    """

    def __init__(self) -> None:
        self._missing: list[Path] = []

    def on_run_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Notes what is missing before the run."""
        self._note(config, "run")

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Notes what is missing before the sweep."""
        self._note(config, "sweep")

    def on_job_end(self, config: DictConfig, job_return: JobReturn, **kwargs: Any) -> None:
        """Removes what is empty after a job of a sweep."""
        if config.hydra.mode is RunMode.MULTIRUN:
            self._remove(Path(config.hydra.runtime.output_dir))

    def on_run_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Removes what is empty after the run."""
        self._remove(*self._missing)

    def _note(self, config: DictConfig, mode: str) -> None:
        try:
            absolute = Path.cwd() / config.hydra[mode].dir
            self._missing = [p for p in (absolute, *absolute.parents) if not p.exists()]
        except (OmegaConfBaseException, OSError, ValueError):
            return  # a name is missing, too long or none: the run itself says so

    def _remove(self, *folders: Path) -> None:
        for folder in folders:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
