"""A finished run as other tasks read it: its settings, its evaluations, its configuration."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf
from yaml import YAMLError

from hybhanas.cost.model import Workload
from hybhanas.errors import ConfigError
from hybhanas.search.evaluation import Evaluation
from hybhanas.search.objectives import Objectives


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """What a search left in its folder.

    Args:
        folder: of the run.
        config: resolved, as the search wrote it.
        workload: the training that its costs mean.
        objectives: what it minimised.
        evaluations: every one of its records, sorted by key.
    """

    folder: Path
    config: DictConfig
    workload: Workload
    objectives: Objectives
    evaluations: list[Evaluation]

    def evaluation(self, start: str) -> Evaluation:
        """The one costed evaluation whose architecture's hash starts so.

        Raises:
            ConfigError: none does, or several.
        """
        found = [e for e in self.evaluations if e.cost and e.architecture.hash.startswith(start)]
        if len(found) != 1:
            raise ConfigError(
                f"architecture={start} is not accepted: {len(found)} architectures of "
                f"run={self.folder} have such a hash; accepted: the start of one"
            )
        return found[0]


def read_run(setting: str | None, started: bool = False) -> FinishedRun:
    """Reads the folder that `run=...` names.

    Args:
        setting: the folder.
        started: accept a search that has evaluated nothing yet.

    Raises:
        ConfigError: it is not the folder of a search that came to evaluate something.
    """
    if setting is None:
        raise ConfigError("run=null is not accepted: the folder of a search, such as outputs/...")
    folder = Path(setting).expanduser()
    try:
        settings = json.loads((folder / "settings.json").read_bytes())
        config = _trusted((folder / "config.yaml").read_text())
        evaluations = [
            Evaluation.from_dict(json.loads(path.read_bytes()))
            for path in sorted((folder / "records").glob("*.json"))
        ]
        if not (evaluations or started):
            raise ValueError("it has no evaluation")
        measured = float(settings["device"]["peak_flops_per_s"])
        config.device.peak_flops_per_s = measured  # the configuration has none of a measured device
        workload = Workload(**settings["workload"])
        objectives = settings["objectives"]
        return FinishedRun(folder, config, workload, Objectives(**objectives), evaluations)
    except OSError as error:
        reason = f"{Path(error.filename or folder).name}: {error.strerror}"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, YAMLError) as error:
        reason = " ".join(str(error).split())[:200]
    raise ConfigError(f"run={setting} is not accepted: {reason}; the folder of a search is")


def _trusted(text: str) -> DictConfig:
    """The configuration of a run that anyone may have written.

    A search writes its settings resolved, and each of its groups builds one thing. Whatever else
    would be looked up or called is refused: interpolations, which could read the environment, and
    any `_target_` but those of TARGETS.

    Raises:
        ValueError: it is no configuration, or holds such a thing.
    """
    config = OmegaConf.create(text)  # safe YAML: a tag of Python's is an error
    if not isinstance(config, DictConfig):
        raise ValueError("its config.yaml is not a mapping")
    plain: Any = OmegaConf.to_container(config, resolve=False)
    for where, key, value in _items(plain):
        if isinstance(value, str) and "${" in value:
            raise ValueError(f"its config.yaml has an interpolation, {where}{key}")
        group, _, inside = where.partition(".")
        if group in GROUPS and str(key).startswith("_"):
            accepted = TARGETS.get(group, ()) if key == "_target_" and not inside else ()
            if value not in accepted:
                raise ValueError(f"its config.yaml has {where}{key}={value}")
    return config


def _items(value: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every key and value of nested mappings and lists, with the path to it, a dot at its end."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        yield where, key, inner
        if isinstance(inner, dict | list):
            yield from _items(inner, f"{where}{key}.")


def overrides() -> list[str] | None:
    """What the command line changed; None where a task is called without one."""
    return list(HydraConfig.get().overrides.task) if HydraConfig.initialized() else None


GROUPS = ("backend", "calibration", "cost_model", "device")
"""What determines a cost, besides the workload."""

LIVE_FOLDER = "outputs/calibrations"
"""Where a calibration is saved that is fetched because a run was made with calibration=live."""

TARGETS = {
    "calibration": tuple(
        f"hybhanas.calibration.{name}"
        for name in (
            "file.CalibrationFile",
            "live.LiveCalibration",
            "published.PublishedCalibration",
            "snapshot.Snapshot",
        )
    ),
    "backend": ("hybhanas.calibration.backend.Backend",),
    "cost_model": ("hybhanas.cost.model.CostModel",),
    "device": ("hybhanas.cost.model.Device",),
}
"""What a group of a saved configuration may build: what conf/ builds."""

OF_BACKEND = {"snapshot": "snapshot", "backend": "name", "name": "name", "machine": "published"}
"""The settings of a calibration that are its backend's, and how they are called there."""


def settings_of_cost(config: DictConfig, run: FinishedRun) -> DictConfig:
    """The run's own settings of every cost, but for what the command line names.

    A group that is chosen (`backend=ibm_fez`) replaces the run's, a backend with its calibration;
    a single value (`cost_model.shots=100`) changes it.
    """
    named = overrides()
    keys = [o.lstrip("+~").partition("=")[0].partition("@")[0] for o in named or ()]
    chosen: dict[str, Any] = {}
    for group in GROUPS:
        replaced = named is None or group in keys or (group == "calibration" and "backend" in keys)
        settings = OmegaConf.to_container((config if replaced else run.config)[group], resolve=True)
        chosen[group] = OmegaConf.create(settings)
        if group == "calibration" and not replaced and "folder" in chosen[group]:
            chosen[group].folder = LIVE_FOLDER  # never where a run's settings say
        if group == "calibration" and replaced and named is not None and "backend" not in keys:
            for name in OF_BACKEND.keys() & chosen[group].keys():
                if f"calibration.{name}" in keys:
                    continue
                chosen[group][name] = chosen["backend"][OF_BACKEND[name]]
        for key in keys:
            if not replaced and key.startswith(f"{group}."):
                value = OmegaConf.select(config, key)
                OmegaConf.update(chosen[group], key.partition(".")[2], value)
    return OmegaConf.create(chosen)
