"""Classical against quantum share along fronts, and whether the two halves adapt to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hybhanas.bench import TOTALS, Benchmark
from hybhanas.circuit import lay_out
from hybhanas.cost.model import CostModel, Device
from scripts import page
from scripts.study_parts.costing import machine
from scripts.study_parts.finding import Finding, verdict
from scripts.study_parts.numbers import DRAWS, SEED, Estimate, front, spread, tau

BACKENDS = ("ibm_brisbane", "ibm_boston", "ionq_forte")
LARGE = 0.1
"""The share of time from which, by the rule of the finding, classical layers matter to a search."""


@dataclass(frozen=True, slots=True)
class Halves:
    """The front of error, time and parameters on one machine.

    Args:
        backend: the machine.
        total: which time.
        members: of the front.
        classical: the classical share of a member's time: median, least and most.
        computing: the part of it that the classical layers take, without the round trips of jobs.
        parameters: the classical share of a member's trainable parameters, likewise.
        coupling: Kendall's tau of classical parameters and time along the front.
        by_chance: 95 % of it if errors are dealt out to the architectures at random.
    """

    backend: str
    total: str
    members: int
    classical: Estimate
    computing: Estimate
    parameters: Estimate
    coupling: float
    by_chance: tuple[float, float]

    @property
    def coupled(self) -> bool:
        """Whether classical size and time go together otherwise than by chance."""
        return not self.by_chance[0] <= self.coupling <= self.by_chance[1]


def coupling(
    error: np.ndarray,
    log10_s: np.ndarray,
    parameters: np.ndarray,
    classical: np.ndarray,
    draws: int = DRAWS,
) -> tuple[float, tuple[float, float]]:
    """`Halves.coupling` and `Halves.by_chance`; all arrays are [architectures].

    A front has trade-offs whatever the errors are: with few parameters a member may take long. So
    the same is computed of fronts whose errors say nothing.
    """

    def along(errors: np.ndarray) -> float:
        rows = front(errors, log10_s, parameters)
        return tau(classical[rows], log10_s[rows])

    rng = np.random.default_rng(SEED)
    low, high = np.nanpercentile([along(rng.permutation(error)) for _ in range(draws)], [2.5, 97.5])
    return along(error), (float(low), float(high))


def halves(table: Benchmark, backend: str, total: str, draws: int = DRAWS) -> Halves:
    """What is classical of the front of a table on a machine; its members are costed again, for the
    parts of their time.
    """
    points = table.points(backend, total)
    fits = np.isfinite(points).all(axis=1)
    error, log10_s, parameters = points[fits].T
    architectures = [a for a, fit in zip(table, fits, strict=True) if fit]
    classical = parameters - np.array([lay_out(a).weights for a in architectures])
    rows = front(error, log10_s, parameters)
    members = [architectures[i] for i in rows]
    at, model = machine(backend), CostModel.preset(total)
    whole, alone = (
        np.array([(r.time.total_s, r.time.quantum_s) for r in at.costs(members, model, on) if r]).T
        for on in (Device.preset("a100"), Device.preset("a100", round_trip_s=0.0))
    )
    found, by_chance = coupling(error, log10_s, parameters, classical, draws)
    return Halves(
        backend, total, len(rows),
        spread(list(1 - whole[1] / whole[0])), spread(list((alone[0] - alone[1]) / whole[0])),
        spread(list(classical[rows] / parameters[rows])), found, by_chance,
    )  # fmt: skip


def report(found: Sequence[Halves]) -> str:
    """A table of Markdown, a row a front."""
    rows = [
        {
            "machine": one.backend,
            "time": one.total,
            "members": one.members,
            "classical share of time": one.classical.text(".2%"),
            "of it classical layers": one.computing.text(".4%"),
            "classical share of parameters": one.parameters.text(".0%"),
            "tau": f"{one.coupling:.2f}",
            "tau by chance": f"{one.by_chance[0]:.2f} to {one.by_chance[1]:.2f}",
        }
        for one in found
    ]
    return page.markdown(pd.DataFrame(rows))


def findings(found: Sequence[Halves]) -> list[Finding]:
    """Whether the halves adapt to each other."""
    times = [one.classical.value for one in found]
    coupled = sum(one.coupled for one in found)
    most = max(one.computing.high for one in found)
    return [
        Finding(
            "along fronts the classical and the quantum half adapt to each other",
            verdict([most > LARGE, coupled > len(found) / 2]),
            f"the classical share of time is {min(times):.2%} to {max(times):.2%} in the medians, "
            f"but without round trips of jobs at most {most:.2%} of any member's; classical size "
            "and time go together otherwise than by chance on "
            f"{coupled} of {len(found)} fronts",
        )
    ]


def all_halves(table: Benchmark, backends: Sequence[str], draws: int = DRAWS) -> list[Halves]:
    """Of every machine under both totals."""
    return [halves(table, backend, total, draws) for backend in backends for total in TOTALS]
