"""Do FLOPs, parameters and gates mislead? Fronts found by each, judged in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from hybhanas.bench import TOTALS, Benchmark
from hybhanas.circuit import Circuit, lay_out
from hybhanas.cost.executions import gradient_circuits
from hybhanas.cost.model import CostModel
from hybhanas.qiskit_view import to_qiskit
from scripts import page
from scripts.study_parts.finding import Finding, verdict
from scripts.study_parts.numbers import Estimate, excess, front, kept, spread, tau

CLASSICAL, SIMULATED = "FLOPs of the classical layers", "FLOPs with simulation"
GATES, PAIRS = "gates", "two-qubit gates"
CIRCUITS = "circuits of a gradient"
LONGER, HALF, CLOSE = 1.1, 0.5, 0.9
"""What the rules of findings go by: how many times as long as needed counts as misled, how much of
a front must be found or kept, and the tau from which an order is the same.
"""


@cache
def _circuits(circuit: Circuit) -> int:
    """That a training step runs for a sample."""
    model = CostModel(input_gradients=circuit.trains_inputs)
    return 1 + gradient_circuits(to_qiskit(circuit), circuit.observables, model)[0]


def proxies(table: Benchmark) -> dict[str, np.ndarray]:
    """Stand-ins for the time that need no machine, of each architecture [architectures]."""
    laid_out = [lay_out(architecture) for architecture in table]
    return {
        CLASSICAL: table.proxies["classical_flops"],
        SIMULATED: table.proxies["flops"],
        "parameters": table.parameters,
        GATES: np.array([len(one.gates) for one in laid_out]),
        PAIRS: np.array([sum(len(g.wires) > 1 for g in one.gates) for one in laid_out]),
        CIRCUITS: np.array([_circuits(one) for one in laid_out]),
    }


@dataclass(frozen=True, slots=True)
class Misled:
    """What became of fronts of error and a proxy: over all backends and seeds of a table.

    Args:
        members: of a front.
        dominated: the share of them that something dominates in error and time.
        ratio: how many times as long as the fastest that is at least as accurate a member takes, in
            the median.
        found: the share of the front of error and time that is among them.
        tau: of proxy and time over all architectures, over the backends.
    """

    members: Estimate
    dominated: Estimate
    ratio: Estimate
    found: Estimate
    tau: Estimate


def misled(table: Benchmark, proxy: np.ndarray, total: str) -> Misled:
    """How a proxy fares under one total; errors are those of one seed of training at a time."""
    cases, taus = [], []
    for backend in table.backends:
        log10_s = table.log10_total_s(backend, total)
        fits = np.isfinite(log10_s)
        taus.append(tau(proxy, log10_s))
        for place in range(len(table.seeds)):
            error = np.where(fits, 1 - table.accuracy[:, place, -1], np.nan)
            members = front(error, proxy)
            over = excess(members, error, log10_s)
            found = kept(front(error, log10_s), members)
            ratio = float(10 ** np.median(over))
            cases.append((len(members), float(np.mean(over > 0)), ratio, found))
    columns = zip(*cases, strict=True)
    return Misled(*(spread(column) for column in columns), spread(taus))


def all_misled(table: Benchmark) -> dict[tuple[str, str], Misled]:
    """By proxy and total; the last proxy is chance, a fixed random number of each architecture."""
    chance = np.random.default_rng(1).random(len(table))
    known = proxies(table) | {"chance": chance}
    return {(name, t): misled(table, p, t) for name, p in known.items() for t in TOTALS}


def report(name: str, table: Benchmark, found: Mapping[tuple[str, str], Misled]) -> str:
    """A table of Markdown, a row a proxy."""
    rows = [
        {
            "front by error and": proxy,
            "time": total,
            "members": one.members.text(".0f"),
            "dominated": one.dominated.text(".0%"),
            "times as long": one.ratio.text(".2f"),
            "time front found": one.found.text(".0%"),
            "tau": one.tau.text(".2f"),
        }
        for (proxy, total), one in found.items()
    ]
    return (
        f"`{name}`: {len(table):,} architectures, {len(table.seeds)} seeds of "
        f"{table.epochs} epochs, "
        f"{len(table.backends)} backends.\n\n{page.markdown(pd.DataFrame(rows))}"
    )


def findings(found: Mapping[tuple[str, str], Misled]) -> list[Finding]:
    """What the largest table says."""

    def of(proxy: str) -> str:
        cells = [found[proxy, total] for total in TOTALS]
        ratios = " and ".join(f"{one.ratio.value:.2f}" for one in cells)
        shares = " and ".join(f"{one.found.value:.0%}" for one in cells)
        return f"{proxy}: {ratios} times as long, {shares} of the time front found"

    def held(*names: str) -> list[bool]:
        cells = [found[name, total] for name in names for total in TOTALS]
        return [one.ratio.value > LONGER for one in cells] + [
            one.found.value < HALF for one in cells
        ]

    order = [found[CIRCUITS, total].tau.value for total in TOTALS]
    return [
        Finding(
            "FLOPs overlook what decides the cost of an HQNN",
            verdict(held(CLASSICAL, SIMULATED)),
            f"{of(CLASSICAL)}; {of(SIMULATED)} (medians, QPU time and effective time)",
        ),
        Finding(
            "gate counts overlook it as well",
            verdict(held(GATES, PAIRS)),
            f"{of(GATES)}; {of(PAIRS)}",
        ),
        Finding(
            "the order of architectures by time takes a machine's calibration",
            verdict([value < CLOSE for value in order]),
            f"the number of circuits of a gradient, which needs none, orders them with tau "
            f"{order[0]:.2f} (QPU time) and {order[1]:.2f} (effective time)",
        ),
    ]
