"""What the order of architectures and their front depend on: one assumption changed at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hybhanas.architecture import Architecture
from hybhanas.bench import TOTALS, Benchmark
from hybhanas.calibration import Calibration
from hybhanas.cost.model import CostModel, Device
from hybhanas.cost.options import RuntimeOptions
from scripts import page
from scripts.study_parts.costing import log10_total_s, machine
from scripts.study_parts.finding import Finding, verdict
from scripts.study_parts.mislead import CLOSE, HALF
from scripts.study_parts.numbers import DRAWS, Estimate, bootstrap, excess, front, kept, tau

BASE = "ibm_brisbane"
QPU, EFFECTIVE = TOTALS
GRADIENT, MACHINE, DATE, SEEDS = "gradient rule", "machine", "date", "training seed"
SETTINGS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("transpiler seed", "transpiler_seed=2", {"transpiler_seed": 2}),
    (GRADIENT, "gradient=spsa", {"gradient": "spsa"}),
    ("noise", "sampling_exponent=1", {"sampling_exponent": 1}),
    ("noise", "sampling_exponent=0", {"sampling_exponent": 0}),
    ("noise", "faults=whole_circuit", {"faults": "whole_circuit"}),
)
DELAYS_S = (50e-6, 1e-3, 4e-3)
DATED = ("brisbane", "sherbrooke", "torino", "fez")
"""Machines of conf/backend, of which older releases of qiskit-ibm-runtime have other snapshots."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Architectures of a table, and what training gave of them.

    Args:
        architectures: drawn from the table.
        errors: of validation after the last epoch [architectures, seeds].
        parameters: trainable ones [architectures].
        log10_s: by machine and total, from the table [architectures].
    """

    architectures: Sequence[Architecture]
    errors: np.ndarray
    parameters: np.ndarray
    log10_s: Mapping[tuple[str, str], np.ndarray]

    @property
    def error(self) -> np.ndarray:
        """The mean over seeds."""
        mean: np.ndarray = self.errors.mean(axis=1)
        return mean


def drawn(table: Benchmark, count: int, seed: int = 1) -> Sample:
    """So many architectures of a table at random, or all, if it has no more."""
    count = min(count, len(table))
    rows = np.sort(np.random.default_rng(seed).choice(len(table), count, replace=False))
    return Sample(
        [table.architectures[i] for i in rows],
        1 - table.accuracy[rows, :, -1],
        table.parameters[rows],
        {(b, t): table.log10_total_s(b, t)[rows] for b in table.backends for t in TOTALS},
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What one changed assumption did.

    Args:
        kind: of the assumption.
        changed: to what.
        total: which time.
        tau: of the times before and after.
        kept: the share of the old front of error and time that is on the new one.
        kept_of_three: likewise of the fronts of error, time and parameters.
        ratio: how many times as long as the fastest that is at least as accurate a member of the
            old front takes after the change, in the median.
    """

    kind: str
    changed: str
    total: str
    tau: Estimate
    kept: Estimate
    kept_of_three: Estimate
    ratio: float


Point = tuple[np.ndarray, np.ndarray]
"""Error and logarithm of time [architectures]."""


def change(
    names: tuple[str, str, str], old: Point, new: Point, parameters: np.ndarray, draws: int
) -> Change:
    """Compares orders and fronts, with intervals by bootstrap over architectures. Where times stay,
    tau is that of the errors.
    """
    same = old[1] is new[1]
    (before, after) = (old[0], new[0]) if same else (old[1], new[1])

    def keeps(*others: np.ndarray) -> Estimate:
        def of(rows: np.ndarray) -> float:
            a, b = (front(*(x[rows] for x in (*one, *others))) for one in (old, new))
            return kept(rows[a], rows[b])

        return bootstrap(of, len(parameters), draws)

    return Change(
        *names,
        bootstrap(lambda rows: tau(before[rows], after[rows]), len(parameters), draws),
        keeps(),
        keeps(parameters),
        float(10 ** np.nanmedian(excess(front(*old), *new))),
    )


