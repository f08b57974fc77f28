"""Searches of the same data set, objectives and cost model: what may be compared, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hybhanas.intervals import interval_of
from hybhanas.nas.objectives import Objectives, common
from hybhanas.nas.quantities import QUANTITIES
from hybhanas.reporting.comparing import again, in_words, label_of_set, repeated, sets
from hybhanas.reporting.page.columns import value_of
from hybhanas.reporting.page.compared_run import ComparedRun
from hybhanas.reporting.page.verdicts import Group, Measure, verdicts


@dataclass(frozen=True, slots=True)
class Comparable:
    """Runs whose accuracies and hypervolumes compare.

    Args:
        label: the settings that tell them from the other runs of the page; empty where it has none.
        runs: by their places on the page.
    """

    label: str
    runs: Mapping[int, ComparedRun]

    @property
    def objectives(self) -> Objectives:
        """Theirs, with the smallest box that contains the box of each."""
        return common([run.objectives for run in self.runs.values()])

    @property
    def groups(self) -> list[Group]:
        """The finished runs, those together that differ by their seeds alone."""
        return [Group(label, runs) for label, runs in repeated(self.runs).items()]

    def measures(self) -> list[Measure]:
        """Hypervolume, and the accuracies of the best member."""
        box = self.objectives
        volumes = {at: box.hypervolume(run.evaluations) for at, run in self.runs.items()}
        best = {at: m for at, run in self.runs.items() if (m := run.selected("best"))}
        return [
            Measure(label="hypervolume", larger=True, values=volumes, shown="{:.4f}".format,
                    intervals={}, interval=""),
            _accuracy("validation accuracy of the best",  # which this split chose: no interval
                      {at: (m.final_validation_accuracy, None) for at, m in best.items()}),
            _accuracy("test accuracy of the best",
                      {at: (m.test_accuracy, m.test_samples) for at, m in best.items()}),
        ]  # fmt: skip

    def content(self, measures: Sequence[Measure]) -> dict[str, Any]:
        """What is better, the box of the hypervolumes, medians over seeds where there are any."""
        groups, box = self.groups, self.objectives.box
        is_repeated = any(len(group.runs) > 1 for group in groups)
        lines = verdicts(groups, measures) if groups else ["none of these runs has finished"]
        return {
            "label": self.label,
            "box": ", ".join(f"{k} {ideal:g} to {worst:g}" for k, (ideal, worst) in box.items()),
            "lines": lines + again(self.runs),
            "medians": [
                {
                    "label": group.label or self.label,
                    "seeds": in_words([*group.runs]),
                    "values": {m.label: group.middle(m) for m in measures},
                }
                for group in groups
                if is_repeated
            ],
        }

    def attained(self) -> list[dict[str, Any]]:
        """Of each group with several seeds the accuracies that the fronts of one, half and all of
        its seeds attain within a QPU time, as corners of stairs.
        """
        return [
            {"label": group.label or self.label or "all seeds", **curve}
            for group in self.groups
            if len(group.runs) > 1
            if (curve := _attained([self.runs[place] for place in group.runs.values()]))
        ]


def comparable(runs: Sequence[ComparedRun]) -> list[Comparable]:
    """The runs by what must agree for them to compare, in their order."""
    return [
        Comparable(label_of_set(places, runs), {place: runs[place] for place in places})
        for places in sets([run.same for run in runs])
    ]


def _accuracy(label: str, seen: Mapping[int, tuple[float | None, int | None]]) -> Measure:
    known = {at: one for at, one in seen.items() if one[0] is not None}
    intervals = {at: i for at, one in known.items() if (i := interval_of(*one)) is not None}
    values = {at: accuracy for at, (accuracy, _) in known.items() if accuracy is not None}
    return Measure(label=label, larger=True, values=values, shown=lambda x: f"{100 * x:.1f} %",
                   intervals=intervals, interval="95 % intervals")  # fmt: skip


def _attained(runs: Sequence[ComparedRun]) -> dict[str, Any] | None:
    """Empirical attainment (Grunert da Fonseca et al. 2001), by moocore; None if a run has none."""
    fronts = []
    for run in runs:
        points = [
            (value_of(QUANTITIES["qpu_s"], m.evaluation), m.final_validation_accuracy)
            for m in run.shown
        ]
        fronts.append([(s, 1 - a) for s, a in points if s is not None and a is not None])
    if not all(fronts):
        return None
    import moocore

    number = len(fronts)
    origin = np.repeat(np.arange(number), [len(front) for front in fronts])
    shares = {"one": 100 / number, "half": 50.0, "all": 100.0}
    curves = {}
    for word, share in shares.items():
        found = moocore.eaf(np.concatenate(fronts), origin, percentiles=[share])
        found = found[np.lexsort((-found[:, 1], found[:, 0]))]
        curves[word] = {"qpu_s": found[:, 0].tolist(), "accuracy": (1 - found[:, 1]).tolist()}
    return {"seeds": number, **curves}
