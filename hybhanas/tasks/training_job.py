"""What task=train trains, from a configuration."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration
from hybhanas.circuit import lay_out
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import Workload
from hybhanas.data.protocol import SearchData, ready
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.nas.front import read_front
from hybhanas.nas.replicas import Training
from hybhanas.nas.run_folder import RunFolder
from hybhanas.nas.selection import choose
from hybhanas.tasks.finished import FinishedRun, read_run, settings_of_cost, settings_of_training
from hybhanas.tasks.setup import build, cache_folder

log = logging.getLogger(__name__)

SEEDS = 5
"""Networks that are trained unless `seeds` says otherwise."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is trained, and its configuration in plain types."""

    training: Training
    config: Mapping[str, Any]


def prepare(config: DictConfig, named: Collection[str]) -> Job:
    """Builds and checks all that is trained.

    Args:
        config: composed.
        named: the groups and settings that replace those of `run`.
    """
    finished = None if config.run is None else read_run(config.run)
    network = _Network.of(config, finished)
    seed, groups = config.seed, {g: config[g] for g in ("dataset", "trainer", "simulator")}
    if finished is not None:
        groups = settings_of_training(config, finished, named)
        seed = config.seed if "seed" in named else finished.config.seed
    settings = build("trainer", groups["trainer"])
    data = ready(build("dataset", groups["dataset"]), seed)
    if finished is not None and not any(name.partition(".")[0] == "dataset" for name in named):
        _check_unchanged(finished, data)
    network.check(data)
    training = Training(
        architecture=network.architecture,
        data=data,
        settings=settings,
        simulator=groups["simulator"].name,
        seeds=range(seed, seed + network.seeds),
        survival=None
        if settings.noise == "none"
        else _survival(config, finished, named, network.architecture, data),
        weights=network.weights,
    )
    resolved: Any = OmegaConf.to_container(config, resolve=True)
    resolved |= {group: OmegaConf.to_container(node) for group, node in groups.items()}
    return Job(training, resolved | {"seed": seed})


def _check_unchanged(run: FinishedRun, data: SearchData) -> None:
    """Checks that the data of a run are those that it searched on."""
    searched = RunFolder(run.folder).read_settings().get("data")
    if not isinstance(searched, dict) or searched.get("hash") != data.hash:
        raise ConfigError(
            f"run={run.folder} is not accepted: its data have changed since; dataset=... names "
            "those to train on"
        )


@dataclass(frozen=True, slots=True)
class _Network:
    """Which network is trained, with how many seeds.

    Args:
        setting: that chose it, for messages.
        weights: see `Training.weights`.
        shape: features and classes of a checkpoint.
        data_hash: of the data that it was trained on.
    """

    setting: str
    architecture: Architecture
    seeds: int
    weights: Any = None
    shape: tuple[int, int] | None = None
    data_hash: str | None = None

    @classmethod
    def of(cls, config: DictConfig, finished: FinishedRun | None) -> _Network:
        seeds = SEEDS if config.seeds is None else config.seeds
        if seeds < 1:
            raise ConfigError(f"seeds={seeds} is not accepted: at least 1")
        if config.member is not None and finished is None:
            raise ConfigError(f"member={config.member} is not accepted without run=FOLDER")
        given = [n for n in ("architecture", "member", "checkpoint") if config[n] is not None]
        if len(given) > 1:
            both = " and ".join(f"{name}={config[name]}" for name in given)
            raise ConfigError(f"{both} are not accepted together: one of them")
        if config.checkpoint is not None:
            return cls._saved(config)
        if config.architecture is not None:
            choices = config.architecture
            setting = f"architecture={choices}"
            if not isinstance(choices, DictConfig) or "qubits" not in choices:
                raise ConfigError(
                    f"{setting} is not accepted: choices such as {{qubits: 4, depth: 2}}"
                )
            named = {str(key): value for key, value in choices.items()}
            return cls(setting, Architecture.from_dict(named).canonical(), seeds)
        if finished is None:
            raise ConfigError(
                "architecture=null is not accepted: choices such as {qubits: 4, depth: 2}; or give "
                "run=FOLDER member=1, or checkpoint=FILE"
            )
        setting = f"member={config.member}"
        return cls(setting, _member(finished, config.member), seeds)

    @classmethod
    def _saved(cls, config: DictConfig) -> _Network:
        from hybhanas.models.hqnn import load_model

        setting = f"checkpoint={config.checkpoint}"
        if config.seeds not in (None, 1):
            raise ConfigError(
                f"seeds={config.seeds} is not accepted with {setting}: 1, since all would start "
                "from the same weights"
            )
        path = Path(config.checkpoint).expanduser()
        model = load_model(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        shape = model.features, model.classes
        weights = model.state_dict(), digest
        return cls(setting, model.architecture, 1, weights, shape, model.data_hash)

    def check(self, data: SearchData) -> None:
        """Checks that the network fits the data, and says if it was trained on others."""
        if self.shape is not None and self.shape != (data.features, data.classes):
            raise ConfigError(
                f"{self.setting} is not accepted: a network for {self.shape[0]} features and "
                f"{self.shape[1]} classes; the data have {data.features} and {data.classes}"
            )
        if self.data_hash not in (None, data.hash):
            log.warning("%s was trained on other data, or other splits of them", self.setting)


def _member(run: FinishedRun, word: str | int | None) -> Architecture:
    if word is None:
        raise ConfigError(
            f"member=null is not accepted with run={run.folder}: a rank, the start of a hash, "
            "best, knee, smallest, cheapest or under=BUDGET"
        )
    front = read_front(RunFolder(run.folder), run.evaluations)
    return choose(front, word, run.objectives).member.evaluation.architecture


def _survival(
    config: DictConfig,
    finished: FinishedRun | None,
    named: Collection[str],
    architecture: Architecture,
    data: SearchData,
) -> tuple[float, ...]:
    """What noise leaves of each expectation value on the backend."""
    cost = config if finished is None else settings_of_cost(config, finished, named)
    calibration = Calibration.load(build("calibration", cost.calibration))
    estimator = CostEstimator(
        calibration,
        build("cost_model", cost.cost_model),
        build("device", cost.device),
        Workload(samples=data.train_samples, epochs=1, batch_size=data.batch_size),
        cost.backend.power_w,
        cache_folder(config),
    )
    try:
        return estimator.survivals(lay_out(architecture))
    except CandidateError as error:
        raise ConfigError(f"trainer.noise=survival on {calibration.name}: {error}") from None
