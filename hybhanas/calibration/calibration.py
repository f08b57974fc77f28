"""Calibration: the repaired figures of a backend, which is what can be costed."""

from __future__ import annotations

import hashlib
import json
import statistics
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from hybhanas.calibration import repair
from hybhanas.calibration.backend import Backend
from hybhanas.calibration.record import (
    CalibrationRecord,
    GateProperties,
    Qubit,
    RawCalibration,
    grouped,
)
from hybhanas.calibration.source import CalibrationSource
from hybhanas.errors import ConfigError, refused, unknown


@dataclass(frozen=True)
class Calibration(CalibrationRecord[float]):
    """A backend's topology, gates, qubits and limits; every value is a number that is possible.

    `load` or `repaired` makes one. `excluded` are the qubits that are not used, for whatever
    reason, and `repairs` says what was changed.
    """

    @classmethod
    def load(cls, source: str | CalibrationSource) -> Calibration:
        """Reads a calibration and repairs it as its source says.

        Args:
            source: the name of a backend of conf/backend, such as `ibm_brisbane`, or else of a
                snapshot, such as `kawasaki`; or where a calibration is read, such as
                `CalibrationFile(path="ibm_fez.json")`.

        Raises:
            ConfigError: no backend of that name, or nothing of its calibration is usable.

        Example:
            >>> Calibration.load("ibm_brisbane").two_qubit_gates
            ('ecr',)
        """
        if isinstance(source, str):
            source = Backend.named(source).source
        elif not isinstance(source, CalibrationSource):
            raise refused("source", source, "a backend's name, or a CalibrationSource")
        return repaired(
            source.read(), source.policy, source.fallback_rep_delay_s, source.fallback_readout_s
        )

    def age_days(self, now: datetime) -> float:
        """Days from the calibration to `now` (both with a time zone)."""
        return (now - self.date).total_seconds() / 86400

    def waiting(self, rep_delay_s: float | None) -> Calibration:
        """The same machine with another repetition delay, in seconds; None: with its own."""
        if rep_delay_s is None:
            return self
        others = tuple(one for one in self.repairs if one.problem != repair.NO_DELAY)
        return replace(self, rep_delay_s=rep_delay_s, repairs=others)

    @cached_property
    def hash(self) -> str:
        """Sixteen hex digits of the SHA-256 of all values but `name` and `source`, and but `dt_s`
        and `reset_s`, which only circuits with delays and resets depend on, and a date that the
        source does not give.

        Two records with it are the same machine at the same moment, whatever it is called and
        wherever they were read.
        """
        left_out = {"name", "source", "dt_s", "reset_s"}
        if any(one.problem == repair.NO_DATE for one in self.repairs):
            left_out.add("date")
        values = {k: v for k, v in self.to_dict().items() if k not in left_out}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def repaired(
    raw: RawCalibration,
    policy: str = "exclude",
    fallback_rep_delay_s: float | None = None,
    fallback_readout_s: float | None = None,
) -> Calibration:
    """A calibration whose every remaining value is possible, with the list of repairs.

    Bad are: a missing, negative or infinite duration, or one of 0 for a gate that takes time; an
    error that is missing, negative or at least 1 (readout: at least 0.5); T1 or T2 that is missing
    or not positive. T2 above 2 T1 is clipped to 2 T1. Repairs that `raw` already names are kept.

    Args:
        raw: what the source gave.
        policy: `exclude` takes the gate, or with a one-qubit value the whole qubit, out of the
            machine; `median` puts the median of its kind in its place; `fail` raises.
        fallback_rep_delay_s: the repetition delay of a machine that names none, in seconds.
        fallback_readout_s: the readout time of a machine that names none at all, in seconds.

    Raises:
        ConfigError: with `fail`, any bad value; else a machine of which nothing usable is left.
    """
    if policy not in repair.POLICIES:
        raise unknown("calibration.policy", policy, repair.POLICIES)
    found = list(raw.repairs)
    timed = repair.rescaled(raw, found)
    rep_delay_s = repair.rep_delay_s(timed, fallback_rep_delay_s, found)
    timed = repair.with_readout(timed, fallback_readout_s, found)
    qubits = repair.usable_qubits(timed, policy, found)
    gates = repair.usable_gates(timed, policy, found)
    for name, at in raw.gates.items():
        for place in at.keys() - gates[name].keys():
            if len(place) == 1:
                qubits.pop(place[0], None)
    kept = {
        name: {place: gate for place, gate in at.items() if qubits.keys() >= set(place)}
        for name, at in gates.items()
    }
    calibration = Calibration(
        name=raw.name,
        source=raw.source,
        date=raw.date,
        qubits=qubits,
        gates={name: at for name, at in kept.items() if at},
        rep_delay_s=rep_delay_s,
        max_circuits_per_job=raw.max_circuits_per_job,
        excluded=raw.excluded | (raw.qubits.keys() - qubits.keys()),
        repairs=grouped(found),
        dt_s=raw.dt_s,
        reset_s=timed.reset_s,
    )
    _refuse_useless(raw, policy, calibration)
    return calibration


def _refuse_useless(raw: RawCalibration, policy: str, calibration: Calibration) -> None:
    repairs = "; ".join(map(str, calibration.repairs))
    if policy == "fail" and repairs:
        raise ConfigError(
            f"calibration.policy=fail: {raw.name} has bad values: {repairs}; "
            "accepted policies for it: exclude, median"
        )
    lost = not calibration.qubits and "qubit"
    if raw.two_qubit_gates and not calibration.two_qubit_gates:
        lost = lost or "two-qubit gate"
    if lost:
        raise ConfigError(f"backend {raw.name} has no usable {lost}: {repairs}")


def fully_connected(calibration: Calibration, qubits: int) -> Calibration:
    """The same machine with every pair of `qubits` qubits coupled, everything at its median.

    It is the reference that routing is measured against: same gates, nothing to route.
    """
    sources = calibration.qubits.values()
    median = statistics.median
    median_qubit = Qubit(
        t1_s=median(q.t1_s for q in sources),
        t2_s=median(q.t2_s for q in sources),
        readout_error=median(q.readout_error for q in sources),
        readout_s=median(q.readout_s for q in sources),
    )
    gates: dict[str, dict[tuple[int, ...], GateProperties[float]]] = {}
    for name, at in calibration.gates.items():
        median_gate = GateProperties(
            median(gate.duration_s for gate in at.values()),
            median(gate.error for gate in at.values()),
        )
        if name in calibration.two_qubit_gates:
            places: list[tuple[int, ...]] = [
                (i, j) for i in range(qubits) for j in range(qubits) if i != j
            ]
        else:
            places = [(i,) for i in range(qubits)]
        gates[name] = dict.fromkeys(places, median_gate)
    resets_s = calibration.reset_s.values()
    return replace(
        calibration,
        name=f"{calibration.name} all to all",
        qubits=dict.fromkeys(range(qubits), median_qubit),
        gates=gates,
        excluded=frozenset(),
        reset_s=dict.fromkeys(range(qubits), median(resets_s)) if resets_s else {},
    )
