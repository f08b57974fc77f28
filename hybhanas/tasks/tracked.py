"""How tasks are tracked: a search once, however often its folder is resumed; what reads a search
with the files that it reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hybhanas import atomic
from hybhanas.nas.problem import Problem
from hybhanas.nas.records import MAX_BYTES
from hybhanas.reporting.mlflow_search import MlflowSearch
from hybhanas.reporting.service import About
from hybhanas.reporting.tracked_search import TrackedSearch, artifacts
from hybhanas.reporting.tracking import TrackedRun, Tracker
from hybhanas.reporting.wandb_content import use_files
from hybhanas.stored import read_bytes
from hybhanas.tasks.finished import overrides
from hybhanas.tasks.repeated import extent
from hybhanas.tasks.setup import shown

ONLINE = "online"

CONFIG: Mapping[str, Sequence[str]] = {
    "backend": ("name",),
    "dataset": ("name",),
    "search": ("name", "population", "generations"),
    "cost_model": ("name", "total", "phase", "shots"),
    "trainer": ("epochs", "final_epochs", "final_seeds", "learning_rate", "noise"),
    "device": ("name",),
    "simulator": ("name",),
}
"""Of each group the settings that runs are told apart by; the folder's `config.yaml` has all."""


@contextmanager
def tracked_once(
    tracker: Tracker, problem: Problem, config: Mapping[str, Any]
) -> Iterator[TrackedSearch]:
    """Tracks a search once: what was tracked to its end is not told again, but what was tracked
    offline is, where it is to be online.
    """
    folder, objectives = problem.folder, problem.strategy.objectives
    about = _about_search(problem, config)
    kind = MlflowSearch if tracker.by_mlflow else TrackedSearch
    if is_tracked(tracker, problem):
        yield kind(TrackedRun(), tracker, about, objectives)
        return
    with tracker.run(folder.path, about) as tracked:
        yield kind(tracked, tracker, about, objectives)
    if tracked.finished:
        destination = tracker.destination(tracked.online)
        with suppress(OSError):  # no room: it is told again
            atomic.write_text(folder.tracked, f"{json.dumps(extent(problem))}{destination}\n")


def is_tracked(tracker: Tracker, problem: Problem) -> bool:
    """Whether there is nothing of a search that the tracker wants and does not have."""
    if tracker.mode == "disabled":
        return True
    try:
        known = read_bytes(problem.folder.tracked, MAX_BYTES).decode().strip()
    except (OSError, ValueError):  # there is none, or none that can be trusted
        return False
    enough = {tracker.destination(tracker.mode == ONLINE), tracker.destination(online=True)}
    return known in {json.dumps(extent(problem)) + destination for destination in enough}


@contextmanager
def tracked_reader(
    tracker: Tracker, task: str, path: Path, config: Mapping[str, Any], run: Path | None
) -> Iterator[TrackedRun]:
    """Tracks a task that reads what a search found. MLflow tracks searches alone.

    Args:
        tracker: mirrors it.
        task: its name.
        path: of its own folder.
        config: of the task, in plain types.
        run: the folder of the search; None where there is none.
    """
    if tracker.by_mlflow:
        yield TrackedRun()
        return
    about = About(name=path.name, job_type=task, config=_config(path, config), tags=_tags(config))
    with tracker.run(path, about) as tracked:
        for files in artifacts(run) if run is not None else ():
            if files.kind in ("front", "model"):
                tracked.tell(partial(use_files, files=files))
        yield tracked


def _about_search(problem: Problem, config: Mapping[str, Any]) -> About:
    calibration = problem.evaluator.estimator.calibration
    path, data = problem.folder.path, problem.evaluator.data
    small = _config(path, config)
    small["backend"] = {
        "name": calibration.name,
        "calibration_date": f"{calibration.date:%Y-%m-%d}",
        "calibration_hash": calibration.hash,
    }
    small.setdefault("dataset", {}).update(features=data.features, classes=data.classes)
    small.setdefault("search", {})["objectives"] = [*problem.strategy.objectives.names]
    small["search_space"] = {"genomes": problem.strategy.space.size}
    return About(name=path.name, job_type="search", config=small, tags=_tags(config), repeats=True)


def _config(path: Path, config: Mapping[str, Any]) -> dict[str, Any]:
    """What runs are filtered and grouped by, and where the rest is."""
    small: dict[str, Any] = {
        group: {name: config[group][name] for name in names if name in config[group]}
        for group, names in CONFIG.items()
        if isinstance(config.get(group), Mapping)
    }
    small |= {
        "seed": config.get("seed"),
        "folder": str(shown(path.absolute())),
        "hybhanas": version("hybhanas"),
        "command": " ".join(overrides() or ()),
    }
    return small


def _tags(config: Mapping[str, Any]) -> list[str]:
    """The names of backend, data set and search."""
    groups = (config.get(group) for group in ("backend", "dataset", "search"))
    names = (group.get("name") for group in groups if isinstance(group, Mapping))
    return [str(name)[:64] for name in names if name]
