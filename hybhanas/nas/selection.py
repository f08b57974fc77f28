"""Which members of a front to take: words such as `best` and `knee`, budgets, ranks and hashes.

Accuracies here are those of the validation split after the final training. The test split decides
nothing: what is measured there remains an estimate for new data.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import variance

import numpy as np

from hybhanas.errors import ConfigError
from hybhanas.nas.front import FrontMember
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.quantities import QUANTITIES

SHORTEST_HASH = 6
"""Digits of a hash that name a member; a shorter number is a rank."""

UNITS: Mapping[str, tuple[str, float]] = {
    "s": ("qpu_s", 1.0),
    "min": ("qpu_s", 60.0),
    "h": ("qpu_s", 3600.0),
    "d": ("qpu_s", 86400.0),
    "y": ("qpu_s", 365.25 * 86400.0),
    "usd": ("cost_usd", 1.0),
    "parameters": ("parameters", 1.0),
    "noise": ("p_survival", 1.0),
}
"""What a budget may be of: for each unit the quantity that it bounds, and the unit in terms of the
quantity's own. `noise` is the fraction of an expectation value that noise takes, 1 - P survival.
"""

_BUDGET = re.compile(r"under[=:]\s*([0-9.]+(?:e[+-]?[0-9]+)?)\s*([a-z]+)")


@dataclass(frozen=True, slots=True)
class Selected:
    """A member that was chosen.

    Args:
        word: that it was chosen by, such as `knee`.
        rank: its place on the front, from 1.
        member: itself.
        reason: why it is the one, in a few words.
    """

    word: str
    rank: int
    member: FrontMember
    reason: str


def best(members: Sequence[FrontMember]) -> Selected:
    """The member of the highest accuracy; of several the one of the least total time.

    Raises:
        ConfigError: no member was trained to the end.
    """
    rank, member = min(_eligible(members), key=lambda one: (-_accuracy(one[1]), _time(one[1])))
    over = f", the mean of {count} seeds" if (count := len(member.seeds)) else ""
    reason = f"highest accuracy, {100 * _accuracy(member):.1f} %{over}"
    return Selected("best", rank, member, reason)


def smallest(members: Sequence[FrontMember]) -> Selected:
    """The member of the fewest parameters whose accuracy is within one standard error of the best.

    The standard error is that of the best, see `standard_error`.

    Raises:
        ConfigError: no member was trained to the end.
    """
    return _least(members, "smallest", "fewest parameters", lambda m: m.evaluation.parameters or 0)


def cheapest(members: Sequence[FrontMember]) -> Selected:
    """The member of the least total time whose accuracy is within one standard error of the best;
    see `smallest`.

    Raises:
        ConfigError: no member was trained to the end.
    """
    return _least(members, "cheapest", "least time", _time)


def knee(members: Sequence[FrontMember], objectives: Objectives) -> Selected:
    """The member that lies nearest to the ideal: the best value of every objective.

    Distances are Euclidean, of objectives that are scaled to run from 0 to 1 over the front;
    quantities that are always positive, but for the error, are taken by their logarithms.

    Raises:
        ConfigError: no member was trained to the end.
    """
    trained = _eligible(members)
    columns = []
    for quantity in objectives.quantities:
        values = [quantity.value(member.final) for _, member in trained]
        if quantity.name != "error" and min(values) > 0:
            values = [math.log10(value) for value in values]
        columns.append(quantity.sign * np.array(values))
    points = np.array(columns).T
    spans = np.ptp(points, axis=0)
    scaled = (points - points.min(axis=0)) / np.where(spans > 0, spans, 1.0)
    rank, member = trained[int(np.linalg.norm(scaled, axis=1).argmin())]
    words = "; ".join(quantity.without_logarithm.label for quantity in objectives.quantities)
    return Selected("knee", rank, member, f"nearest to the best of each: {words}")


def under(members: Sequence[FrontMember], budget: str) -> Selected:
    """The member of the highest accuracy within a budget.

    Args:
        members: of a front.
        budget: `under=10h`, `under=100usd`, `under=500parameters`, `under=0.3noise`; units are
            those of `UNITS`, and a time is QPU time.

    Raises:
        ConfigError: it is no budget, or nothing is within it.
    """
    parsed = _BUDGET.fullmatch(budget.lower())
    if parsed is None or parsed[2] not in UNITS or not _is_number(parsed[1]):
        raise ConfigError(
            f"member={budget} is not accepted: a budget is a number with one of "
            f"{', '.join(UNITS)}, such as under=10h"
        )
    name, unit = UNITS[parsed[2]]
    quantity, bound = QUANTITIES[name], float(parsed[1]) * unit
    if parsed[2] == "noise":
        bound = 1 - bound
    trained = _eligible(members)
    within = [
        member
        for _, member in trained
        if quantity.sign * quantity.value(member.evaluation) <= quantity.sign * bound
    ]
    if not within:
        least = min(quantity.sign * quantity.value(member.evaluation) for _, member in trained)
        raise ConfigError(
            f"member={budget} is not accepted: no member is within it; the nearest has "
            f"{quantity.label} {abs(least):.3g}"
            + (f", the budget is {bound:.3g}" if unit != 1.0 or parsed[2] == "noise" else "")
        )
    found = best(within)
    rank = next(rank for rank, member in trained if member is found.member)
    return Selected(budget, rank, found.member, f"{found.reason}, {budget.replace(':', '=')}")


def choose(
    members: Sequence[FrontMember], word: str | int, objectives: Objectives | None = None
) -> Selected:
    """The member that a rank, a hash or a word means.

    Args:
        members: of a front, as `hybhanas.nas.front.read_front` gives them.
        word: a rank from 1; the hash of an architecture or a unique start of it, of six digits or
            more; `best`, `knee`, `smallest`, `cheapest`, or a budget, see `under`.
        objectives: of the search; the knee needs them.

    Raises:
        ConfigError: no member is meant, or several are; the text is one line.
    """
    text = str(word).strip()
    if text.lower().startswith("under"):
        return under(members, text)
    if text in WORDS:
        return WORDS[text](members, objectives)
    if text.isdecimal() and len(text) < SHORTEST_HASH:
        if not 1 <= int(text) <= len(members):
            raise ConfigError(f"member={text} is not accepted: ranks are 1 to {len(members)}")
        return Selected(text, int(text), members[int(text) - 1], f"rank {text}")
    starting = [
        (rank, member)
        for rank, member in enumerate(members, 1)
        if member.evaluation.architecture.hash.startswith(text)
    ]
    if len(text) < SHORTEST_HASH or len(starting) != 1:
        raise ConfigError(
            f"member={text} is not accepted: {len(starting) if text else 0} members of the front "
            f"have such a hash; accepted: a rank from 1 to {len(members)}, {SHORTEST_HASH} or more "
            f"digits of a hash, {', '.join(WORDS)}, under=BUDGET such as under=10h"
        )
    return Selected(text, *starting[0], f"hash {text}")


def select(members: Sequence[FrontMember], objectives: Objectives) -> list[Selected]:
    """What a person should look at first: the best, the knee, the smallest and the cheapest; a
    member that is several of these stands several times.

    Returns:
        In the order of `WORDS`; empty if no member was trained to the end.
    """
    if not any(member.final_validation_accuracy is not None for member in members):
        return []
    return [choose(members, word, objectives) for word in WORDS]


def _knee(members: Sequence[FrontMember], objectives: Objectives | None) -> Selected:
    if objectives is None:
        raise ConfigError("member=knee is not accepted: the objectives of the search are unknown")
    return knee(members, objectives)


WORDS: Mapping[str, Callable[[Sequence[FrontMember], Objectives | None], Selected]] = {
    "best": lambda members, _: best(members),
    "knee": _knee,
    "smallest": lambda members, _: smallest(members),
    "cheapest": lambda members, _: cheapest(members),
}
"""The words of selection, besides budgets."""


def _least(
    members: Sequence[FrontMember], word: str, what: str, key: Callable[[FrontMember], float]
) -> Selected:
    top = best(members).member
    error = standard_error(top)
    near = [o for o in _eligible(members) if _accuracy(o[1]) >= _accuracy(top) - error - 1e-12]
    rank, member = min(near, key=lambda one: (key(one[1]), -_accuracy(one[1])))
    reason = f"{what} within one standard error ({100 * error:.1f} %) of the best"
    return Selected(word, rank, member, reason)


def standard_error(member: FrontMember) -> float:
    """Of the accuracy after the final training.

    That of a fraction p of n samples is sqrt(p (1 - p) / n), 0 where n is unknown. Where p is the
    mean of k seeds of standard deviation s, s^2 / k is added below the root.
    """
    p, n = _accuracy(member), member.validation_samples
    of_split = p * (1 - p) / n if n else 0.0
    accuracies = member.accuracies("validation")
    of_seeds = variance(accuracies) / len(accuracies) if len(accuracies) > 1 else 0.0
    return math.sqrt(of_split + of_seeds)


def _eligible(members: Sequence[FrontMember]) -> list[tuple[int, FrontMember]]:
    """The members with a model that nothing dominates, each with its rank; all with a model if
    each of them is dominated, as by logistic regression.

    Raises:
        ConfigError: there is none.
    """
    trained = [
        (rank, member)
        for rank, member in enumerate(members, 1)
        if member.final_validation_accuracy is not None
    ]
    if not trained:
        raise ConfigError("no member of the front was trained to the end")
    return [one for one in trained if one[1].on_front] or trained


def _accuracy(member: FrontMember) -> float:
    accuracy = member.final_validation_accuracy
    assert accuracy is not None
    return accuracy


def _time(member: FrontMember) -> float:
    return QUANTITIES["log10_total_s"].value(member.evaluation)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
