"""Every form of P against Aer: how much of the Z expectations of HQNNs survives a machine's noise.

    python scripts/validate_noise.py                     # a few circuits of each machine
    python scripts/validate_noise.py --full --page       # all of them: half an hour on two cores

The simulated attenuation is the slope of noisy against ideal expectation values over random weights
and inputs, from exact density matrices (see scripts/aer.py). Each observable is centred on its own
mean, since relaxation shifts each by a different amount, many times the signal that a deep circuit
leaves. Each machine has every number of qubits with every number of layers. Entanglement patterns
and entangling gates are cycled through, so that every size has several of them over all machines.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.stats import spearmanr

from hybhanas import atomic
from hybhanas.architecture import CHOICES, Architecture
from hybhanas.calibration import Calibration
from hybhanas.calibration.snapshot import Snapshot
from hybhanas.cost.model import FAULTS, IDLE_FORMS
from hybhanas.cost.noise import circuit_survival
from hybhanas.cost.pauli_paths import observable_survival
from hybhanas.reporting.axes import plain_numbers
from hybhanas.reporting.picture import figure, legend_below, styled
from scripts import page
from scripts.aer import NoisyCircuit

MACHINES = ("brisbane", "sherbrooke", "torino", "fez")  # two with ECR, two with CZ
DRAWS = 8
PRECISE, ROUGH = 0.05, 0.1
"""The relative standard errors of the simulated attenuation above which draws are doubled: up to
16 times as many, and from there up to 64 times as many.
"""
ENTANGLERS = ("cx", "cz", "cry")
HARD = ((7, 2, "ring"), (6, 3, "full"), (5, 5, "ring"))
SEED = 1


def cases(number: int, qubits: range, layers: range) -> Iterator[Architecture]:
    """The architectures of machine `number`."""
    entanglements = tuple(CHOICES["entanglement"])
    for n in qubits:
        for depth in layers:
            turn = n + depth + 2 * number
            yield Architecture(
                qubits=n,
                depth=depth,
                entanglement=entanglements[turn % len(entanglements)],
                entangler=ENTANGLERS[(n + 2 * depth + number) % len(ENTANGLERS)],
            )
    for n, depth, entanglement in HARD:
        if n in qubits and depth in layers:
            yield Architecture(qubits=n, depth=depth, entanglement=entanglement)


def measured(
    machines: list[str], qubits: range, layers: range, draws: int, workers: int
) -> tuple[list[dict[str, object]], int]:
    """One row per circuit and kind of idle noise: attenuation, every form of P; and how many
    circuits were left out since routing took too many qubits. Workers share the circuits.
    """
    asked = [
        (machine, architecture, draws)
        for number, machine in enumerate(machines)
        for architecture in dict.fromkeys(a.canonical() for a in cases(number, qubits, layers))
    ]
    rows: list[dict[str, object]] = []
    left_out = 0
    started = time.perf_counter()
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for number, found in enumerate(pool.map(rows_of, *zip(*asked, strict=True)), 1):
            rows += found
            left_out += not found
            seconds = time.perf_counter() - started
            print(f"{number} of {len(asked)} circuits, {seconds:.0f} s", flush=True)
    return rows, left_out


@cache
def _calibration(machine: str) -> Calibration:
    return Calibration.load(Snapshot(snapshot=machine))


def rows_of(machine: str, architecture: Architecture, draws: int) -> list[dict[str, object]]:
    """The rows of one circuit, without and with idle noise; none if it takes too many qubits."""
    calibration = _calibration(machine)
    try:
        noisy = NoisyCircuit(calibration, architecture, SEED)
    except ValueError:
        return []
    rows = []
    for idle in (False, True):
        seen, error = shrinkage(noisy, idle, draws)
        row: dict[str, object] = {
            "machine": machine,
            "qubits": architecture.qubits,
            "layers": architecture.depth,
            "entanglement": architecture.entanglement,
            "entangler": architecture.entangler,
            "idle": idle,
            "seen": seen,
            "seen_error": error,
        }
        for form in IDLE_FORMS:
            if (form == "off") == (not idle):
                sampled = observable_survival(
                    noisy.circuit, calibration, noisy.timed, form, noisy.observables, SEED
                )
                whole = circuit_survival(noisy.circuit, calibration, noisy.timed, form)
                row[f"observable {form}"] = float(np.exp(sampled.log_p))
                row[f"whole_circuit {form}"] = float(np.exp(whole.log_p))
        rows.append(row)
    return rows


def shrinkage(noisy: NoisyCircuit, idle: bool, draws: int) -> tuple[float, float]:
    """The simulated attenuation of a circuit and its standard error, over `draws` or, where that
    is not enough, more.
    """
    rng = np.random.default_rng(SEED)
    ideal, read = _values(noisy, idle, draws, rng)
    seen, error = slope(ideal, read)
    for enough, most in ((PRECISE, 16 * draws), (ROUGH, 64 * draws)):
        while error > enough * abs(seen) and 2 * len(ideal) <= most:
            more = _values(noisy, idle, len(ideal), rng)
            ideal, read = (np.concatenate(pair) for pair in zip((ideal, read), more, strict=True))
            seen, error = slope(ideal, read)
    return seen, error


def _values(
    noisy: NoisyCircuit, idle: bool, draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    ideal, disturbed = noisy.probabilities(idle, draws, rng)
    return ideal @ noisy.signs, disturbed @ noisy.signs * noisy.readout


def slope(ideal: np.ndarray, noisy: np.ndarray) -> tuple[float, float]:
    """The slope of noisy on ideal values, each observable about its own mean, and its standard
    error between draws: the observables of one draw are not independent, and some lose more than
    others.

    Args:
        ideal: of at least 2 draws, [draws, observables].
        noisy: of the same shape.
    """
    x, y = ideal - ideal.mean(axis=0), noisy - noisy.mean(axis=0)
    spread = np.sum(x**2)
    found = np.sum(x * y) / spread
    of_draws = np.sum(x * (y - found * x), axis=1)
    error = np.sqrt(np.sum(of_draws**2) * len(x) / (len(x) - 1)) / spread
    return float(found), float(error)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """How far each form is from the simulation, without and with idle noise."""
    lines = []
    for idle in (False, True):
        for faults in reversed(FAULTS):
            for form in IDLE_FORMS:
                name = f"{faults} {form}"
                if (form == "off") == idle:
                    continue
                part = table[table.idle == idle]
                ratio = part[name] / part.seen
                lines.append(
                    {
                        "idle noise": "in" if idle else "out",
                        "faults": faults,
                        "idle": form,
                        "circuits": len(part),
                        "median error": f"{100 * (ratio - 1).abs().median():.1f} %",
                        "90th percentile": f"{100 * (ratio - 1).abs().quantile(0.9):.1f} %",
                        "median P / simulated": f"{ratio.median():.3f}",
                        "worst factor": f"{np.maximum(ratio, 1 / ratio).max():.2f}",
                        "Spearman": f"{spearmanr(part[name], part.seen).statistic:.3f}",
                    }
                )
    return pd.DataFrame(lines)


def bias(table: pd.DataFrame, name: str, by: str) -> pd.DataFrame:
    """The median of P / seen by layers or qubits."""
    ratio = table[name] / table.seen
    grouped = ratio.groupby([table.machine, table[by]]).median().unstack(0)
    grouped.insert(0, "all", ratio.groupby(table[by]).median())
    return grouped.map(lambda value: f"{value:.3f}").reset_index()


def worst(table: pd.DataFrame, name: str, count: int = 6) -> pd.DataFrame:
    """The circuits that P misses most."""
    ratio = table[name] / table.seen
    order = np.log(ratio).abs().sort_values(ascending=False).index[:count]
    shown = table.loc[order, ["machine", "qubits", "layers", "entanglement", "entangler"]].copy()
    shown["simulated"] = [
        f"{row.seen:.3f} ± {row.seen_error:.3f}" for row in table.loc[order].itertuples()
    ]
    shown["P"] = table.loc[order, name].map("{:.3f}".format)
    shown["factor"] = np.maximum(ratio, 1 / ratio).loc[order].map("{:.2f}".format)
    return shown


@styled
def picture(table: pd.DataFrame) -> Figure:
    """P over the simulated attenuation, of both forms, without and with idle noise; bars are its
    standard errors.
    """
    drawn = figure(5.2)
    both = drawn.subplots(1, 2, sharey=True)
    for axes, idle in zip(both, (False, True), strict=True):
        part = table[table.idle == idle]
        form = "relaxation" if idle else "off"
        for faults, colour, mark in (("whole_circuit", "C1", "x"), ("observable", "C0", "o")):
            ratio = part[f"{faults} {form}"] / part.seen
            axes.errorbar(
                part.seen, ratio, ratio * part.seen_error / part.seen, fmt=mark, color=colour,
                ms=6, mfc="none", elinewidth=0.8, label=faults,
            )  # fmt: skip
        axes.axhline(1, color="black", lw=1, ls="-", zorder=1)
        axes.set(yscale="log", xlabel="simulated attenuation (1: no noise)")
        axes.set_title(f"idle noise {'in' if idle else 'out'}, {len(part)} circuits")
        axes.set_xlim(0, 1.02)
    both[0].set_ylabel("P / simulated attenuation")
    plain_numbers(both[0].yaxis)
    legend_below(drawn, 2, both[0])
    return drawn


def text(table: pd.DataFrame, left_out: int, draws: int, command: str) -> str:
    """All tables, as the page has them."""
    parts = [f"```bash\n{command}\n```", page.markdown(summary(table))]
    parts.append(
        f"{len(table) // 2} circuits, {draws} draws of weights and inputs each; up to "
        f"{16 * draws} where the standard error of the simulation exceeds {PRECISE:.0%}, and up to "
        f"{64 * draws} where it exceeds {ROUGH:.0%}. Another "
        f"{left_out} were left out, since routing took more than 8 qubits, too many for a density "
        "matrix."
    )
    for idle, form in ((False, "off"), (True, "relaxation")):
        part, noise = table[table.idle == idle], "in" if idle else "out"
        name = f"observable {form}"
        for by in ("layers", "qubits"):
            parts.append(f"Median of P / simulated by {by}, `{name}`, idle noise {noise}:")
            parts.append(page.markdown(bias(part, name, by)))
        parts.append(f"The largest deviations of `{name}`, idle noise {noise}:")
        parts.append(page.markdown(worst(part, name)))
    return "\n\n".join(parts)


def main() -> None:
    """Measures, prints the tables, and keeps the rows in outputs/validate_noise.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--machines", nargs="+", default=list(MACHINES))
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="default: every core")
    parser.add_argument("--full", action="store_true", help="2 to 8 qubits, 1 to 6 layers")
    parser.add_argument("--page", action="store_true", help="write docs/validation.md")
    arguments = parser.parse_args()
    if arguments.draws < 2:
        parser.error("--draws: at least 2, since a slope needs them")
    started = time.perf_counter()
    sizes = (range(2, 9), range(1, 7)) if arguments.full else (range(3, 6), range(1, 3))
    rows, left_out = measured(arguments.machines, *sizes, arguments.draws, arguments.workers)
    table = pd.DataFrame(rows)
    command = "python scripts/validate_noise.py" + " --full --page" * arguments.full
    said = text(table, left_out, arguments.draws, command)
    print(said)
    kept = Path("outputs") / "validate_noise.json"
    atomic.write_text(kept, json.dumps(rows, indent=1))
    if arguments.page:
        shown = f"{said}\n\n{page.image('noise', 'P over the simulated attenuation')}"
        page.publish("noise", shown, picture, table)
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
