"""Circuit time against Qiskit's own estimate, on every snapshot that qiskit-ibm-runtime ships.

    python scripts/validate_circuit_time.py                                 # about a minute
    python scripts/validate_circuit_time.py --machines torino kyiv --circuits 5

Circuits of several families and widths are transpiled for each machine as a search does it.
Qiskit's `estimate_duration` is called twice: with the target of the repaired calibration, and with
the shipped one. Durations that a repair changed, and failures of Qiskit, are listed separately.
"""

from __future__ import annotations

import argparse
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.random import random_circuit
from qiskit.exceptions import QiskitError
from qiskit.synthesis import synth_qft_full
from qiskit.transpiler import TranspilerError

from hybhanas.architecture import CHOICES, Architecture
from hybhanas.calibration import Calibration, snapshot
from hybhanas.calibration.snapshot import Snapshot
from hybhanas.circuit import lay_out
from hybhanas.cost.compilers import compiler_for
from hybhanas.cost.model import CostModel
from hybhanas.cost.physical import from_qiskit
from hybhanas.cost.schedule import schedule
from hybhanas.cost.target import build_target
from hybhanas.errors import ConfigError
from hybhanas.qiskit_view import to_qiskit
from hybhanas.reporting.units import duration
from scripts import page

PART = "circuit_time"
PROMISED = 1e-9  # the largest relative difference where no repair was made
WIDEST = 20  # qubits
LAYERS = 2  # of QAOA and of HQNNs; a random circuit is as deep as it is wide
FALLBACK_READOUT_S = 1e-6  # assumed of machines that name none: both sides then have it
FAMILIES = ("GHZ", "QFT", "random", "QAOA", *(f"HQNN {name}" for name in CHOICES["entanglement"]))
GROUPS = ("no repair", "repaired, durations as shipped", "durations changed")


@dataclass(frozen=True, slots=True)
class Compared:
    """The time of one circuit on one machine in seconds: ours, and Qiskit's for both targets.

    `group` is one of GROUPS. `shipped_s` is None where Qiskit does not answer, for the reason
    `why`; all three are where the circuit cannot be transpiled, and of a machine
    without any there is one row whose group is empty.
    """

    machine: str
    group: str
    ours_s: float | None = None
    repaired_s: float | None = None
    shipped_s: float | None = None
    why: str = ""


def circuits(count: int, widest: int) -> Iterator[QuantumCircuit]:
    """Measured circuits: the families in turn, from two qubits to the widest; none twice."""
    widths = np.linspace(min(2, widest), widest, count).round().astype(int)
    kinds = [(FAMILIES[i % len(FAMILIES)], int(width)) for i, width in enumerate(widths)]
    for family, n in dict.fromkeys(kinds):
        circuit = QuantumCircuit(n)
        if family.startswith("HQNN"):
            kind = family.removeprefix("HQNN ")
            architecture = Architecture(qubits=n, depth=LAYERS, entanglement=kind, entangler="crx")
            circuit = to_qiskit(lay_out(architecture), measure=False)
        elif family == "QFT":
            circuit = synth_qft_full(n)
        elif family == "random":
            circuit = random_circuit(n, depth=n, max_operands=min(2, n), seed=n)
        elif family == "GHZ":
            circuit.h(0)
            for i in range(n - 1):
                circuit.cx(i, i + 1)
        else:  # MaxCut of a ring
            circuit.h(range(n))
            for layer in range(LAYERS):
                for i in range(n if n > 2 else n - 1):
                    circuit.rzz(0.3 + layer, i, (i + 1) % n)
                circuit.rx(0.7 + layer, range(n))
        circuit.measure_all()
        yield circuit


