"""Warm starts: what `search.start` takes from earlier runs."""

from __future__ import annotations

from typing import Any

import numpy as np
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from hybhanas.errors import ConfigError
from hybhanas.nas.hypervolume import greedy
from hybhanas.nas.run_folder import RunFolder
from hybhanas.tasks.finished import MALFORMED, read_config, read_run


def with_start(search: DictConfig, files: RunFolder) -> DictConfig:
    """The settings of a search, the front of each run that `search.start` names in place of its
    folder, so that what a search records has all that its result depends on.

    A search that is resumed starts from what it recorded, whatever has become of those runs. Of a
    front that is larger than its share of a generation come those members that add most
    hypervolume, under the objectives of its run.

    Args:
        search: its settings.
        files: its folder.

    Raises:
        ConfigError: a folder that is not that of a search with a front, or more than a generation
            has room for.
    """
    start: Any = OmegaConf.to_container(search)
    start = start.get("start") or []
    if not any(isinstance(one, str) for one in start):
        return search
    search = search.copy()
    search.start = _recorded(start, files) or _resolved(start, search.population)
    return search


def _recorded(start: list[Any], files: RunFolder) -> list[Any] | None:
    """What an earlier attempt in the folder that named the same start made of it."""
    try:
        named: Any = OmegaConf.to_container(read_config(files))
        if named["search"]["start"] == start:
            return [*files.read_settings()["search"]["start"]]
    except (OSError, *MALFORMED, OmegaConfBaseException, YAMLError):
        pass  # there is none; what is damaged is reported when the folder is checked
    return None


def _resolved(start: list[Any], population: int) -> list[Any]:
    room = population - sum(not isinstance(one, str) for one in start)
    runs = sum(isinstance(one, str) for one in start)
    resolved: list[Any] = []
    for one in start:
        if not isinstance(one, str):
            resolved.append(one)
            continue
        try:
            run = read_run(one)
        except ConfigError as error:
            raise ConfigError(str(error).replace("run=", "search.start: ", 1)) from None
        front = run.objectives.front(run.evaluations)
        if not front:
            raise ConfigError(
                f"search.start: {one} is not accepted: none of its evaluations ended well"
            )
        points = [point for e in front if (point := run.objectives.point(e)) is not None]
        share = room // runs  # of the room that is left, for each of the runs that are left
        if share < 1:
            raise ConfigError(
                f"search.start: {one} is not accepted: search.population="
                f"{population} leaves no room for it"
            )
        best = greedy(np.asarray(run.objectives.scaled(points)), share)
        room, runs = room - len(best), runs - 1
        resolved += [front[i].architecture.to_dict() for i in best]
    return resolved
