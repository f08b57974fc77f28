"""The Calibration record: durations, errors, T1, T2 and readout of one machine at one moment."""

from __future__ import annotations

import hashlib
import json
import math
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from hybhanas.calibration.fields import (
    MalformedError,
    items,
    member,
    moment,
    number,
    places,
    text,
    whole,
)

SNAPSHOT = "snapshot shipped with qiskit-ibm-runtime"
LIVE = "QiskitRuntimeService"
PROPERTIES = "IBM backend properties"
IBM_SOURCES = frozenset({SNAPSHOT, LIVE, PROPERTIES})
"""The values of `Calibration.source` that are IBM's own figures of its superconducting machines."""


@dataclass(frozen=True, slots=True)
class Qubit:
    """One physical qubit. A missing value is None, never 0.

    `t1_s`, `t2_s` and `readout_s` are seconds; `readout_error` is the chance to read the wrong
    bit. `label` is the machine's own number of the qubit. An excluded qubit keeps its place but
    takes part in nothing.
    """

    label: int
    t1_s: float | None
    t2_s: float | None
    readout_error: float | None
    readout_s: float | None
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class GateProperties:
    """One gate on given qubits: duration in seconds and error (1 - average gate fidelity)."""

    duration_s: float | None
    error: float | None


@dataclass(frozen=True, slots=True)
class Repair:
    """A kind of bad value that was repaired: what was wrong, what was done, where.

    `count` is how many places; `examples` names the first few.
    """

    problem: str
    action: str
    count: int
    examples: str

    def __str__(self) -> str:
        return f"{self.problem}: {self.count} x {self.action} ({self.examples})"