def changes(
    sample: Sample, dated: Mapping[str, Sequence[Calibration]], draws: int = DRAWS
) -> Iterator[Change]:
    """Every assumption changed, from the default settings on BASE.

    Args:
        sample: the architectures.
        dated: calibrations of the same machine by date, oldest first.
        draws: of each bootstrap.
    """
    error, parameters, base = sample.error, sample.parameters, machine(BASE)

    def costs(model: CostModel, device: Device | None = None) -> np.ndarray:
        return log10_total_s(base.costs(sample.architectures, model, device))

    def compared(kind: str, changed: str, total: str, old: np.ndarray, new: np.ndarray) -> Change:
        return change((kind, changed, total), (error, old), (error, new), parameters, draws)

    before = {total: costs(CostModel.preset(total)) for total in TOTALS}
    for total in TOTALS:
        for seed in range(1, sample.errors.shape[1]):
            first, other = sample.errors[:, 0], sample.errors[:, seed]
            names = (SEEDS, f"seed {seed + 1} for seed 1", total)
            times = before[total]
            yield change(names, (first, times), (other, times), parameters, draws)
        for kind, changed, setting in SETTINGS:
            new = costs(CostModel.preset(total, **setting))
            yield compared(kind, changed, total, before[total], new)
        new = costs(CostModel.preset(total), Device.preset("epyc_7763"))
        yield compared("classical device", "device=epyc_7763", total, before[total], new)
        for backend in dict.fromkeys(b for b, _ in sample.log10_s if b != BASE):
            new = sample.log10_s[backend, total]
            yield compared(MACHINE, backend, total, before[total], new)
    for delay_s in DELAYS_S:
        model = CostModel.preset(QPU, options=RuntimeOptions(rep_delay_s=delay_s))
        changed = f"rep_delay_s={delay_s:g}"
        yield compared("repetition delay", changed, QPU, before[QPU], costs(model))
    yield compared("total", EFFECTIVE, QPU, before[QPU], before[EFFECTIVE])
    form = costs(CostModel.preset("hyb_hanas"))
    yield compared("total", "hyb_hanas", EFFECTIVE, before[EFFECTIVE], form)
    for name, calibrations in dated.items():
        old, new = calibrations[0], calibrations[-1]
        days = (new.date - old.date).days
        for total in TOTALS:
            # jobs of one generation, so that nothing but the calibration differs
            model = CostModel.preset(total, generation="ibm_2023")
            pair = [
                log10_total_s(base.at(one).costs(sample.architectures, model)) for one in (old, new)
            ]
            yield compared(DATE, f"{name}, {days} days later", total, *pair)


def report(found: Sequence[Change]) -> str:
    """A table of Markdown, a row a change."""
    rows = [
        {
            "assumption": one.kind,
            "changed to": one.changed,
            "time": one.total,
            "tau": one.tau.text(".2f"),
            "front kept": one.kept.text(".0%"),
            "with parameters": one.kept_of_three.text(".0%"),
            "times as long": f"{one.ratio:.2f}",
        }
        for one in found
    ]
    return page.markdown(pd.DataFrame(rows))


def findings(found: Sequence[Change]) -> list[Finding]:
    """What the changes say of calibrations, gradients and seeds."""

    def median(kind: str, of: str, total: str = QPU) -> float:
        values = [getattr(one, of).value for one in found if (one.kind, one.total) == (kind, total)]
        return float(np.median(values))

    def said(kind: str, total: str = QPU) -> str:
        return f"tau {median(kind, 'tau', total):.2f}, {median(kind, 'kept', total):.0%} kept"

    made = [
        Finding(
            "the gradient rule changes the order of architectures more than the machine does",
            verdict([median(GRADIENT, "tau", t) < median(MACHINE, "tau", t) for t in TOTALS]),
            f"QPU time: spsa {said(GRADIENT)}, another machine in the median {said(MACHINE)}; "
            f"effective time: {said(GRADIENT, EFFECTIVE)}, and {said(MACHINE, EFFECTIVE)}",
        ),
        Finding(
            "another machine changes a front more than another seed of training does",
            verdict([median(MACHINE, "kept", t) < median(SEEDS, "kept", t) for t in TOTALS]),
            "kept, QPU time and effective time: another machine "
            + " and ".join(f"{median(MACHINE, 'kept', total):.0%}" for total in TOTALS)
            + ", another seed "
            + " and ".join(f"{median(SEEDS, 'kept', total):.0%}" for total in TOTALS),
        ),
    ]
    if any(one.kind == DATE for one in found):
        changed = [
            held
            for total in TOTALS
            for held in (median(DATE, "tau", total) < CLOSE, median(DATE, "kept", total) < HALF)
        ]
        made.append(
            Finding(
                "which architectures are on the front depends on the date of the calibration",
                verdict(changed),
                f"another date of the same machine, in the median: {said(DATE)} (QPU time); "
                f"{said(DATE, EFFECTIVE)} (effective time)",
            )
        )
    return made