def compare(machine: str, count: int) -> Iterator[Compared]:
    """Compares so many circuits on one machine."""
    model = CostModel()
    try:
        source = Snapshot(snapshot=machine, fallback_readout_s=FALLBACK_READOUT_S)
        calibration = Calibration.load(source)
    except ConfigError as error:
        yield Compared(machine, "", why=_reason(error))
        return
    with warnings.catch_warnings(action="ignore"):  # loading has said it
        backend = snapshot.backends()[machine]()
    shipped = snapshot.read(backend).instructions
    after = calibration.instructions
    changed = any(shipped[at].duration_s != gate.duration_s for at, gate in after.items())
    group = GROUPS[2 if changed else 1 if calibration.repairs else 0]
    target, physical = build_target(calibration)
    compiled = compiler_for(model.compiler, target, model.optimization_level, model.transpiler_seed)
    for circuit in circuits(count, min(WIDEST, len(physical))):
        try:
            transpiled = compiled(circuit)
        except TranspilerError as error:
            yield Compared(machine, group, why=_reason(error))
            continue
        on_machine = QuantumCircuit(backend.num_qubits, transpiled.num_clbits)
        for step in transpiled.data:
            qubits = [physical[transpiled.find_bit(q).index] for q in step.qubits]
            clbits = [transpiled.find_bit(c).index for c in step.clbits]
            on_machine.append(step.operation, qubits, clbits)
        times_s = [
            schedule(from_qiskit(transpiled, physical), calibration).duration_s,
            transpiled.estimate_duration(target, unit="s"),
        ]
        try:
            times_s.append(on_machine.estimate_duration(backend.target, unit="s"))
            yield Compared(machine, group, *times_s)
        except QiskitError as error:
            yield Compared(machine, group, *times_s, why=_reason(error))


def _reason(error: Exception) -> str:
    """What an error says, without the places that differ from circuit to circuit."""
    text = str(getattr(error, "message", error))
    text = re.sub(r" on (qubits: )?\[.*?\]|^backend \S+ ", "", text)
    return re.split(r"[:.] ", text)[0]


def report(rows: Sequence[Compared]) -> str:
    """The Markdown of all comparisons, at least one."""
    timed = [row for row in rows if row.ours_s]
    times_s = [row.ours_s for row in timed]
    lines = [
        f"{len(timed)} circuits on {len(_by_machine(timed))} of {len(_by_machine(rows))} snapshots,"
        f" {duration(min(times_s))} to {duration(max(times_s))} long: {', '.join(FAMILIES)}, as "
        f"wide as the machine allows, at most {WIDEST} qubits. Without repairs, the relative "
        f"difference may be at most {PROMISED:g}. Machines without a readout time are assigned "
        f"{duration(FALLBACK_READOUT_S)}.",
        "",
        "| target of Qiskit's estimate | machines | circuits | largest relative difference |"
        " ours / Qiskit's |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    asked = [("of the repaired calibration", timed, "repaired_s")]
    for group in GROUPS:
        answered = [row for row in timed if row.group == group and row.shipped_s]
        asked.append((f"as shipped, {group}", answered, "shipped_s"))
    for name, compared, theirs in asked:
        ratio = np.array([row.ours_s / getattr(row, theirs) for row in compared])
        worst = f"{np.abs(ratio - 1).max():.2g} | {np.median(ratio):.4g}" if compared else "|"
        lines.append(f"| {name} | {len(_by_machine(compared))} | {len(compared)} | {worst} |")
    sets = {group: [row for row in timed if row.group == group] for group in GROUPS}
    for row in rows:
        if row.why:
            kind = "shipped target, no estimate: " if row.ours_s else "transpilation failed: "
            sets.setdefault(f"{kind}{row.why}" if row.group else row.why, []).append(row)
    most = max(_by_machine(rows).values())
    lines += ["", "| | machines | which (number of circuits, if not all) |"]
    lines += ["| --- | ---: | --- |"]
    for name, of in sets.items():
        known = _by_machine(of).items()
        listed = [f"{m} ({n})" if of[0].group and n < most else m for m, n in known]
        lines.append(f"| {name} | {len(listed)} | {', '.join(listed)} |")
    return "\n".join(lines)


def _by_machine(rows: Sequence[Compared]) -> Counter[str]:
    return Counter(row.machine for row in rows)


def main(given: list[str] | None = None) -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = snapshot.available()
    parser.add_argument("--machines", nargs="+", choices=names, default=names, metavar="NAME")
    parser.add_argument("--circuits", type=int, default=20, metavar="N", help="for each machine")
    parser.add_argument("--page", action="store_true", help="write into docs/ as well")
    given = sys.argv[1:] if given is None else given
    arguments = parser.parse_args(given)
    rows = [row for name in arguments.machines for row in compare(name, arguments.circuits)]
    if not any(row.shipped_s for row in rows):
        parser.error("; ".join(sorted({f"{row.machine}: {row.why}" for row in rows})))
    text = page.section(PART, "validate_circuit_time", given, report(rows))
    print(text)
    if arguments.page:
        page.fill(PART, text)


if __name__ == "__main__":
    main()
