"""Which of several searches is better, in sentences that say where chance may be the reason."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from hybhanas.reporting.comparing import Repetition, in_words, quartiles

Interval = tuple[float, float]

LEVEL = 0.05
"""Below this p-value two settings are called distinguishable."""

FEWEST = 6
"""Pairs of runs with which a p-value can be that small: all 6 differ to one side by chance in 2 of
64 cases.
"""

DRAWS = 100_000
"""Of signs, where there are more pairs than can be tried in all ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What searches are compared by.

    Args:
        label: as a sentence begins with it.
        larger: whether larger is better.
        values: of each run that has one, by its place.
        intervals: of each run that has one, by its place.
        interval: what these are, in the plural.
        shown: a value as a person reads it.
    """

    label: str
    larger: bool
    values: Mapping[int, float]
    shown: Callable[[float], str]
    intervals: Mapping[int, Interval]
    interval: str


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that differ by their seeds alone.

    Args:
        label: the settings that tell it from other groups; empty where nothing does.
        runs: the place of each finished run, by its seeds.
    """

    label: str
    runs: Mapping[Repetition, int]

    def known(self, measure: Measure) -> Group:
        """Those of its runs that have a value."""
        return self.only({seed for seed, run in self.runs.items() if run in measure.values})

    def only(self, seeds: Collection[Repetition]) -> Group:
        """Its runs of these seeds."""
        return Group(self.label, {seed: self.runs[seed] for seed in sorted(seeds)})

    def of(self, measure: Measure) -> list[float]:
        """The values of its runs that have one."""
        return [measure.values[run] for run in self.known(measure).runs.values()]

    def middle(self, measure: Measure) -> str:
        """The median over its seeds, and their quartiles."""
        values = self.of(measure)
        if not values:
            return "unknown"
        low, words, high = map(measure.shown, quartiles(values))
        brackets = [f"quartiles {low} to {high}"] if len(values) > 1 else []
        if len(values) < len(self.runs):
            brackets.append(f"known for only {len(values)} of {len(self.runs)} seeds")
        return f"{words} ({', '.join(brackets)})" if brackets else words


def shared(groups: Sequence[Group]) -> list[Repetition]:
    """The seeds that all groups have."""
    return sorted(set.intersection(*({*group.runs} for group in groups)))


def verdicts(groups: Sequence[Group], measures: Sequence[Measure]) -> list[str]:
    """What is better by each measure, a sentence each; or why it cannot be said.

    Args:
        groups: of the same data set, objectives and cost model.
        measures: in the order in which they are told.

    Example, of two runs:
        >>> area = Measure(label="hypervolume", larger=True, values={0: 0.5, 1: 0.75}, shown=str,
        ...                intervals={}, interval="")
        >>> a, b = Group("a", {("1",): 0}), Group("b", {("1",): 1})
        >>> print(verdicts([a, b], [area])[0].partition(";")[0])
        hypervolume: b is highest with 0.75, then a with 0.5
    """
    if len(groups) == 1:
        return _spread(groups[0], measures)
    seeds = shared(groups)
    if not seeds:
        return [
            "these runs differ by their seeds as well: what is due to the settings and what to "
            "chance cannot be told apart; compare runs with the same seeds"
        ]
    lines = [_verdict(measure, [group.only(seeds) for group in groups]) for measure in measures]
    if any(len(group.runs) > len(seeds) for group in groups):
        lines.append(f"only the seeds that every setting has were compared: {in_words(seeds)}")
    if any("p = " in line for line in lines):
        lines.append("each p-value is of one comparison, uncorrected for how many there are")
    return lines


def _spread(group: Group, measures: Sequence[Measure]) -> list[str]:
    """Of runs that nothing but the seed tells apart."""
    number = len(group.runs)
    if number == 1:
        return ["there is no finished run of other settings or another seed to compare with"]
    first = f"nothing but the seed tells these {number} runs apart: differences are chance"
    return [first, *(f"{measure.label}: median {group.middle(measure)}" for measure in measures)]


def _verdict(measure: Measure, groups: Sequence[Group]) -> str:
    known = [one for group in groups if (one := group.known(measure)).runs]
    if len(known) < 2:
        return f"{measure.label}: known for only {len(known)} of {len(groups)} settings"
    seeds = shared(known)
    label = measure.label
    if not seeds:
        return f"{label}: known for no seed that the settings have in common"
    if any(len(group.runs) > len(seeds) for group in groups):
        label += f" (of seed{'s' * (len(seeds) > 1)} {in_words(seeds)} only)"
    same = [group.only(seeds) for group in known]
    sign = -1 if measure.larger else 1
    first, second = sorted(same, key=lambda group: sign * median(group.of(measure)))[:2]
    a, b = first.middle(measure), second.middle(measure)
    if median(first.of(measure)) == median(second.of(measure)):
        return f"{label}: equal, {first.label} with {a} and {second.label} with {b}"
    side = "highest" if measure.larger else "lowest"
    return (
        f"{label}: {first.label} is {side} with {a}, then {second.label} with {b}; "
        f"{_judged(measure, first, second)}"
    )


def _judged(measure: Measure, first: Group, second: Group) -> str:
    """Whether two groups of the same seeds differ by more than chance explains."""
    pairs = [(first.runs[seed], second.runs[seed]) for seed in first.runs]
    if len(pairs) == 1:
        ((one, other),) = pairs
        if one in measure.intervals and other in measure.intervals:
            (low, high), (other_low, other_high) = measure.intervals[one], measure.intervals[other]
            if low <= other_high and other_low <= high:
                return f"their {measure.interval} overlap: not distinguishable"
            return f"their {measure.interval} do not overlap, with one seed each"
        return "one seed each cannot rule out chance"
    if len(pairs) < FEWEST:
        return f"{len(pairs)} seeds cannot rule out chance, {FEWEST} might"
    differences = [measure.values[one] - measure.values[other] for one, other in pairs]
    if (sum(differences) > 0) != measure.larger:  # of which the test is, and not of the medians
        return f"not distinguishable by {len(pairs)} seeds: the mean of {second.label} is no worse"
    p = _p_value(differences)
    words = "distinguishable" if p < LEVEL else "not distinguishable"
    drawn = f" of {DRAWS:,} random draws" if 2 ** len(pairs) > DRAWS else ""
    return f"{words} by {len(pairs)} seeds (sign-flip permutation test{drawn}, p = {p:.2g})"


def _p_value(differences: Sequence[float]) -> float:
    """Of the mean of paired differences, two-sided: how often it is as far from zero if the sign of
    each difference is left to chance.
    """
    import numpy as np
    from scipy.stats import permutation_test

    outcome = permutation_test(
        (np.array(differences),), np.mean, permutation_type="samples", vectorized=True,
        n_resamples=DRAWS, random_state=0,
    )  # fmt: skip
    return float(outcome.pvalue)
