"""Warm starts: what `search.start` takes from earlier runs."""

from __future__ import annotations

import numpy as np
from omegaconf import DictConfig

from hybhanas.errors import ConfigError
from hybhanas.nas.hypervolume import greedy
from hybhanas.tasks.finished import read_run


def resolve_start(config: DictConfig) -> None:
    """Puts the front of each run that `search.start` names in the place of its folder, so that the
    configuration, hence what a search records, has all that its result depends on.

    Of a front that is larger than its share of a generation come those members that add most
    hypervolume, under the objectives of that run.

    Raises:
        ConfigError: a folder that is not that of a search with a front, or more than a generation
            has room for.
    """
    start = [*(config.search.get("start") or ())]
    room = config.search.population - sum(not isinstance(one, str) for one in start)
    runs = sum(isinstance(one, str) for one in start)
    resolved: list[object] = []
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
                f"{config.search.population} leaves no room for it"
            )
        best = greedy(np.asarray(run.objectives.scaled(points)), share)
        room, runs = room - len(best), runs - 1
        resolved += [front[i].architecture.to_dict() for i in best]
    if start:
        config.search.start = resolved
