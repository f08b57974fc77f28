"""Which runs compare, which repeat each other with other seeds, and how far the latter spread: the
terminal and the page say the same of the same runs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

LONGEST = 100
"""Characters of settings that tell runs apart; those that need more are named by their folders."""

Repetition = tuple[str, ...]
"""The seeds of a run, which tell it from those that repeat it."""


class Compared(Protocol):
    """A run beside others."""

    @property
    def name(self) -> str:
        """That tells it from the others."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """Its values of the settings in which not all runs agree."""

    @property
    def finished(self) -> bool:
        """Whether its search has ended."""


def sets(must_agree: Sequence[Mapping[str, str]]) -> list[list[int]]:
    """The places of runs whose accuracies and hypervolumes compare, in their order.

    Args:
        must_agree: of each run what is the same in all that it compares with.

    Example:
        >>> sets([{"data": "iris"}, {"data": "wine"}, {"data": "iris"}])
        [[0, 2], [1]]
    """
    found: dict[tuple[str, ...], list[int]] = {}
    for place, own in enumerate(must_agree):
        found.setdefault(tuple(own.values()), []).append(place)
    return [*found.values()]


def label_of_set(places: Collection[int], runs: Sequence[Compared]) -> str:
    """The settings in which the runs of a set agree and differ from all others; if there are none
    or many, their names; empty if there are no others.
    """
    own = [runs[place] for place in places]
    others = [run for place, run in enumerate(runs) if place not in places]
    if not others:
        return ""
    words = []
    for name in runs[0].settings:
        values = {str(run.settings[name]) for run in own}
        if len(values) == 1 and not values & {str(run.settings[name]) for run in others}:
            words.append(f"{name}={values.pop()}")
    found = " ".join(words)
    return found if 0 < len(found) <= LONGEST else ", ".join(run.name for run in own)


def reasons(must_agree: Sequence[Mapping[str, str]]) -> list[str]:
    """In what runs differ that keeps all of them from being compared with each other.

    Example:
        >>> reasons([{"data sets": "iris"}, {"data sets": "wine"}])
        ['data sets']
    """
    return [name for name in must_agree[0] if len({own[name] for own in must_agree}) > 1]


def repeated(runs: Mapping[int, Compared]) -> dict[str, dict[Repetition, int]]:
    """The places of the finished runs by their seeds, for each of the settings that have more than
    seeds in common, or the names of the runs where these settings are many; a run that has settings
    and seeds of one before it is left out.
    """
    found: dict[str, dict[Repetition, int]] = {}
    for place, run in runs.items():
        if run.finished:
            seeds = tuple(str(value) for name, value in run.settings.items() if _is_seed(name))
            found.setdefault(label_but_seeds(run.settings), {}).setdefault(seeds, place)
    return {
        own
        if len(own) <= LONGEST
        else ", ".join(runs[place].name for place in places.values()): places
        for own, places in found.items()
    }


def again(runs: Mapping[int, Compared]) -> list[str]:
    """A line that names the runs that are in no comparison since they repeat another."""
    compared = {place for places in repeated(runs).values() for place in places.values()}
    names = [run.name for place, run in runs.items() if run.finished and place not in compared]
    if not names:
        return []
    return [f"same settings and seed as another run, so not compared: {', '.join(names)}"]


def _is_seed(name: str) -> bool:
    return name.rpartition(".")[2] == "seed"


def label(settings: Mapping[str, Any]) -> str:
    """Settings as the command line names them."""
    return " ".join(f"{name}={value}" for name, value in settings.items())


def label_but_seeds(settings: Mapping[str, Any]) -> str:
    """What repetitions have in common; empty where nothing but seeds tells them from others.

    Example:
        >>> label_but_seeds({"backend": "ibm_fez", "seed": 3, "dataset.seed": 4})
        'backend=ibm_fez'
    """
    return label({name: value for name, value in settings.items() if not _is_seed(name)})


def in_words(seeds: Sequence[Repetition]) -> str:
    """Repetitions by their seeds, in order; where several seeds differ, joined by slashes.

    Example:
        >>> in_words([("10",), ("2",)]), in_words([("1", "4"), ("1", "3")])
        ('2, 10', '1/3, 1/4')
    """
    ordered = sorted(seeds, key=lambda one: [(len(seed), seed) for seed in one])
    return ", ".join("/".join(one) for one in ordered)


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The lower quartile, the median and the upper quartile, by linear interpolation.

    Example:
        >>> quartiles([1, 2, 3, 4, 5])
        (2.0, 3.0, 4.0)
    """
    low, middle, high = np.percentile(values, [25, 50, 75])
    return float(low), float(middle), float(high)
