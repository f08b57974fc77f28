"""How much of the time is routing and noise: by machine, qubits, depth and entanglement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hybhanas.architecture import Architecture
from hybhanas.bench import TOTALS
from hybhanas.cost.model import CostModel
from hybhanas.cost.report import CostReport
from scripts import page
from scripts.study_parts.costing import machine
from scripts.study_parts.finding import Finding, verdict
from scripts.study_parts.numbers import median

TOPOLOGIES = {
    "ibm_brisbane": "heavy hexagons, ECR",
    "ibm_fez": "heavy hexagons, CZ",
    "ibm_nighthawk": "square lattice",
    "google_willow": "square lattice",
    "ionq_forte": "all pairs coupled",
}
GROUPED = "ibm_brisbane"
"""The machine whose shares are broken down by what circuits are like."""

PARTS = ("routing", "noise")
LARGE = 0.1
"""The share of time from which the rule of the finding counts a part as one that decides."""

GROUPS: dict[str, Callable[[Architecture], str]] = {
    "qubits": lambda a: "2 and 3" if a.qubits < 4 else "4 to 6" if a.qubits < 7 else "7 and 8",
    "layers": lambda a: str(a.depth),
    "entanglement": lambda a: a.entanglement,
}


@dataclass(frozen=True, slots=True)
class Shares:
    """Of one machine and total: fractions of the total time [architectures], by part."""

    backend: str
    total: str
    of: dict[str, np.ndarray]


def share(part: str, report: CostReport | None) -> float:
    """The fraction of the total time that is due to routing or noise; NaN without a report."""
    if report is None:
        return float("nan")
    return float(getattr(report.parts, f"{part}_s") / report.time.total_s)


def shares(architectures: Sequence[Architecture], backends: Sequence[str]) -> list[Shares]:
    """Of every machine under both totals."""
    found = []
    for backend in backends:
        for total in TOTALS:
            reports = machine(backend).costs(architectures, CostModel.preset(total))
            of = {part: np.array([share(part, r) for r in reports]) for part in PARTS}
            found.append(Shares(backend, total, of))
    return found


def report(architectures: Sequence[Architecture], found: Sequence[Shares]) -> str:
    """Two tables of Markdown: by machine, and by what circuits are like on one."""
    rows = []
    for one in found:
        row = {
            "machine": one.backend,
            "couplings": TOPOLOGIES[one.backend],
            "time": one.total,
        }
        for part, values in one.of.items():
            row[f"{part}, median"] = median(values[np.isfinite(values)]).text(".1%")
            row[f"{part}, 90th percentile"] = f"{np.nanpercentile(values, 90):.1%}"
        rows.append(row)
    grouped = []
    for name, key in GROUPS.items():
        keys = np.array([key(architecture) for architecture in architectures])
        for value in dict.fromkeys(sorted(keys)):
            row = {"circuits": f"{name}: {value}", "number": str((keys == value).sum())}
            for one in found:
                if one.backend == GROUPED:
                    for part, values in one.of.items():
                        own = values[(keys == value) & np.isfinite(values)]
                        row[f"{part}, {one.total}"] = median(own).text(".1%")
            grouped.append(row)
    return (
        f"{page.markdown(pd.DataFrame(rows))}\n\nOn {GROUPED}, medians:\n\n"
        f"{page.markdown(pd.DataFrame(grouped))}"
    )


def findings(found: Sequence[Shares]) -> list[Finding]:
    """Whether routing and noise decide the time on the machines of heavy hexagons."""
    claims = []
    for part in PARTS:
        said, held = [], []
        for total in TOTALS:
            of = [
                np.nanpercentile(one.of[part], [50, 90])
                for one in found
                if one.total == total and TOPOLOGIES[one.backend].startswith("heavy")
            ]
            middle, high = np.max(of, axis=0)
            held += [middle > LARGE, high > LARGE]
            said.append(f"{middle:.1%} of the {total.replace('_', ' ')} ({high:.1%})")
        name = "routing" if part == "routing" else "sampling under noise"
        claims.append(
            Finding(
                f"{name} is among what determines the cost",
                verdict(held),
                f"on heavy hexagons at most {' and '.join(said)} in the median (90th percentile)",
            )
        )
    return claims
