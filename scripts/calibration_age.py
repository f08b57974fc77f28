"""How far off P is as a calibration ages, from snapshots of the same machines at several dates.

    pip download --no-deps --dest wheels qiskit-ibm-runtime==0.20.0   # 0.21.0, 0.24.0, 0.35.0, ...
    python scripts/calibration_age.py wheels/*.whl --page

Older releases of qiskit-ibm-runtime ship other snapshots of machines that the installed one has
too. HQNN circuits are laid out on, and costed by, each snapshot of a machine, as a user does who
comes back later. What noise leaves at the later date is P of the earlier one to a power: 1 where
nothing changed, 2 where twice as much is lost (in logarithms).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from qiskit_ibm_runtime.fake_provider.fake_backend import FakeBackendV2

from hybhanas.architecture import CHOICES, Architecture
from hybhanas.calibration import Calibration, repaired
from hybhanas.calibration.snapshot import backends, read
from hybhanas.circuit import lay_out
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.errors import CandidateError, ConfigError
from scripts import page

PART = "calibration_age"
INSIDE = "qiskit_ibm_runtime/fake_provider/backends/"
SIZES = tuple((qubits, depth) for qubits in range(2, 9) for depth in (1, 2, 4))
AGES = ((0, 60), (60, 500), (500, 1500))
"""The bins of ages in days, from and below."""


class Pair(NamedTuple):
    """A machine at two dates: what a circuit keeps later, as a power of what it kept before."""

    machine: str
    days: float
    powers: np.ndarray


def archived(wheel: Path, folder: Path) -> Iterator[tuple[str, Any]]:
    """The snapshots of a release by the machine's name, unpacked into a folder."""
    with zipfile.ZipFile(wheel) as files:
        names = [name for name in files.namelist() if name.startswith(INSIDE)]
        files.extractall(folder, [name for name in names if name.endswith(".json")])
    for path in sorted((folder / INSIDE).glob("*/props_*.json")):
        machine = path.parent.name
        conf = path.with_name(path.name.replace("props_", "conf_"))
        if conf.is_file():
            given = {
                "dirname": str(path.parent),
                "conf_filename": conf.name,
                "props_filename": path.name,
                "defs_filename": None,
                "backend_name": f"fake_{machine}",
            }
            yield machine, type("Archived", (FakeBackendV2,), given)


def calibrations(wheels: Sequence[Path]) -> dict[str, list[Calibration]]:
    """Of each machine with snapshots of several dates, these by date."""
    found: dict[str, dict[str, Calibration]] = {}

    def add(machine: str, backend: Any) -> None:
        known = found.setdefault(machine, {})
        date = json.loads(_properties(backend))["last_update_date"][:10]
        if date not in known:
            with suppress(ConfigError):  # nothing of it is usable
                known[date] = repaired(read(backend()), "exclude", 250e-6, 1e-6)

    shipped = backends()
    with tempfile.TemporaryDirectory() as folder:
        for number, wheel in enumerate(wheels):
            for machine, backend in archived(wheel, Path(folder) / str(number)):
                if machine in shipped:
                    add(machine, backend)
        for machine in list(found):
            add(machine, shipped[machine])
    return {
        machine: [known[date] for date in sorted(known)]
        for machine, known in sorted(found.items())
        if len(known) > 1
    }


def _properties(backend: Any) -> str:
    return (Path(backend.dirname) / backend.props_filename).read_text()


def architectures(most: int) -> list[Architecture]:
    """HQNNs of up to `most` qubits, with every entanglement pattern in turn."""
    patterns = tuple(CHOICES["entanglement"])
    return [
        Architecture(qubits=qubits, depth=depth, entanglement=patterns[turn % len(patterns)])
        for turn, (qubits, depth) in enumerate(SIZES)
        if qubits <= most
    ]


def log_survivals(calibration: Calibration, chosen: Sequence[Architecture]) -> np.ndarray:
    """Log P of each architecture, NaN where it does not fit, of shape (architectures,)."""
    device = Device(name="none", peak_flops_per_s=1e12, power_w=1.0)
    work = Workload(samples=1, epochs=1, batch_size=1)
    estimator = CostEstimator(calibration, CostModel(), device, work, 1.0)
    found = np.full(len(chosen), np.nan)
    for index, one in enumerate(chosen):
        with suppress(CandidateError):
            found[index] = estimator(lay_out(one.canonical())).noise.log10_p_survival
    return found


def pairs(machines: dict[str, list[Calibration]]) -> Iterator[Pair]:
    """Every machine at every two of its dates."""
    for machine, dated in machines.items():
        chosen = architectures(min(len(one.qubits) for one in dated))
        known = [log_survivals(one, chosen) for one in dated]
        for i, j in combinations(range(len(dated)), 2):
            days = (dated[j].date - dated[i].date).total_seconds() / 86400
            powers = known[j] / known[i]
            print(machine, round(days), np.round(powers, 2), file=sys.stderr, flush=True)
            yield Pair(machine, days, powers[np.isfinite(powers)])


def markdown(found: Sequence[Pair]) -> str:
    """A row for each bin of ages."""
    rows = []
    for low, high in AGES:
        of_bin = [one for one in found if low <= one.days < high]
        if of_bin:
            powers = np.concatenate([one.powers for one in of_bin])
            days = [one.days for one in of_bin]
            low_end, middle, high_end = np.quantile(powers, (0.05, 0.5, 0.95))
            rows.append(
                [
                    f"{min(days):.0f} to {max(days):.0f}", f"{np.median(days):.0f}",
                    ", ".join(sorted({one.machine for one in of_bin})), len(powers),
                    f"{middle:.2f}", f"{low_end:.2f} to {high_end:.2f}",
                ]
            )  # fmt: skip
    columns = ["days", "median", "machines", "circuits", "median power", "90 % of powers"]
    return page.markdown(pd.DataFrame(rows, columns=columns))


def main(given: list[str] | None = None) -> int:
    """Prints the table; 0."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wheels", type=Path, nargs="+", help="of older qiskit-ibm-runtime")
    parser.add_argument("--page", action="store_true", help="fill docs/validation.md")
    arguments = parser.parse_args(given)
    said = markdown(list(pairs(calibrations(arguments.wheels))))
    print(said)
    if arguments.page:
        command = "python scripts/calibration_age.py wheels/*.whl --page"
        page.fill(PART, f"```bash\n{command}\n```\n\n{said}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
