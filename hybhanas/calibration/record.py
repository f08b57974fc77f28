"""The record of a calibration: durations, errors, T1, T2 and readout of a backend at one moment."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from hybhanas.calibration.fields import (
    MAX_GATES,
    MAX_QUBITS,
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
"""The values of `source` that are IBM's own figures of its superconducting backends."""

_NOT_GATES = frozenset({"measure", "reset", "delay", "id"})


def is_no_gate(name: str) -> bool:
    """Whether it is what machines list among their gates and circuits here never use as one."""
    return name in _NOT_GATES or name.startswith(("measure", "reset"))


Value = TypeVar("Value", bound=float | None, covariant=True)
"""A figure: None where a source lacks it, and always a number after repair."""


@dataclass(frozen=True, slots=True)
class Qubit(Generic[Value]):
    """One physical qubit. A missing value is None, never 0.

    `t1_s`, `t2_s` and `readout_s` are seconds; `readout_error` is the probability of reading the
    wrong bit.
    """

    t1_s: Value
    t2_s: Value
    readout_error: Value
    readout_s: Value


@dataclass(frozen=True, slots=True)
class GateProperties(Generic[Value]):
    """One gate on given qubits: duration in seconds and error (1 - average gate fidelity)."""

    duration_s: Value
    error: Value


@dataclass(frozen=True, slots=True)
class Repair:
    """A kind of bad value that was repaired: what was wrong, what was done, and where.

    Example:
        >>> print(Repair("T2 > 2 T1", "clipped to 2 T1 on", "qubit", ("102", "119")))
        T2 > 2 T1: clipped to 2 T1 on 2 qubits (102, 119)
        >>> print(Repair("no repetition delay", "set to 0.00025 s"))
        no repetition delay: set to 0.00025 s
    """

    problem: str
    action: str
    kind: str = "backend"  # of what was repaired, or qubit or gate
    places: tuple[str, ...] = ()  # qubits or gates; none for a value of the whole backend

    def __str__(self) -> str:
        if not self.places:
            return f"{self.problem}: {self.action}"
        count, first = len(self.places), ", ".join(self.places[:SHOWN])
        objects = f"{count} {self.kind}{'' if count == 1 else 's'}"
        return (
            f"{self.problem}: {self.action} {objects} ({first}{', ...' if count > SHOWN else ''})"
        )


SHOWN = 3
"""Places that the text of a repair names."""


def grouped(repairs: Iterable[Repair]) -> tuple[Repair, ...]:
    """Repairs that differ only in their places as one, in the order of the first of each kind."""
    found: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for one in repairs:
        same = one.problem, one.action, one.kind
        found[same] = found.get(same, ()) + one.places
    return tuple(Repair(*same, places) for same, places in found.items())


@dataclass(frozen=True)
class CalibrationRecord(Generic[Value]):
    """What a raw calibration and a repaired one have in common."""

    name: str
    source: str
    date: datetime
    qubits: Mapping[int, Qubit[Value]]  # those that work, by index
    # By name and ordered qubits; those of two qubits are the coupling map.
    gates: Mapping[str, Mapping[tuple[int, ...], GateProperties[Value]]]
    rep_delay_s: Value  # between two shots
    max_circuits_per_job: int
    excluded: frozenset[int] = frozenset()  # qubits that the backend has and that are not used
    repairs: tuple[Repair, ...] = ()
    dt_s: float | None = None  # the cycle that delays may be counted in
    reset_s: Mapping[int, float] = field(default_factory=dict)  # of a reset, where one is named

    @property
    def two_qubit_gates(self) -> tuple[str, ...]:
        """The names of the basis gates on two qubits."""
        return tuple(name for name, at in self.gates.items() if any(len(q) == 2 for q in at))

    @cached_property
    def instructions(self) -> Mapping[tuple[str, tuple[int, ...]], GateProperties[Value]]:
        """Every gate and measurement by (name, qubits), as a transpiled circuit names it."""
        table = {
            (name, at): gate for name, places in self.gates.items() for at, gate in places.items()
        }
        for i, qubit in self.qubits.items():
            table["measure", (i,)] = GateProperties(qubit.readout_s, qubit.readout_error)
        return table

    def to_dict(self) -> dict[str, Any]:
        """All values in plain JSON types, in a canonical order; one that is not finite is null.

        A qubit is a row of its index, `t1_s`, `t2_s`, `readout_error`, `readout_s`, and whether it
        is excluded; its values are then null. Repairs are not among the values: a saved
        calibration is repaired when it is read.
        """
        rows: dict[int, list[Any]] = {
            i: [i, *map(_plain, (q.t1_s, q.t2_s, q.readout_error, q.readout_s)), False]
            for i, q in self.qubits.items()
        } | {i: [i, None, None, None, None, True] for i in self.excluded}
        return {
            "name": self.name,
            "source": self.source,
            "date": self.date.isoformat(),
            "rep_delay_s": _plain(self.rep_delay_s),
            "max_circuits_per_job": self.max_circuits_per_job,
            "dt_s": _plain(self.dt_s),
            "reset_s": [[i, self.reset_s[i]] for i in sorted(self.reset_s)],
            "qubits": [rows[i] for i in sorted(rows)],
            "gates": {
                name: [
                    [list(qubits), _plain(at[qubits].duration_s), _plain(at[qubits].error)]
                    for qubits in sorted(at)
                ]
                for name, at in sorted(self.gates.items())
            },
        }


