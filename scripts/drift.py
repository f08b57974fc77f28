"""The cost of a finished run under other calibrations, and how its front changes.

    python scripts/drift.py outputs/search/...                              # every shipped snapshot
    python scripts/drift.py outputs/search/... --snapshots brisbane kyiv fez

Nothing is trained. Cost model, device, power and workload are those of the run; only the
calibration changes. No machine has two snapshots, so another date is also another machine.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from hybhanas.calibration import Calibration, snapshot
from hybhanas.calibration.snapshot import Snapshot
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import CostModel, Device
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import EVALUATED
from hybhanas.nas.recost import Comparison, compare, recosted
from hybhanas.nas.run_folder import RunFolder
from hybhanas.reporting.axes import name_dots
from hybhanas.reporting.picture import figure, legend_below, styled
from hybhanas.settings import from_plain
from hybhanas.tasks.finished import FinishedRun, read_run
from hybhanas.tasks.setup import cache_folder
from scripts import page

PART = "drift"


class SkippedError(Exception):
    """A snapshot on which nothing of the run is costed. Its text is the reason."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The run on one snapshot.

    `gates` are the machine's on two qubits; `own` tells the calibration that the run itself had;
    `failed` counts its evaluations that do not fit this machine.
    """

    snapshot: str
    date: datetime
    gates: str
    own: bool
    failed: int
    outcome: Comparison


def moved(run: FinishedRun, name: str) -> Moved:
    """Costs the run on one snapshot.

    Raises:
        SkippedError: it has too few qubits or no two-qubit gate, it lacks a value, or nothing of
            the run fits.
    """
    old = [e for e in run.evaluations if e.status == EVALUATED]
    widest = max((e.architecture.qubits for e in old), default=0)
    try:
        calibration = Calibration.load(Snapshot(snapshot=name))
    except ConfigError as error:
        reason = re.sub(r"^backend \S+ ", "", str(error))
        raise SkippedError(re.split("[:;] ", reason)[0]) from None
    if len(calibration.qubits) < widest:
        raise SkippedError(f"fewer than {widest} usable qubits")
    if not calibration.two_qubit_gates:
        raise SkippedError("has no two-qubit gate")
    # Not of config.yaml: only there is a device that the run measured itself without its figures.
    settings = RunFolder(run.folder).read_settings()
    estimator = CostEstimator(
        calibration,
        from_plain(settings["cost_model"], CostModel),
        Device(**settings["device"]),
        run.workload,
        settings["machine_power_w"],
        cache_folder(run.config),
    )
    new = recosted(old, estimator)
    failed = [e for e in new if e.status != EVALUATED]
    if len(failed) == len(new):
        raise SkippedError(failed[0].reason if failed else "the run has no evaluation")
    own = old[0].cost is not None and old[0].cost.provenance.calibration_hash == calibration.hash
    gates = " and ".join(sorted(calibration.two_qubit_gates))
    outcome = compare(old, new, run.objectives)
    return Moved(name, calibration.date, gates, own, len(failed), outcome)


def report(run: FinishedRun, rows: Sequence[Moved], skipped: Mapping[str, str]) -> str:
    """The Markdown of what became of the run; `skipped` are other snapshots and why."""
    others = [row for row in rows if not (row.own or row.failed)]
    taus = [row.outcome.kendall_tau for row in others]
    overlaps = [row.outcome.overlap for row in others]
    source = next(e.cost for e in run.evaluations if e.cost).provenance
    lines = [
        f"{len(run.evaluations)} evaluations on {source.calibration} of "
        f"{source.calibration_date[:10]}, {len(run.objectives.front(run.evaluations))} of them on "
        f"the front of {', '.join(run.objectives.names)}. Cost under other snapshots: median "
        "ratio of the new total time to that of the run, Kendall's tau between the two, and the "
        "number of members of the front that stayed, left and joined.",
        "",
    ]
    if others:
        lines += [
            f"On the {len(others)} other snapshots that have enough qubits for every evaluation, "
            f"tau is {min(taus):.3f} to {max(taus):.3f} (median {np.median(taus):.3f}), and the "
            f"two fronts share {min(overlaps):.0%} to {max(overlaps):.0%} of their members (median "
            f"{np.median(overlaps):.0%}).",
            "",
        ]
    lines += [
        "| snapshot | date | ratio of times | tau | stayed | left | joined | failed |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        it = row.outcome
        lines.append(
            f"| {row.snapshot}{', the run itself' * row.own} | {row.date:%Y-%m-%d} | "
            f"{it.median_ratio:.3g} | {it.kendall_tau:.3f} | {len(it.stayed)} | {len(it.left)} | "
            f"{len(it.joined)} | {row.failed} |"
        )
    if skipped:
        lines += ["", "| not costed | snapshots |", "| --- | --- |"]
    for reason in dict.fromkeys(skipped.values()):
        names = [name for name, why in skipped.items() if why == reason]
        lines.append(f"| {reason} | {', '.join(names)} |")
    return "\n".join(lines)


def numbers(rows: Sequence[Moved]) -> pd.DataFrame:
    """Of the picture: a row a snapshot."""
    return pd.DataFrame(
        [
            {
                "snapshot": row.snapshot,
                "date": f"{row.date:%Y-%m-%d}",
                "gates": row.gates,
                "tau": row.outcome.kendall_tau,
                "overlap": row.outcome.overlap,
                "own": row.own,
                "failed": row.failed,
            }
            for row in rows
        ]
    )


@styled
def picture(snapshots: pd.DataFrame) -> Figure:
    """Kendall's tau and the share of the front that stays against the date."""
    drawn = figure(7.5)
    panels = drawn.subplots(2, 1, sharex=True)
    dates = pd.to_datetime(snapshots.date)
    names = snapshots.snapshot + np.where(snapshots.own, ", the run itself", "")
    names += np.where(snapshots.failed > 0, ", not all fit", "")
    for axes, label, field in (
        (panels[0], "Kendall's tau of total times", "tau"),
        (panels[1], "share of both fronts\nthat they have in common", "overlap"),
    ):
        for (gates, of), mark in zip(snapshots.groupby("gates"), "osD^v<>Xp", strict=False):
            axes.scatter(dates[of.index], of[field], s=55, marker=mark, label=gates)
        axes.margins(x=0.12, y=0.18)
        axes.set_ylabel(label)
        axes.set_yticks([tick for tick in axes.get_yticks() if tick <= 1])  # the most of either
    panels[1].set_xlabel("date of the calibration")
    legend_below(drawn, 5, panels[0], title="two-qubit gates")
    for axes, field in zip(panels, ("tau", "overlap"), strict=True):
        shown = snapshots.own | (snapshots.failed > 0)
        shown[snapshots[field].idxmin()] = True
        at = zip(date2num(dates[shown]), snapshots[field][shown], strict=True)
        name_dots(axes, dict(zip(names[shown], at, strict=True)))
    return drawn


def main(given: list[str] | None = None) -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", help="the folder of a finished search")
    names = snapshot.available()
    parser.add_argument("--snapshots", nargs="+", choices=names, default=names, metavar="NAME")
    parser.add_argument("--page", action="store_true", help="write into docs/ as well")
    given = sys.argv[1:] if given is None else given
    arguments = parser.parse_args(given)
    rows: list[Moved] = []
    skipped: dict[str, str] = {}
    try:
        run = read_run(arguments.run)
    except ConfigError as error:
        parser.error(str(error))
    for name in arguments.snapshots:
        try:
            rows.append(moved(run, name))
        except SkippedError as error:
            skipped[name] = str(error)
    if not rows:
        parser.error("; ".join(f"{name}: {why}" for name, why in skipped.items()))
    rows.sort(key=lambda row: row.date)
    text = page.section(PART, "drift", given, report(run, rows, skipped), "Tau, fronts")
    print(text)
    if arguments.page:
        page.publish(PART, text, picture, numbers(rows))


if __name__ == "__main__":
    main()
