"""A finished run as other tasks read it: its settings, its evaluations, its configuration."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import MISSING, DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from hybhanas.cost.model import MEASURED, Workload
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.evaluator import derived_seed
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.records import MAX_BYTES
from hybhanas.nas.run_folder import RunFolder
from hybhanas.presets import following
from hybhanas.stored import checked, read_bytes, read_json
from hybhanas.tasks.options import targets

OF_COST = ("backend", "calibration", "cost_model", "device")
"""The groups that determine a cost, besides the workload."""

OF_TRAINING = ("dataset", "trainer", "simulator")
"""The groups that determine a training, besides the seed."""

log = logging.getLogger(__name__)

_DEEPEST = 100
"""Levels of a configuration; those of the searches here have about five."""

LIVE_FOLDER = "outputs/calibrations"
"""Where a calibration is saved that is fetched because a run was made with calibration=live."""


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """What a search left in its folder.

    Args:
        folder: of the run.
        config: resolved, as the search wrote it.
        workload: the training that its costs mean.
        objectives: what it minimised.
        evaluations: every one of its records that can be read, sorted by key.
    """

    folder: Path
    config: DictConfig
    workload: Workload
    objectives: Objectives
    evaluations: list[Evaluation]

    @property
    def calibration(self) -> str | None:
        """The name of the backend that its costs are of; None if nothing of it could be costed."""
        costs = (e.cost for e in self.evaluations if e.cost is not None)
        return next((cost.provenance.calibration for cost in costs), None)

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
    files = RunFolder(folder)
    try:
        settings = files.read_settings()
        config = read_config(files)
        for name in MEASURED:  # the configuration has none of a measured device
            found = settings["device"][name]
            config.device[name] = None if found is None else float(found)
        workload = Workload(**checked(Workload, settings["workload"]))
        objectives = Objectives(**checked(Objectives, settings["objectives"]))
        evaluations = _evaluations(files, settings["seed"], started)
        return FinishedRun(folder, config, workload, objectives, evaluations)
    except OSError as error:
        reason = f"{Path(error.filename or folder).name}: {error.strerror}"
    except (*MALFORMED, OmegaConfBaseException, YAMLError) as error:
        reason = _one_line(error)
    raise ConfigError(f"run={setting} is not accepted: {reason}; accepted: the folder of a search")


def read_config(files: RunFolder) -> DictConfig:
    """The configuration of a run, resolved, as the search wrote it.

    Raises:
        OSError: it cannot be read.
        ValueError, OmegaConfBaseException, YAMLError: it is not that of a search.
    """
    return _trusted(read_bytes(files.config, MAX_BYTES).decode())


MALFORMED = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)
"""What reading something else than what a search wrote ends in."""


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _evaluations(files: RunFolder, seed: int, started: bool) -> list[Evaluation]:
    """The evaluations of a run; records that cannot be read are named and left out.

    Raises:
        ValueError: there is none, unless the search may have just started.
    """
    evaluations, damaged = [], []
    for path in sorted(files.records.folder.glob("*.json")):
        try:
            evaluation = Evaluation.from_dict(read_json(path, MAX_BYTES))
            if evaluation.key != path.stem:
                raise ValueError(f"it holds the key {evaluation.key[:40]}")
            if evaluation.seed != derived_seed(seed, evaluation.architecture):
                raise ValueError(
                    "its seed does not follow from its architecture: one of them was changed"
                )
            evaluations.append(evaluation)
        except (OSError, *MALFORMED) as error:
            damaged.append(f"{path.name}: {_one_line(error)}")
    if damaged and not evaluations:
        raise ValueError(f"of {len(damaged)} records none can be read; {damaged[0]}")
    if not (evaluations or started):
        raise ValueError("it has no evaluation")
    if damaged:
        number = f"{len(damaged)} of {len(damaged) + len(evaluations)} records"
        log.warning("run=%s: %s left out; the first is %s", files.path, number, damaged[0])
    return evaluations


def _trusted(text: str) -> DictConfig:
    """The configuration of a run that anyone may have written.

    A search writes its settings resolved, and each of its groups builds one thing. Whatever else
    would be looked up or called is refused: interpolations, which could read the environment, and
    any `_target_` but that of an option of the group.

    Raises:
        ValueError: it is no configuration, or holds such a thing.
    """
    _check_events(text)
    config = OmegaConf.create(text)  # safe YAML: a tag of Python's is an error
    if not isinstance(config, DictConfig):
        raise ValueError("its config.yaml is not a mapping")
    plain: Any = OmegaConf.to_container(config, resolve=False)
    for where, key, value in _items(plain):
        if isinstance(value, str) and "${" in value:
            raise ValueError(f"its config.yaml has an interpolation, {where}{key}")
        if value == MISSING:
            raise ValueError(f"its config.yaml has no value of {where}{key}")
        group, _, inside = where.partition(".")
        if group in OF_COST and str(key).startswith("_"):
            accepted = targets(group) if key == "_target_" and not inside else []
            if value not in accepted:
                raise ValueError(f"its config.yaml has {where}{key}={value}")
    for group in (*OF_COST, "dataset"):
        if not isinstance(config.get(group), DictConfig):
            raise ValueError(f"its config.yaml has no {group}")
    return config


def _check_events(text: str) -> None:
    """Raises ValueError for a text with an alias, or one that is nested too deeply."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:  # the parser's time grows with the square of it
            raise ValueError("its config.yaml is nested too deeply")
        if isinstance(event, yaml.AliasEvent):  # which can stand for any number of values
            raise ValueError("its config.yaml has an alias")


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


