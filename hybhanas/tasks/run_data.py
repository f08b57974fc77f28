"""What several tasks take from a run: members of its front, its data, its estimator of costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from omegaconf import DictConfig, ListConfig

from hybhanas.calibration import Calibration
from hybhanas.cost.estimator import CostEstimator
from hybhanas.data.protocol import SearchData, ready
from hybhanas.errors import ConfigError
from hybhanas.nas.front import FrontMember, read_front
from hybhanas.nas.run_folder import RunFolder
from hybhanas.nas.selection import Selected, choose
from hybhanas.tasks.finished import (
    FinishedRun,
    named_settings,
    settings_of_cost,
    settings_of_training,
)
from hybhanas.tasks.setup import build, cache_folder


def members_of(run: FinishedRun, setting: Any) -> list[tuple[int, FrontMember]]:
    """The members that `member=` names, each with its rank and a model.

    Args:
        run: a search that has finished.
        setting: what `hybhanas.nas.selection.choose` takes, or a list of that; None: all members
            that were trained to the end.

    Raises:
        ConfigError: no member is meant, or its training failed.
    """
    members = read_front(RunFolder(run.folder), run.evaluations)
    if setting is None:
        chosen = [(rank, m) for rank, m in enumerate(members, 1) if m.checkpoint is not None]
    else:
        words: Sequence[Any] = setting if isinstance(setting, list | ListConfig) else [setting]
        found: list[Selected] = [choose(members, word, run.objectives) for word in words]
        chosen = [*{one.rank: (one.rank, one.member) for one in found}.values()]
    for _, member in chosen:
        checkpoint_of(member)
    if not chosen:
        raise ConfigError(f"run={run.folder} is not accepted: no member of its front has a model")
    return chosen


def checkpoint_of(member: FrontMember) -> str:
    """The path of a member's model below the run's folder.

    Raises:
        ConfigError: its training failed.
    """
    if member.checkpoint is None:
        raise ConfigError(
            f"member={member.evaluation.architecture.hash} is not accepted: its training failed, "
            "and it has no model"
        )
    return member.checkpoint


def data_of(config: DictConfig, run: FinishedRun) -> SearchData:
    """The data of a run, or those that the command line names by `dataset=...`.

    Raises:
        ConfigError: its settings name a class that is not hybhanas's own, or the data are not
            accepted.
    """
    named = named_settings() or ()
    node = settings_of_training(config, run, named)["dataset"]
    return ready(build("dataset", node), run.config.seed)


def estimator_of(config: DictConfig, run: FinishedRun) -> CostEstimator:
    """The estimator of a search, with what the command line changes.

    Raises:
        ConfigError: a setting that is not accepted.
    """
    settings = settings_of_cost(config, run)
    try:
        calibration = Calibration.load(build("calibration", settings.calibration))
        backend, model, device = (
            build(g, settings[g]) for g in ("backend", "cost_model", "device")
        )
    except ConfigError as error:
        if not isinstance(error.__cause__, TypeError):
            raise
        raise ConfigError(
            f"run={config.run} has settings of another version of hybhanas; name backend=, "
            "cost_model= and device= to replace them"
        ) from None
    return CostEstimator(
        calibration,
        model,
        device,
        run.workload,
        backend.power_w,
        cache_folder(config),
        backend.asked,
    )