@dataclass(frozen=True)
class RawCalibration(CalibrationRecord[float | None]):
    """A calibration as its source gives it: values may be missing or impossible.

    `hybhanas.calibration.repaired` makes of it a Calibration, which alone can be costed.
    `excluded` are the qubits that the source itself reports as not operational, and `repairs` what
    its reader had to assume.

    Example, two qubits that one CZ couples:

        RawCalibration(
            name="pair", source="by hand", date=datetime(2026, 1, 1, tzinfo=UTC),
            qubits={0: Qubit(1e-4, 1e-4, 0.01, 1e-6), 1: Qubit(1e-4, None, 0.01, 1e-6)},
            gates={"cz": {(0, 1): GateProperties(7e-8, 0.003)}, ...},
            rep_delay_s=2.5e-4, max_circuits_per_job=300,
        )
    """

    @classmethod
    def from_dict(cls, data: Any) -> RawCalibration:
        """The inverse of `to_dict`, checked.

        Raises:
            MalformedError: `data` is not what `to_dict` gives; the text says where.
        """
        here = "the calibration"
        rows = items(member(data, "qubits", here), "qubits", most=MAX_QUBITS)
        qubits = {i: _qubit(row, i, f"qubits[{i}]") for i, row in enumerate(rows)}
        gates = member(data, "gates", here)
        if not isinstance(gates, dict):
            raise MalformedError("gates is not an object")
        count = sum(len(at) if isinstance(at, list) else 1 for at in gates.values())
        if max(count, len(gates)) > MAX_GATES:
            raise MalformedError(f"gates has {count:,} places, more than {MAX_GATES:,}")
        return cls(
            name=text(member(data, "name", here), "name"),
            source=text(member(data, "source", here), "source"),
            date=moment(member(data, "date", here), "date"),
            qubits={i: qubit for i, qubit in qubits.items() if qubit is not None},
            gates={
                text(name, "a gate's name"): _gate(at, f"gates.{name}", len(rows))
                for name, at in gates.items()
                if not is_no_gate(name)
            },
            rep_delay_s=number(member(data, "rep_delay_s", here), "rep_delay_s"),
            max_circuits_per_job=whole(
                member(data, "max_circuits_per_job", here), "max_circuits_per_job", 1
            ),
            excluded=frozenset(i for i, qubit in qubits.items() if qubit is None),
            dt_s=number(data.get("dt_s"), "dt_s"),
            reset_s=_resets(data.get("reset_s", [])),
        )


def _plain(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _resets(rows: Any) -> dict[int, float]:
    """How long resets take, by qubit, those that are possible."""
    pairs = (items(row, "reset_s", 2) for row in items(rows, "reset_s"))
    read = {whole(i, "reset_s: qubit", 0): number(value, "reset_s") for i, value in pairs}
    return {i: value for i, value in read.items() if value is not None and 0 < value < math.inf}


def _qubit(row: Any, index: int, where: str) -> Qubit[float | None] | None:
    """The qubit of a row; None for one that is excluded."""
    label, t1_s, t2_s, readout_error, readout_s, excluded = items(row, where, 6)
    if whole(label, f"{where}: index", 0) != index:
        raise MalformedError(f"{where}: index is {label}, not {index}")
    if not isinstance(excluded, bool):
        raise MalformedError(f"{where}: excluded is neither true nor false")
    qubit = Qubit(
        t1_s=number(t1_s, f"{where}: t1_s"),
        t2_s=number(t2_s, f"{where}: t2_s"),
        readout_error=number(readout_error, f"{where}: readout_error"),
        readout_s=number(readout_s, f"{where}: readout_s"),
    )
    return None if excluded else qubit


def _gate(
    rows: Any, where: str, qubits: int
) -> dict[tuple[int, ...], GateProperties[float | None]]:
    read: dict[tuple[int, ...], GateProperties[float | None]] = {}
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