def named_settings() -> set[str] | None:
    """The groups and settings that the command line names; None without one."""
    given = overrides()
    return None if given is None else {name for name, _ in _by_setting(given)}


def of_groups(*groups: str) -> list[str]:
    """What the command line changed in these groups and settings, as it is written there."""
    given = _by_setting(overrides() or [])
    return [written for name, written in given if name.partition(".")[0] in groups]


def _by_setting(given: list[str]) -> list[tuple[str, str]]:
    parsed = OverridesParser.create().parse_overrides(given)
    return [(one.key_or_group, str(one.input_line)) for one in parsed]


def settings_of_training(
    config: DictConfig, run: FinishedRun, named: Collection[str]
) -> dict[str, Any]:
    """The run's own data, trainer and simulator, but for the groups and settings that are named.

    Raises:
        ConfigError: one of its groups builds something else than hybhanas has.
    """
    chosen = _settings_of(OF_TRAINING, config, run, named)
    for group in {*OF_TRAINING} - {*named}:
        for where, key, value in _items(OmegaConf.to_container(chosen[group])):
            accepted = targets(group) if key == "_target_" and not where else []
            if str(key).startswith("_") and value not in accepted:
                raise ConfigError(
                    f"run={run.folder} is not accepted: its config.yaml has {group}.{where}{key}="
                    f"{value}; {group}=... names another"
                )
    if "dataset" not in named and "collection" in chosen["dataset"]:
        chosen["dataset"].collection = None  # never downloads to where a stranger's settings say
    return chosen


def _settings_of(
    groups: Sequence[str], config: DictConfig, run: FinishedRun, named: Collection[str]
) -> dict[str, Any]:
    """The run's own settings, but for the groups and the single values that are named."""
    chosen: dict[str, Any] = {}
    for group in groups:
        replaced = group in named or (group == "calibration" and "backend" in named)
        source = config if replaced else run.config
        chosen[group] = OmegaConf.create(OmegaConf.to_container(source[group], resolve=True))
        for key in named:
            if not replaced and key.startswith(f"{group}."):
                value = OmegaConf.select(config, key)
                OmegaConf.update(chosen[group], key.partition(".")[2], value)
    return chosen


def settings_of_cost(
    config: DictConfig, run: FinishedRun, named: Collection[str] | None = None
) -> DictConfig:
    """The run's own settings of every cost, but for what is named, by the command line if not here.

    A group that is chosen (`backend=ibm_fez`) replaces the run's, a backend with its calibration;
    a single value (`cost_model.shots=100`) changes it.
    """
    if named is None:
        named = named_settings()
    named = {*OF_COST} if named is None else {*named}
    chosen = _settings_of(OF_COST, config, run, named)
    calibration, backend = chosen["calibration"], chosen["backend"]
    if not named & {"backend", "calibration", "calibration.folder"} and "folder" in calibration:
        calibration.folder = LIVE_FOLDER  # never where a stranger's settings say
    if "backend" not in named:
        for name, of_backend in following("calibration", "backend").items():
            changed = "calibration" in named or f"backend.{of_backend}" in named
            if name in calibration and changed and f"calibration.{name}" not in named:
                calibration[name] = backend[of_backend]
    return OmegaConf.create(chosen)
