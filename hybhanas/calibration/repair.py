"""Validation of a raw calibration value by value, and the repair of what cannot be true.

Each function returns a part of the calibration and appends what it repaired to `found`.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from hybhanas.calibration.record import (
    IBM_SOURCES,
    GateProperties,
    Qubit,
    RawCalibration,
    Repair,
)
from hybhanas.errors import ConfigError

POLICIES = ("exclude", "median", "fail")

VIRTUAL_GATES = frozenset({"rz", "u1", "p", "z", "s", "sdg", "t", "tdg"})
"""Gates that machines apply by shifting a phase: no time, no error."""

SLOW_ONE_QUBIT_S = 250e-9
"""No snapshot of IBM's has a median one-qubit gate above 71 ns but FakeToronto, whose durations are
all 16 times those of its sister machines; a median above this is such a mistake there."""

LONG_T1_S = 10e-3
"""Qubits whose median T1 is above it are no transmons; their gates may well be slow."""

LONG_REP_DELAY_S = 1e-3
"""Above it a repetition delay is kept, since it is the machine's own default, but reported."""

NO_DELAY = "no repetition delay"
"""What is wrong with a backend that names none."""

NO_DATE = "no date of the calibration"
"""What is wrong with figures that name none."""

LONGEST_S = 1e9
"""Thirty years: no time of a qubit or a gate."""


def bad_time(value: float | None, zero: bool = False) -> str | None:
    """What is wrong with a time in seconds, such as `missing` or `< 0`; None: nothing.

    Args:
        value: the time.
        zero: whether it may be 0.
    """
    if value is None:
        return "missing"
    if not abs(value) < LONGEST_S:
        return f"= {value:g}"
    if value < 0:
        return "< 0"
    return "= 0" if value == 0 and not zero else None


def bad_error(value: float | None, limit: float = 1.0) -> str | None:
    """What is wrong with an error probability, which is below the limit; None: nothing."""
    if value is None:
        return "missing"
    if math.isnan(value):
        return "= nan"
    if value < 0:
        return "< 0"
    return f">= {limit:g}" if value >= limit else None


class Check(NamedTuple):
    """How a value of a qubit or gate is checked: field, name for people, and what may be wrong."""

    field: str
    label: str
    bad: Callable[[float | None], str | None]


QUBIT_CHECKS = (
    Check("t1_s", "T1", bad_time),
    Check("t2_s", "T2", bad_time),
    Check("readout_s", "readout length", bad_time),
    Check("readout_error", "readout error", partial(bad_error, limit=0.5)),
)


def rescaled(raw: RawCalibration, found: list[Repair]) -> RawCalibration:
    """Undoes durations of IBM's that are all too long by a power of two; reports others'."""
    durations = [
        gate.duration_s
        for name, at in raw.gates.items()
        for qubits, gate in at.items()
        if len(qubits) == 1 and name not in VIRTUAL_GATES and gate.duration_s
    ]
    median_s = statistics.median(durations) if durations else 0.0
    if not math.isfinite(median_s) or median_s <= SLOW_ONE_QUBIT_S:
        return raw
    problem = f"one-qubit gates take {median_s * 1e9:.0f} ns"
    if raw.source not in IBM_SOURCES:
        t1_s = _median(q.t1_s for q in raw.qubits.values() if bad_time(q.t1_s) is None)
        if t1_s is not None and t1_s < LONG_T1_S:
            found.append(Repair(problem, "kept, as in the source"))
        return raw
    factor = 2 ** math.ceil(math.log2(median_s / 50e-9))
    found.append(Repair(problem, f"all durations divided by {factor}"))

    def divided(duration_s: float | None) -> float | None:
        return None if duration_s is None else duration_s / factor

    return replace(
        raw,
        qubits={i: replace(q, readout_s=divided(q.readout_s)) for i, q in raw.qubits.items()},
        reset_s={i: seconds / factor for i, seconds in raw.reset_s.items()},
        gates={
            name: {at: replace(g, duration_s=divided(g.duration_s)) for at, g in places.items()}
            for name, places in raw.gates.items()
        },
    )