@dataclass(frozen=True)
class Calibration:
    """A backend's topology, gates, qubits and limits.

    `gates[name][qubits]` holds the properties of a gate on an ordered tuple of qubit indices; the
    two-qubit entries are the coupling map. `rep_delay_s` is the pause between two shots.

    Example, two qubits that one CZ couples:

        Calibration(
            name="pair", source="by hand", date=datetime(2026, 1, 1, tzinfo=UTC),
            qubits=(Qubit(0, 1e-4, 1e-4, 0.01, 1e-6), Qubit(1, 1e-4, 1e-4, 0.01, 1e-6)),
            gates={"cz": {(0, 1): GateProperties(7e-8, 0.003)}, ...},
            rep_delay_s=2.5e-4, max_circuits_per_job=300,
        )
    """

    name: str
    source: str
    date: datetime
    qubits: tuple[Qubit, ...]
    gates: Mapping[str, Mapping[tuple[int, ...], GateProperties]]
    rep_delay_s: float | None
    max_circuits_per_job: int
    repairs: tuple[Repair, ...] = ()

    @property
    def usable_qubits(self) -> tuple[int, ...]:
        """The indices of the qubits that are not excluded."""
        return tuple(i for i, qubit in enumerate(self.qubits) if not qubit.excluded)

    @property
    def two_qubit_gates(self) -> tuple[str, ...]:
        """The names of the basis gates on two qubits."""
        return tuple(name for name, at in self.gates.items() if any(len(q) == 2 for q in at))

    def age_days(self, now: datetime) -> float:
        """Days from the calibration to `now` (both with a time zone)."""
        return (now - self.date).total_seconds() / 86400

    def to_dict(self) -> dict[str, Any]:
        """All values in plain JSON types, in a canonical order; one that is not finite is null.

        What was repaired is not among them: a saved calibration is repaired when it is read.
        """
        return {
            "name": self.name,
            "source": self.source,
            "date": self.date.isoformat(),
            "rep_delay_s": _plain(self.rep_delay_s),
            "max_circuits_per_job": self.max_circuits_per_job,
            "qubits": [
                [q.label, *map(_plain, (q.t1_s, q.t2_s, q.readout_error, q.readout_s)), q.excluded]
                for q in self.qubits
            ],
            "gates": {
                name: [
                    [list(qubits), _plain(at[qubits].duration_s), _plain(at[qubits].error)]
                    for qubits in sorted(at)
                ]
                for name, at in sorted(self.gates.items())
            },
        }

    @classmethod
    def from_dict(cls, data: Any) -> Calibration:
        """The inverse of `to_dict`, checked.

        Raises:
            MalformedError: `data` is not what `to_dict` gives; the text says where.
        """
        here = "the calibration"
        rows = items(member(data, "qubits", here), "qubits")
        qubits = tuple(_qubit(row, f"qubits[{i}]") for i, row in enumerate(rows))
        gates = member(data, "gates", here)
        if not isinstance(gates, dict):
            raise MalformedError("gates is not an object")
        return cls(
            name=text(member(data, "name", here), "name"),
            source=text(member(data, "source", here), "source"),
            date=moment(member(data, "date", here), "date"),
            qubits=qubits,
            gates={
                text(name, "a gate's name"): _gate(at, f"gates.{name}", len(qubits))
                for name, at in gates.items()
            },
            rep_delay_s=number(member(data, "rep_delay_s", here), "rep_delay_s"),
            max_circuits_per_job=whole(
                member(data, "max_circuits_per_job", here), "max_circuits_per_job", 1
            ),
        )

    @cached_property
    def instructions(self) -> Mapping[tuple[str, tuple[int, ...]], GateProperties]:
        """Every gate and measurement by (name, qubits), as a transpiled circuit names it."""
        table = {
            (name, at): gate for name, places in self.gates.items() for at, gate in places.items()
        }
        for i, qubit in enumerate(self.qubits):
            table["measure", (i,)] = GateProperties(qubit.readout_s, qubit.readout_error)
        return table

    @cached_property
    def hash(self) -> str:
        """Sixteen hex digits of the SHA-256 of all values but `name` and `source`.

        Two records with it are the same machine at the same moment, whatever it is called and
        wherever they were read.
        """
        values = {k: v for k, v in self.to_dict().items() if k not in ("name", "source")}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def _plain(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _qubit(row: Any, where: str) -> Qubit:
    label, t1_s, t2_s, readout_error, readout_s, excluded = items(row, where, 6)
    if not isinstance(excluded, bool):
        raise MalformedError(f"{where}: excluded is neither true nor false")
    return Qubit(
        label=whole(label, f"{where}: label", 0),
        t1_s=number(t1_s, f"{where}: t1_s"),
        t2_s=number(t2_s, f"{where}: t2_s"),
        readout_error=number(readout_error, f"{where}: readout_error"),
        readout_s=number(readout_s, f"{where}: readout_s"),
        excluded=excluded,
    )


def _gate(rows: Any, where: str, qubits: int) -> dict[tuple[int, ...], GateProperties]:
    read: dict[tuple[int, ...], GateProperties] = {}
    for i, row in enumerate(items(rows, where)):
        here = f"{where}[{i}]"
        at, duration_s, error = items(row, here, 3)
        on = places(at, f"{here}: qubits", qubits)
        if on in read:
            raise MalformedError(f"{here} is there twice")
        read[on] = GateProperties(
            number(duration_s, f"{here}: duration_s"), number(error, f"{here}: error")
        )
    return read


def fully_connected(calibration: Calibration, qubits: int) -> Calibration:
    """The same machine with every pair of `qubits` qubits coupled, everything at its median.

    It is the reference that routing is measured against: same gates, nothing to route.
    """
    sources = [calibration.qubits[i] for i in calibration.usable_qubits]

    def middle(read: Callable[[Any], float | None], values: Any) -> float:
        return statistics.median(x for value in values if (x := read(value)) is not None)

    median_qubit = Qubit(
        label=0,
        t1_s=middle(lambda q: q.t1_s, sources),
        t2_s=middle(lambda q: q.t2_s, sources),
        readout_error=middle(lambda q: q.readout_error, sources),
        readout_s=middle(lambda q: q.readout_s, sources),
    )
    gates: dict[str, dict[tuple[int, ...], GateProperties]] = {}
    for name, at in calibration.gates.items():
        median_gate = GateProperties(
            middle(lambda gate: gate.duration_s, at.values()),
            middle(lambda gate: gate.error, at.values()),
        )
        if name in calibration.two_qubit_gates:
            places: list[tuple[int, ...]] = [
                (i, j) for i in range(qubits) for j in range(qubits) if i != j
            ]
        else:
            places = [(i,) for i in range(qubits)]
        gates[name] = dict.fromkeys(places, median_gate)
    return replace(
        calibration,
        name=f"{calibration.name} all to all",
        qubits=tuple(replace(median_qubit, label=i) for i in range(qubits)),
        gates=gates,
    )
