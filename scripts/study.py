"""The study behind docs/study.md: do FLOPs mislead, what decides time, how firm is a front?

    python scripts/study.py --reduced                    # a minute: prints the conclusions
    python scripts/study.py --wheels wheels/*.whl --page # writes docs/study.md and its pictures

Accuracies are those of the shipped tables of docs/benchmark; nothing is trained. The other dates of
calibrations are in older releases of qiskit-ibm-runtime:

    pip download --no-deps --dest wheels qiskit-ibm-runtime==0.20.0   # 0.24.0, 0.35.0
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hybhanas import atomic, bench
from hybhanas.bench import Benchmark
from hybhanas.calibration import Calibration
from hybhanas.reporting.picture import save
from scripts import page, proxies
from scripts.calibration_age import calibrations
from scripts.study_parts import genes, halves, mislead, pictures, sensitivity, shares
from scripts.study_parts.finding import Finding
from scripts.study_parts.text import text

TABLES = page.DOCS / "benchmark"
LARGE, SMALL = "digits_medium", ("digits_small", "iris_small")
PAGE = page.DOCS / "study.md"


@dataclass(frozen=True, slots=True)
class Size:
    """How much of the study is computed.

    Args:
        architectures: drawn for shares, and for sensitivities.
        topologies: machines whose shares are computed.
        backends: machines whose fronts are taken apart.
        draws: of bootstraps and permutations.
        importances: tables whose genes are ranked.
    """

    architectures: int
    topologies: tuple[str, ...]
    backends: tuple[str, ...]
    draws: int
    importances: tuple[str, ...]


FULL = Size(200, tuple(shares.TOPOLOGIES), halves.BACKENDS, 200, (LARGE, *SMALL))
REDUCED = Size(40, ("ibm_brisbane", "ibm_fez"), ("ibm_brisbane",), 50, SMALL)


@dataclass(frozen=True, slots=True)
class Study:
    """What was found: a section of Markdown by name, and what it says of claims."""

    sections: Mapping[str, str]
    findings: Sequence[Finding]
    changes: Sequence[sensitivity.Change]

    def conclusions(self) -> str:
        """A table of Markdown, a row a claim."""
        rows = ["| claim | our numbers | namely |", "| --- | --- | --- |"]
        rows += [f"| {one.claim} | {one.verdict} | {one.numbers} |" for one in self.findings]
        return "\n".join(rows)


def study(size: Size, dated: Mapping[str, Sequence[Calibration]]) -> Study:
    """Computes every part.

    Args:
        size: how much of it.
        dated: calibrations of the same machine by date; none: that part is left out.
    """
    tables: dict[str, Benchmark] = {
        name: bench.load(TABLES / f"{name}.parquet") for name in (LARGE, *SMALL)
    }
    misled = {name: mislead.all_misled(table) for name, table in tables.items()}
    _said("fronts by stand-ins")
    circuits = proxies.drawn(size.architectures, seed=1)
    shared = shares.shares(circuits, size.topologies)
    _said("shares")
    halved = halves.all_halves(tables[LARGE], size.backends, size.draws)
    _said("halves")
    sample = sensitivity.drawn(tables[LARGE], size.architectures)
    changes = list(sensitivity.changes(sample, dated, size.draws))
    _said("sensitivities")
    sections = {
        "mislead": "\n\n".join(mislead.report(n, tables[n], found) for n, found in misled.items()),
        "shares": shares.report(circuits, shared),
        "halves": halves.report(halved),
        "sensitivity": sensitivity.report(changes),
        "importance": "\n\n".join(genes.report(n, tables[n]) for n in size.importances),
    }
    findings = [
        *mislead.findings(misled[LARGE]), *shares.findings(shared), *halves.findings(halved),
        *sensitivity.findings(changes),
    ]  # fmt: skip
    return Study(sections, findings, changes)


def _said(part: str) -> None:
    print(f"{part}: done", file=sys.stderr, flush=True)


def main(given: Sequence[str] | None = None) -> Study:
    """Prints the study, its conclusions first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reduced", action="store_true", help="fewer architectures and machines")
    parser.add_argument("--wheels", type=Path, nargs="+", default=[], metavar="WHEEL")
    parser.add_argument("--page", action="store_true", help="write docs/study.md")
    arguments = parser.parse_args(given)
    if arguments.page and (arguments.reduced or not arguments.wheels):
        parser.error("--page takes the whole study: --wheels, and not --reduced")
    found = calibrations(arguments.wheels) if arguments.wheels else {}
    dated = {name: found[name] for name in sensitivity.DATED if name in found}
    size = REDUCED if arguments.reduced else FULL
    done = study(size, dated)
    print("\n\n".join((done.conclusions(), *done.sections.values())))
    if arguments.page:
        page.draw("study_sensitivity", pictures.changes, pictures.numbers(done.changes))
        table = bench.load(TABLES / f"{LARGE}.parquet")
        save(pictures.fronts(table), page.picture_file("study"))
        atomic.write_text(PAGE, text(done.conclusions(), done.sections, size.architectures))
    return done


if __name__ == "__main__":
    main()
