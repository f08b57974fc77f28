"""Fits the constants of a job's QPU time to measured jobs, and tests them on jobs not fitted.

    python scripts/fit_job_time.py jobs.csv                      # one half to fit, one to test
    python scripts/fit_job_time.py jobs.csv --judge others.csv
    python scripts/fit_job_time.py jobs.csv --write conf/cost_model/my_machine.yaml

A CSV file is known by its header. One row is a job of many circuits, whose depth is a sum:

    two_qubit_gates,depth,qubits,shots,circuits,seconds
    seconds = job_overhead_s + circuit_overhead_s * circuits + execution_s * shots * circuits
              + layer_s * shots * depth

or a job of one circuit, whose own time is known:

    circuit,logical_qubits,shots,physical_instructions,ecr_gates,depth,circuit_s,seconds
    seconds = job_overhead_s + max(program_loading_s * ecr_gates,
                                   shots * (250 us + circuit_s))

Two-qubit gates are loaded while earlier ones run: the longer of the two is what takes time.
"""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hybhanas import atomic
from hybhanas.reporting.axes import name_times
from hybhanas.reporting.picture import figure, legend_below, styled
from scripts import job_time, page
from scripts.job_time import FITTED, IN_TURN, QUICK_FORMULA, DataError, Jobs, Score

SPLITS = 20
MANY = 500  # jobs, of which a picture is an image in PDF and SVG too
WRITTEN = {  # the form that the cost model has, and those of its constants that the data tell
    "many": (FITTED, ("job_overhead_s", "circuit_overhead_s", "execution_overhead_s")),
    "one": (FITTED, ("job_overhead_s", "program_loading_s")),
}
SOURCES = {  # of the data on the page, by layout
    "many": "Data: `manosgior/Qonductor-SC25`, `data/regression_dataset.npz`: 7,449 IBM jobs of "
    "2023, of which a fifth is used here.",
    "one": "Data: `mooselab/Quantum-Execution-Time-Prediction`, `data/osaka_time_taken.csv`: MQT "
    "Bench circuits on ibm_osaka; their gates and times are from our transpilation.",
}


@dataclass(frozen=True, slots=True)
class Report:
    """The results for a file of jobs.

    Args:
        jobs: all of the file.
        pairs: jobs to fit and jobs to judge: SPLITS times two halves of the file, or once the
            file and another one.
        scores: of `fitted` and `tested` jobs, of each formula, one for each pair.
        constants: of each formula that fits more than one, on all jobs of the file, each with the
            ends of its 90 % interval.
    """

    jobs: Jobs
    pairs: list[tuple[Jobs, Jobs]]
    scores: dict[str, dict[str, list[Score]]]
    constants: dict[str, dict[str, tuple[float, ...]]]

    def written(self) -> dict[str, tuple[float, ...]]:
        """The cost model's constants."""
        form, names = WRITTEN[self.jobs.layout]
        return {name: self.constants[form][name] for name in names}