def rep_delay_s(raw: RawCalibration, fallback_s: float | None, found: list[Repair]) -> float:
    """The repetition delay, or the fallback of a backend that names none.

    Raises:
        ConfigError: there is neither.
    """
    delay_s = raw.rep_delay_s
    if delay_s is None or bad_time(delay_s, zero=True):
        if fallback_s is None or bad_time(fallback_s, zero=True):
            raise ConfigError(
                f"backend {raw.name} names no repetition delay; "
                "set calibration.fallback_rep_delay_s to seconds"
            )
        delay_s = fallback_s
        found.append(Repair(NO_DELAY, f"set to {delay_s} s"))
    if delay_s > LONG_REP_DELAY_S:
        problem = f"repetition delay of {delay_s * 1e3:g} ms, usual is 0.25 ms"
        found.append(Repair(problem, "kept, as it is the backend's own"))
    return delay_s


def with_readout(
    raw: RawCalibration, fallback_s: float | None, found: list[Repair]
) -> RawCalibration:
    """Gives every qubit the fallback where a backend names no readout length at all.

    Raises:
        ConfigError: there is neither.
    """
    if any(bad_time(qubit.readout_s) is None for qubit in raw.qubits.values()):
        return raw
    if bad_time(fallback_s):
        raise ConfigError(
            f"backend {raw.name} names no readout length; "
            "set calibration.fallback_readout_s to seconds"
        )
    found.append(Repair("no readout length", f"set to {fallback_s} s"))
    return replace(raw, qubits={i: replace(q, readout_s=fallback_s) for i, q in raw.qubits.items()})


def usable_qubits(raw: RawCalibration, policy: str, found: list[Repair]) -> dict[int, Qubit[float]]:
    """The qubits whose values are possible, or made so by the policy, by index."""
    found += [
        Repair("reported as not operational", "excluded", "qubit", (str(index),))
        for index in sorted(raw.excluded)
    ]
    medians = _medians(raw.qubits.values(), QUBIT_CHECKS, policy)
    usable: dict[int, Qubit[float]] = {}
    for index, qubit in raw.qubits.items():
        values = _possible(qubit, QUBIT_CHECKS, medians, "qubit", str(index), found)
        if values is None:
            continue
        if values["t2_s"] > 2 * values["t1_s"]:
            found.append(Repair("T2 > 2 T1", "clipped to 2 T1 on", "qubit", (str(index),)))
            values["t2_s"] = 2 * values["t1_s"]
        usable[index] = Qubit(**values)
    return usable


def usable_gates(
    raw: RawCalibration, policy: str, found: list[Repair]
) -> dict[str, dict[tuple[int, ...], GateProperties[float]]]:
    """The gates whose values are possible, or made so by the policy.

    A qubit is of no use without a one-qubit gate that it has in `raw` and that is not among them.
    """
    usable: dict[str, dict[tuple[int, ...], GateProperties[float]]] = {}
    for name, everywhere in raw.gates.items():
        checks = (
            Check("duration_s", f"{name} duration", partial(bad_time, zero=name in VIRTUAL_GATES)),
            Check("error", f"{name} error", bad_error),
        )
        at = {q: gate for q, gate in everywhere.items() if raw.excluded.isdisjoint(q)}
        medians = _medians(at.values(), checks, policy)
        usable[name] = {}
        for qubits, gate in at.items():
            kind, where = "qubit" if len(qubits) == 1 else "gate", "-".join(map(str, qubits))
            values = _possible(gate, checks, medians, kind, where, found)
            if values is not None:
                usable[name][qubits] = GateProperties(**values)
    return usable


def _medians(
    parts: Iterable[object], checks: Sequence[Check], policy: str
) -> dict[str, float | None]:
    """What the policy puts in the place of a bad value, by field: nothing, or the median."""
    if policy != "median":
        return {}
    parts = list(parts)
    return {
        check.field: _median(
            value for part in parts if check.bad(value := getattr(part, check.field)) is None
        )
        for check in checks
    }


def _possible(  # noqa: PLR0913 - what is checked, how, and where it is reported
    part: object,
    checks: Sequence[Check],
    medians: Mapping[str, float | None],
    kind: str,
    place: str,
    found: list[Repair],
) -> dict[str, float] | None:
    """The values of a qubit or a gate by field, none of them bad; None: it is excluded."""
    values: dict[str, float] = {}
    for check in checks:
        value: float | None = getattr(part, check.field)
        if (problem := check.bad(value)) is not None:
            value = medians.get(check.field)
            action = "excluded" if value is None else "set to the median on"
            found.append(Repair(f"{check.label} {problem}", action, kind, (place,)))
        if value is not None:
            values[check.field] = value
    return values if len(values) == len(checks) else None


def _median(values: Iterable[float | None]) -> float | None:
    numbers = [value for value in values if value is not None]
    return statistics.median(numbers) if numbers else None
