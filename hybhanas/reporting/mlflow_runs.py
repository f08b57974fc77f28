"""Runs of MLflow: in a database of this computer, or where MLFLOW_TRACKING_URI says."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import math
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import Any, ClassVar

from hybhanas import atomic
from hybhanas.errors import ConfigError
from hybhanas.reporting.service import Service
from hybhanas.stored import read_bytes

SQLITE = "sqlite:///"
STORE = Path("outputs", "mlflow.db")
"""In the folder that hybhanas is started in; the files of runs lie in `mlflow` beside it."""

OF_ATTEMPT = ("command", "folder", "hybhanas", "search.generations", "trainer.final_seeds")
"""Of the configuration what another attempt may change: tags, as MLflow's parameters are final."""

DEFAULTS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",  # its use is not reported to its maker
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}


def check_installed() -> None:
    """Checks that MLflow is there.

    Raises:
        ConfigError: it is not.
    """
    if find_spec("mlflow") is None:
        raise ConfigError(
            "logger=mlflow is not accepted: mlflow is not installed: pip install 'hybhanas[mlflow]'"
        )


def store_hash(mode: str) -> str:
    """Tells stores apart, and has no password of theirs."""
    return hashlib.sha256(_store(mode).encode()).hexdigest()[:12]


def _store(mode: str) -> str:
    named = os.environ.get("MLFLOW_TRACKING_URI") if mode == "online" else None
    return named or f"{SQLITE}{STORE.absolute()}"


@dataclass(frozen=True, slots=True)
class Run:
    """A run in progress.

    Args:
        client: of MLflow.
        id: of the run.
        evaluations: those that the store knows of.
    """

    client: Any
    id: str
    evaluations: int = 0

    def log(self, values: Mapping[str, Any], step: int) -> None:
        """Numbers as metrics of a step, words as tags."""
        from mlflow.entities import Metric, RunTag

        now_ms = int(1000 * time.time())
        numbers = {k: float(v) for k, v in values.items() if isinstance(v, int | float)}
        metrics = [Metric(k, v, now_ms, step) for k, v in numbers.items() if math.isfinite(v)]
        words = [RunTag(k, v) for k, v in values.items() if isinstance(v, str)]
        self.client.log_batch(self.id, metrics=metrics, tags=words)


@dataclass(frozen=True, slots=True)
class Mlflow(Service):
    """MLflow as what takes the run of a folder.

    Args:
        folder: of the run, which keeps the id of MLflow's.
        mode: `offline`, or `online` where MLFLOW_TRACKING_URI is heard.
        about: arguments of `wandb.init`, which say where the run belongs.
    """

    name: ClassVar[str] = "MLflow"
    later: ClassVar[str] = "run the same command again to track the rest"

    folder: Path
    mode: str
    about: Mapping[str, Any]

    def start(self, given_up: Event) -> Run:
        """Starts the run of the folder, or resumes it."""
        for name, value in DEFAULTS.items():
            os.environ.setdefault(name, value)
        logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)  # of each attempt
        from mlflow import MlflowClient
        from mlflow.entities import Param
        from mlflow.exceptions import MlflowException

        STORE.parent.mkdir(exist_ok=True)
        client, kept = MlflowClient(_store(self.mode)), self.folder / "mlflow" / "run_id"
        config = dict(_flat(self.about["config"]))
        of_attempt = {name: config.pop(name) for name in OF_ATTEMPT if name in config}
        with contextlib.suppress(OSError, ValueError, MlflowException):  # none in this store
            run_id = read_bytes(kept, 64).decode().strip()
            metrics = client.get_run(run_id).data.metrics
            client.update_run(run_id, status="RUNNING")
            run = Run(client, run_id, int(metrics.get("evaluations", 0)))
            run.log(of_attempt, step=0)
            return run
        run = self._created(client)
        client.log_batch(run.id, params=[Param(*one) for one in config.items()])
        run.log(of_attempt, step=0)
        kept.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_text(kept, f"{run.id}\n")
        return run

    def _created(self, client: Any) -> Run:
        from mlflow.exceptions import MlflowException

        name, store, files = self.about["project"], _store(self.mode), None
        if store.startswith(SQLITE):
            files = (Path(store.removeprefix(SQLITE)).absolute().parent / "mlflow").as_uri()
        with contextlib.suppress(MlflowException):  # it is there
            client.create_experiment(name, artifact_location=files)
        experiment = client.get_experiment_by_name(name).experiment_id
        kept = client.create_run(experiment, run_name=self.about["name"])
        run = Run(client, kept.info.run_id)
        words = {"group": self.about["group"], "mlflow.note.content": self.about["notes"]}
        run.log(words | dict.fromkeys(self.about["tags"], "true"), step=0)
        return run

    def finish(self, run: Run, failed: bool) -> None:
        """Ends the run."""
        run.client.set_terminated(run.id, "FAILED" if failed else "FINISHED")


def _flat(config: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in config.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif value is not None:
            yield f"{prefix}{name}", ", ".join(value) if isinstance(value, list) else str(value)