def halves(jobs: Jobs, seed: int) -> tuple[Jobs, Jobs]:
    """Two random halves of the distinct feature rows; equal jobs are never in both.

    Raises:
        DataError: all rows are equal.
    """
    groups = jobs.groups()
    order = np.random.default_rng(seed).permutation(groups.max() + 1)
    if len(order) < 2:
        raise DataError(f"{jobs.source}: all jobs are equal, there are no halves")
    first = np.isin(groups, order[: len(order) // 2])
    return jobs.take(first), jobs.take(~first)


def report(path: Path, judge_path: Path | None = None) -> Report:
    """Fits the jobs of a file and judges the fit on another file, or on halves not fitted.

    Args:
        path: the jobs to fit.
        judge_path: the jobs to judge.
    """
    jobs = job_time.read(path)
    if jobs.layout not in WRITTEN:
        raise DataError(f"{path} has jobs of primitives: scripts/fit_primitive_jobs.py fits them")
    pairs = [(jobs, job_time.read(judge_path))] if judge_path else []
    if judge_path and pairs[0][1].layout != jobs.layout:
        raise DataError(f"{judge_path} has other columns than {path}")
    pairs = pairs or [halves(jobs, seed) for seed in range(1, SPLITS + 1)]
    pairs = [(fitted.take(fitted.reached()), judged) for fitted, judged in pairs]
    scores: dict[str, dict[str, list[Score]]] = {"fitted": {}, "tested": {}}
    constants: dict[str, dict[str, tuple[float, ...]]] = {}
    for name, form in job_time.forms(jobs.layout).items():
        fits = [job_time.fit(fitted, form) for fitted, _ in pairs]
        for side, of in enumerate(scores.values()):
            of[name] = [
                job_time.judge(form, fit, pair[side]) for pair, fit in zip(pairs, fits, strict=True)
            ]
        if len(form.free) > 1:
            values, ends = job_time.fit(jobs, form), job_time.intervals(jobs, form)
            found = constants[name] = {free: (values[free], *ends[free]) for free in form.free}
            if "execution_s" in found:
                over = (max(value - job_time.REP_DELAY_S, 0) for value in found["execution_s"])
                found["execution_overhead_s"] = tuple(over)
    return Report(jobs, pairs, scores, constants)


def markdown(result: Report) -> str:
    """What a report says, and its tables, as Markdown that reads well in a terminal."""
    jobs, judged = result.jobs, result.pairs[0][1]
    short = int((~jobs.reached()).sum())
    said = (
        f"{jobs.source}: {len(jobs.seconds)} jobs, {jobs.groups().max() + 1} of them distinct; "
        f"{short} took less than {1000 * job_time.SHORTEST_S:g} ms and are not fitted.\n"
    )
    if len(result.pairs) == 1:
        said += f"Tested on {judged.source}: {len(judged.seconds)} jobs."
    else:
        said += (
            f"{SPLITS} random splits into halves, mean ± standard deviation; the constants are "
            "fitted to all jobs."
        )
    scores = [
        ["jobs", "formula", "R2", "MAE (s)", "median error", "90th percentile", "within 20 %"]
    ]
    for side, of in result.scores.items():
        for name, every in of.items():
            cells = _cells(Score(*np.mean(every, axis=0)))
            if len(every) > 1:
                spread = _cells(Score(*np.std(every, axis=0)))
                cells = [f"{a} ± {b}" for a, b in zip(cells, spread, strict=True)]
            scores.append([side, name, *cells])
    constants = [["formula", "constant", "value", "90 % interval"]]
    for form, found in result.constants.items():
        for name, (value, low, high) in found.items():
            constants.append([form, name, f"{value:.3g}", f"{low:.3g} to {high:.3g}"])
    low, high = tested_band(result.pairs, job_time.forms(jobs.layout)[FITTED])
    held = (
        f"Of the tested jobs, 90 % take {low:.3g} to {high:.3g} times what the fitted model says."
    )
    return "\n\n".join([said, _table(scores), _table(constants), held]) + "\n"


def tested_band(pairs: Sequence[tuple[Jobs, Jobs]], form: job_time.Form) -> tuple[float, float]:
    """The interval of measured / predicted that holds 90 % of the judged jobs of all pairs."""
    measured, predicted = [], []
    for fitted, judged in pairs:
        reached = judged.take(judged.reached())
        measured.append(reached.seconds)
        predicted.append(job_time.predict(form, job_time.fit(fitted, form), reached))
    return job_time.band(np.concatenate(measured), np.concatenate(predicted))


def _cells(score: Score) -> list[str]:
    errors = (score.median_error, score.p90_error, score.within_20)
    return [f"{score.r2:.3f}", f"{score.mae_s:.2f}", *(f"{100 * of:.1f} %" for of in errors)]


def _table(lines: list[list[str]]) -> str:
    """Padded cells, header first; two columns of words, then numbers."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = ["-" * width if i < 2 else "-" * (width - 1) + ":" for i, width in enumerate(widths)]
    rows = []
    for line in (lines[0], rule, *lines[1:]):
        words = [cell.ljust(width) for cell, width in zip(line[:2], widths[:2], strict=True)]
        numbers = [cell.rjust(width) for cell, width in zip(line[2:], widths[2:], strict=True)]
        rows.append(f"| {' | '.join(words + numbers)} |")
    return "\n".join(rows)


def option(result: Report, name: str, command: str) -> str:
    """An option of the group `cost_model` with the fitted constants, to 3 digits, as YAML.

    Args:
        result: of `report`.
        name: of the option, the file's name without its suffix.
        command: that made it.
    """
    jobs, form = result.jobs, WRITTEN[result.jobs.layout][0]
    score = Score(*np.mean(result.scores["tested"][form], axis=0))
    lines = [
        f"# Constants of a job's QPU time, fitted to {int(jobs.reached().sum())} of the "
        f"{len(jobs.seconds)} rows of {jobs.source}.",
        f"#   {command}",
        f"# On jobs not fitted: R2 {score.r2:.3f}, median error {100 * score.median_error:.0f} %.",
        "defaults:",
        "  - qpu_time",
        f'name: "{name}"',
    ]
    for constant, (value, low, high) in result.written().items():
        lines.append(f"{constant}: {value:.3g}  # 90 % interval {low:.3g} to {high:.3g}")
    return "\n".join(lines) + "\n"


def numbers(fitted: Jobs, judged: Jobs) -> pd.DataFrame:
    """Of the picture: a row a formula and judged job."""
    compared = job_time.forms(judged.layout)
    parts = []
    for name in (QUICK_FORMULA, FITTED, IN_TURN):
        if name in compared:
            constants = job_time.fit(fitted, compared[name])
            predicted_s = job_time.predict(compared[name], constants, judged)
            columns = {"measured_s": judged.seconds, "predicted_s": predicted_s}
            parts.append(pd.DataFrame({"formula": name} | columns))
    return pd.concat(parts)


@styled
def picture(numbers: pd.DataFrame) -> Figure:
    """Predicted against measured times of the judged jobs, on log axes."""
    drawn = figure(7.0, 6.4)
    axes = drawn.subplots()
    for (name, of), mark in zip(numbers.groupby("formula", sort=False), "xos", strict=False):
        error = (of.predicted_s / of.measured_s - 1).abs().median()
        axes.plot(
            of.measured_s, of.predicted_s, mark, ms=5, mfc="none", alpha=0.6,
            label=f"{name}; median error {error:.0%}".replace("%", " %"), rasterized=len(of) > MANY,
        )  # fmt: skip
    seen = np.concatenate([numbers.measured_s, numbers.predicted_s])
    ends = np.array([seen.min() / 1.5, seen.max() * 1.5])
    axes.plot(ends, ends, color="black", lw=1, ls="-", zorder=1)
    axes.fill_between(ends, ends / 2, 2 * ends, color="black", alpha=0.08, lw=0, label="factor 2")
    axes.set(xscale="log", yscale="log", xlim=ends, ylim=ends)
    axes.set(xlabel="measured QPU time of a job", ylabel="predicted")
    for axis in (axes.xaxis, axes.yaxis):
        name_times(axis)
    axes.set_title(f"{len(of)} jobs that were not fitted")
    legend_below(drawn, 1)
    return drawn


def fill_page(result: Report, command: str) -> None:
    """Writes tables and picture to the page of validation."""
    layout = result.jobs.layout
    name = f"job_time_{layout}"
    shown = page.image(name, "Predicted and measured seconds")
    text = f"```bash\n{command}\n```\n\n{SOURCES[layout]}\n\n{markdown(result)}\n{shown}"
    page.publish(name, text, picture, numbers(*result.pairs[0]))


def _check_name(write: Path) -> None:
    if write.suffix != ".yaml" or not re.fullmatch(r"[A-Za-z][\w-]*", write.stem):
        raise DataError(f"--write {write}: a name of letters, digits and _ that ends in .yaml")
    if write.stem in ("effective_time", "hyb_hanas", "qpu_time"):
        raise DataError(f"--write {write}: {write.stem} is what the new option builds on")


def main(given: list[str] | None = None) -> int:
    """Prints the report, writes what was asked; 0, or 2 after an error."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("fit", type=Path, metavar="FIT.csv", help="jobs to fit")
    parser.add_argument("--judge", type=Path, metavar="JUDGE.csv", help="jobs to judge")
    parser.add_argument("--write", type=Path, metavar="FILE.yaml", help="an option of cost_model")
    parser.add_argument("--page", action="store_true", help="fill docs/validation.md")
    arguments = parser.parse_args(given)
    write, judged = arguments.write, arguments.judge
    asked = ["--judge", judged.name] if judged else []
    command = shlex.join(["python", "scripts/fit_job_time.py", arguments.fit.name, *asked])
    try:
        if write:
            _check_name(write)
        result = report(arguments.fit, judged)
        print(markdown(result), end="")
        if write:
            asked_too = f"{command} --write {write.name}"
            atomic.write_text(write, option(result, write.stem, asked_too))
            print(f"\nwrote {write}; in conf/cost_model/ it is cost_model={write.stem}")
        if arguments.page:
            fill_page(result, f"{command} --page")
    except (DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
