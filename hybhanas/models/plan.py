"""Planning: which networks are trained at once."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.models.settings import AUTO, TrainSettings
from hybhanas.models.work import SUMS, Work, peak_bytes, step_s, work_of
from hybhanas.quantum.simulators import SIMULATORS

STATES_BYTES = 2**21
"""Most bytes of states of a training batch in a stack on a CPU: about the size of a cache, beyond
which larger groups gain nothing. A step takes about ten times as much memory."""

OF_CARD = 0.6
"""The fraction of a GPU's memory that a group may take by the estimate, see `peak_bytes`."""


def plan(
    architectures: Sequence[Architecture],
    batch_size: int,
    settings: TrainSettings,
    simulator: str,
    features: int = 1,
) -> list[list[int]]:
    """Groups of networks that are trained at once, so that all are done in the least time.

    Networks are put in an order in which neighbours have much in common, and the order is cut where
    the sum of estimated times is least; then again with bounds on the time of one group; of these
    the one is taken with which `settings.shares` workers are expected to finish first; on GPUs,
    each of which one worker keeps busy, that is their number. The outcome depends on the arguments
    alone, and on the number and memory of GPUs, so that a resumed search trains the same groups, on
    any workers.

    Args:
        architectures: of a generation.
        batch_size: samples of a training step.
        settings: `population` is the most networks of a group, `auto` as many as pay.
        simulator: what runs the circuits; some gain nothing by groups, and train one by one.
        features: length of one sample, which determines how many networks a GPU has memory for.

    Returns:
        Indices into `architectures`, every one in one group, those that take longest first.
    """
    work = [work_of(architecture) for architecture in architectures]
    order = sorted(range(len(work)), key=lambda i: work[i].place)
    ordered = [work[i] for i in order]
    most = len(architectures) if settings.population == AUTO else int(settings.population)
    if not SIMULATORS[simulator].gains_by_groups:
        most = 1
    if settings.processor == "cuda":
        shares, room = _cards()
        choices = _choices(ordered, batch_size, most, "cuda", OF_CARD * room, features)
    else:
        shares = settings.shares
        choices = _choices(ordered, batch_size, most, "cpu", STATES_BYTES)
    parts = _cut(choices)
    if shares > 1:
        whole = sum(part.step_s for part in parts)
        bounds = (whole / shares / share for share in SHARES)
        plans = [parts, *(_cut(choices, bound) for bound in bounds)]
        parts = min(plans, key=lambda plan: _expected_makespan_s(plan, shares))
    parts.sort(key=lambda part: -part.step_s)
    return [order[part.start : part.stop] for part in parts]


SPREAD, DRAWS = 0.15, 50
"""Standard deviation of the logarithm of measured over estimated times, and samples drawn."""

SHARES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.6, 2.0, 2.5, 3.0)
"""Divisors of an equal share, which give the bounds on the time of a group that are tried."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Networks that are trained at once, by their place in the order, and their time of a step."""

    start: int
    stop: int
    step_s: float


@dataclass(frozen=True, slots=True)
class _Choice:
    """The groups that end at one place of the order, that of one network first.

    Args:
        step_s: their times of a step.
        allowed: how many of them, from the first on, are within memory and the number asked for.
    """

    step_s: np.ndarray
    allowed: int


def _choices(  # noqa: PLR0913 - see `plan`
    work: Sequence[Work],
    batch_size: int,
    most: int,
    processor: str,
    room: float,
    features: int = 1,
) -> list[_Choice]:
    """All groups of at most so many neighbours, by their ends. A single one may exceed the room: on
    a CPU that of its states, on a GPU that of all it holds.
    """
    columns = {f.name: np.array([getattr(own, f.name) for own in work]) for f in fields(Work)}
    found = []
    for end in range(1, len(work) + 1):
        own = {name: column[:end][::-1][:most] for name, column in columns.items()}
        cumulative: dict[str, Any] = {
            name: (np.cumsum if name in SUMS else np.maximum.accumulate)(column)
            for name, column in own.items()
        }
        groups = Work(**cumulative)
        held = groups.states_bytes(batch_size)
        if processor == "cuda":
            held = peak_bytes(groups, batch_size, features)
        times_s = step_s(groups, batch_size, processor)
        found.append(_Choice(times_s, _until(np.asarray(held > room))))
    return found


def _until(broken: np.ndarray) -> int:
    """How many come before the first that is broken, at least one."""
    broken[0] = False
    return int(np.argmax(broken)) if broken.any() else len(broken)


def _cut(choices: Sequence[_Choice], most_s: float = math.inf) -> list[_Part]:
    """Cuts the order where the sum of times is least; only single networks may take more."""
    best = np.zeros(len(choices) + 1)  # the least time of the first networks, by their number
    last: list[_Part | None] = [None]
    for end, choice in enumerate(choices, start=1):
        allowed = _until(choice.step_s[: choice.allowed] > most_s)
        totals = best[:end][::-1][:allowed] + choice.step_s[:allowed]
        count = int(np.argmin(totals)) + 1
        best[end] = totals[count - 1]
        last.append(_Part(end - count, end, float(choice.step_s[count - 1])))
    parts: list[_Part] = []
    part = last[-1]
    while part is not None:
        parts.append(part)
        part = last[part.start]
    return parts


def _cards() -> tuple[int, int]:
    """How many GPUs there are, and the bytes of memory of the smallest."""
    import torch

    count = torch.cuda.device_count()
    return count, min(torch.cuda.get_device_properties(i).total_memory for i in range(count))


def _expected_makespan_s(parts: Sequence[_Part], workers: int) -> float:
    """The time of a step of all, the longest first: the mean over DRAWS of times that the groups
    may really take. Short groups at the end make up for wrong estimates.
    """
    estimates = np.array(sorted((part.step_s for part in parts), reverse=True))
    spread = np.random.default_rng(0).lognormal(sigma=SPREAD, size=(DRAWS, len(estimates)))
    return sum(_makespan_s(times, workers) for times in (estimates * spread).tolist()) / DRAWS


def _makespan_s(times_s: Sequence[float], workers: int) -> float:
    """The time of all, where each free worker takes the next."""
    busy_s = [0.0] * workers
    for time_s in times_s:
        heapq.heapreplace(busy_s, busy_s[0] + time_s)
    return max(busy_s)
