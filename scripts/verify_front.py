"""Networks for digits under the noise of two machines: accuracies, and survival against P.

    python scripts/verify_front.py            # a few minutes
    python scripts/verify_front.py --page     # into docs/verify.md

One small search finds a front; its first members, whose circuits differ, run in Aer under the noise
of each machine by the code of `task=verify`.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import hybhanas
from hybhanas.hydra_app.compose import composed
from hybhanas.tasks.verify import verify
from hybhanas.verify.outcome import Outcome
from scripts import page

PART = "verify"
PAGE = page.DOCS / "verify.md"
SEARCH = {"population": 12, "generations": 3}
QUBITS = [3, 4, 5]
NO_ENTANGLEMENT = "no entanglement"
HEAD = (
    "machine", "network", "qubits", "shots", "ideal %", "noisy %", "mitigated %",
    "flips, noisy / mitigated", "P", "P seen", "its error", "median error of P", "verdict",
)  # fmt: skip


def rows(
    folder: Path, machines: Sequence[str], members: int, samples: int
) -> Iterator[tuple[str, str, Outcome]]:
    """Machine, network and outcome of each member on each machine."""
    run = hybhanas.search(
        folder / "search",
        dataset="digits",
        backend=machines[0],
        search_space={"qubits": QUBITS},
        search=SEARCH,
        progress=False,
    )
    chosen = [m for m in run.front if m.checkpoint is not None][:members]
    hashes = [member.evaluation.architecture.hash for member in chosen]
    for machine in machines:
        config = composed(
            "task=verify",
            f"run={folder / 'search'}",
            f"member={hashes}".replace("'", "").replace(" ", ""),
            f"backend={machine}",
            f"verify.samples={samples}",
            "logger.mode=disabled",
        )
        for member, one in zip(chosen, verify(config, folder / machine), strict=True):
            yield machine, str(member.evaluation.architecture), one


def report(found: Sequence[tuple[str, str, Outcome]], samples: int) -> str:
    """Markdown."""
    lines = [f"| {' | '.join(HEAD)} |", "| --- | --- |" + " ---: |" * (len(HEAD) - 3) + " --- |"]
    for machine, network, one in found:
        error = "" if one.median_error is None else f"{100 * one.median_error:.1f} %"
        accuracies = [
            f"{100 * a.accuracy:.0f} ({100 * a.low:.0f} to {100 * a.high:.0f})"
            for a in (one.ideal, one.noisy, one.mitigated)
        ]
        values = (
            machine,
            network.replace("|", "/"),
            one.qubits,
            f"{one.shots:,}",
            *accuracies,
            f"{one.noisy.flips} / {one.mitigated.flips}",
            f"{_mean(one.predicted):.3f}",
            f"{_mean(one.seen):.3f}",
            f"{100 * median(e / s for e, s in _seen(one)):.1f} %",
            error,
            one.verdict,
        )
        lines.append(f"| {' | '.join(map(str, values))} |")
    entangled = [(network, one) for _, network, one in found if NO_ENTANGLEMENT not in network]
    return "\n".join(lines) + (
        f"\n\n{samples} test samples of digits, 95 % intervals; P is the mean over observables. "
        "*Its error* is the median standard error of P seen, by shots and samples. The median of "
        f"|P / seen - 1| is {_median_error([one for _, _, one in found])}, of networks with "
        f"entangling gates {_median_error([one for _, one in entangled])}."
    )


def _seen(one: Outcome) -> list[tuple[float, float]]:
    """The standard error and the survival of each observable of which something survives."""
    return [(e, s) for e, s in zip(one.seen_error, one.seen, strict=True) if s > 0]


def _median_error(outcomes: Sequence[Outcome]) -> str:
    errors = [
        abs(p / s - 1)
        for one in outcomes
        for p, s in zip(one.predicted, one.seen, strict=True)
        if s > 0
    ]
    if not errors:
        return "unknown, for there are none"
    return f"{100 * median(errors):.1f} % over {len(errors)} observables"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def main(given: Sequence[str]) -> None:
    """Prints the table, or writes it to the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--machines", nargs="+", default=["ibm_brisbane", "ibm_boston"])
    parser.add_argument("--members", type=int, default=5)
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--folder", type=Path, default=Path("outputs/verify_front"))
    parser.add_argument("--page", action="store_true", help=f"write it to {PAGE.name}")
    options = parser.parse_args(given)
    found = list(rows(options.folder, options.machines, options.members, options.samples))
    text = report(found, options.samples)
    if options.page:
        command = shlex.join(["python", "scripts/verify_front.py", *given])
        page.fill(PART, f"```\n{command}\n```\n\n{text}", PAGE)
    else:
        print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
