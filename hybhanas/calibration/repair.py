"""Validation of a calibration field by field, and the repair of what cannot be true."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from hybhanas.calibration.record import IBM_SOURCES, Calibration, GateProperties, Qubit, Repair
from hybhanas.errors import ConfigError, unknown

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

LONGEST_S = 1e9
"""Thirty years: no time of a qubit or a gate."""

Places = dict[tuple[str, str], list[str]]


def repaired(
    raw: Calibration,
    policy: str,
    fallback_rep_delay_s: float | None = None,
    fallback_readout_s: float | None = None,
) -> Calibration:
    """A calibration whose every remaining value is possible, with the list of repairs.

    Bad are: a missing, negative or infinite duration, or one of 0 for a gate that takes time; an
    error that is missing, negative or at least 1 (readout: at least 0.5); T1 or T2 that is missing
    or not positive. T2 above 2 T1 is cut to 2 T1. Repairs that `raw` already names are kept.

    Args:
        raw: what the source gave.
        policy: `exclude` takes the gate, or with a one-qubit value the whole qubit, out of the
            machine; `median` puts the median of its kind in its place; `fail` raises.
        fallback_rep_delay_s: the repetition delay of a machine that names none, in seconds.
        fallback_readout_s: the readout time of a machine that names none at all, in seconds.

    Raises:
        ConfigError: with `fail`, any bad value; else a machine of which nothing usable is left.
    """
    if policy not in POLICIES:
        raise unknown("calibration.policy", policy, POLICIES)
    found: Places = defaultdict(list)
    calibration = _rescaled(raw, found)
    calibration = _with_machine_values(calibration, found, fallback_rep_delay_s, fallback_readout_s)
    calibration = _with_qubits(calibration, policy, found)
    calibration = _with_gates(calibration, policy, found)
    repairs = raw.repairs + named(found)
    if policy == "fail" and repairs:
        raise ConfigError(
            f"calibration.policy=fail: {raw.name} has bad values: {'; '.join(map(str, repairs))}; "
            "accepted policies for it: exclude, median"
        )
    lost = not calibration.usable_qubits and "qubit"
    if raw.two_qubit_gates and not calibration.two_qubit_gates:
        lost = lost or "two-qubit gate"
    if lost:
        raise ConfigError(
            f"backend {raw.name} has no usable {lost}: {'; '.join(map(str, repairs))}"
        )
    return replace(calibration, repairs=repairs)


def named(found: Places) -> tuple[Repair, ...]:
    """One Repair for each (problem, action), with how many places it was found at."""
    return tuple(
        Repair(problem, action, len(places), ", ".join(places[:3]))
        for (problem, action), places in found.items()
    )


def _rescaled(calibration: Calibration, found: Places) -> Calibration:
    """Undoes durations of IBM's that are all too long by a power of two; reports others'."""
    durations = [
        gate.duration_s
        for name, at in calibration.gates.items()
        for qubits, gate in at.items()
        if len(qubits) == 1 and name not in VIRTUAL_GATES and gate.duration_s
    ]
    median_s = statistics.median(durations) if durations else 0.0
    if not math.isfinite(median_s) or median_s <= SLOW_ONE_QUBIT_S:
        return calibration
    problem = f"one-qubit gates take {median_s * 1e9:.0f} ns"
    if calibration.source not in IBM_SOURCES:
        t1_s = _median(q.t1_s for q in calibration.qubits if _is_time(q.t1_s))
        if t1_s is not None and t1_s < LONG_T1_S:
            found[problem, "kept as its source says"].append("whole machine")
        return calibration
    factor = 2 ** math.ceil(math.log2(median_s / 50e-9))
    found[problem, f"all durations divided by {factor}"].append("whole machine")

    def divided(duration_s: float | None) -> float | None:
        return None if duration_s is None else duration_s / factor

    return replace(
        calibration,
        qubits=tuple(replace(q, readout_s=divided(q.readout_s)) for q in calibration.qubits),
        gates={
            name: {at: replace(g, duration_s=divided(g.duration_s)) for at, g in places.items()}
            for name, places in calibration.gates.items()
        },
    )


def _with_machine_values(
    calibration: Calibration,
    found: Places,
    fallback_rep_delay_s: float | None,
    fallback_readout_s: float | None,
) -> Calibration:
    if not _is_time(calibration.rep_delay_s, zero=True):
        if not _is_time(fallback_rep_delay_s, zero=True):
            raise ConfigError(
                f"backend {calibration.name} names no repetition delay; "
                "set calibration.fallback_rep_delay_s to seconds"
            )
        found["no repetition delay", f"set to {fallback_rep_delay_s} s"].append("machine")
        calibration = replace(calibration, rep_delay_s=fallback_rep_delay_s)
    delay_s = calibration.rep_delay_s
    if delay_s is not None and delay_s > LONG_REP_DELAY_S:
        problem = f"repetition delay of {delay_s * 1e3:g} ms, others' is 0.25 ms"
        found[problem, "kept as the machine's own"].append("machine")
    if not any(_is_time(qubit.readout_s) for qubit in calibration.qubits):
        if not _is_time(fallback_readout_s):
            raise ConfigError(
                f"backend {calibration.name} names no readout length; "
                "set calibration.fallback_readout_s to seconds"
            )
        found["no readout length", f"set to {fallback_readout_s} s"].append("machine")
        calibration = replace(
            calibration,
            qubits=tuple(replace(q, readout_s=fallback_readout_s) for q in calibration.qubits),
        )
    return calibration


def _with_qubits(calibration: Calibration, policy: str, found: Places) -> Calibration:
    checks: dict[str, Callable[[float | None], bool]] = {
        "t1_s": _is_time,
        "t2_s": _is_time,
        "readout_s": _is_time,
        "readout_error": lambda error: _is_error(error, below=0.5),
    }
    medians = {
        name: _median(value for q in calibration.qubits if good(value := getattr(q, name)))
        for name, good in checks.items()
    }
    qubits = list(calibration.qubits)
    for index, qubit in enumerate(qubits):
        for name, good in checks.items():
            value = getattr(qubit, name)
            if good(value):
                continue
            problem = f"{name} {_described(value, 0.5)}"
            if policy == "median" and medians[name] is not None:
                found[problem, "set to the median"].append(f"qubit {qubit.label}")
                changed: dict[str, Any] = {name: medians[name]}
                qubit = replace(qubit, **changed)
            else:
                found[problem, "qubit excluded"].append(f"qubit {qubit.label}")
                qubit = replace(qubit, excluded=True)
        t1_s, t2_s = qubit.t1_s, qubit.t2_s
        if not qubit.excluded and t1_s is not None and t2_s is not None and t2_s > 2 * t1_s:
            found["t2_s above 2 t1_s", "cut to 2 t1_s"].append(f"qubit {qubit.label}")
            qubit = replace(qubit, t2_s=2 * t1_s)
        qubits[index] = qubit
    return replace(calibration, qubits=tuple(qubits))


def _with_gates(calibration: Calibration, policy: str, found: Places) -> Calibration:
    qubits = list(calibration.qubits)
    gates: dict[str, dict[tuple[int, ...], GateProperties]] = {}
    for name, at in calibration.gates.items():
        virtual = name in VIRTUAL_GATES

        def good_time(value: float | None, virtual: bool = virtual) -> bool:
            return _is_time(value, zero=virtual)

        median_s = _median(g.duration_s for g in at.values() if good_time(g.duration_s))
        median_error = _median(g.error for g in at.values() if _is_error(g.error))
        gates[name] = {}
        for places, gate in at.items():
            for field, good, median in (
                ("duration_s", good_time, median_s),
                ("error", _is_error, median_error),
            ):
                value = getattr(gate, field)
                if good(value):
                    continue
                where = f"{name} {'-'.join(str(qubits[i].label) for i in places)}"
                problem = f"{name} {field} {_described(value)}"
                if policy == "median" and median is not None:
                    found[problem, "set to the median"].append(where)
                    gate = replace(gate, **{field: median})
                elif len(places) == 1:
                    found[problem, "qubit excluded"].append(where)
                    qubits[places[0]] = _excluded(qubits[places[0]])
                    break
                else:
                    found[problem, "gate excluded"].append(where)
                    break
            else:
                gates[name][places] = gate
    kept = {
        name: {
            places: gate
            for places, gate in at.items()
            if not any(qubits[i].excluded for i in places)
        }
        for name, at in gates.items()
    }
    return replace(
        calibration,
        qubits=tuple(qubits),
        gates={name: at for name, at in kept.items() if at},
    )


def _excluded(qubit: Qubit) -> Qubit:
    return replace(qubit, excluded=True)


def _is_time(value: float | None, zero: bool = False) -> bool:
    return value is not None and (0 < value < LONGEST_S or (zero and value == 0))


def _is_error(value: float | None, below: float = 1.0) -> bool:
    return value is not None and 0 <= value < below


def _median(values: Iterable[float | None]) -> float | None:
    numbers = [value for value in values if value is not None]
    return statistics.median(numbers) if numbers else None


def _described(value: float | None, highest_error: float = 1.0) -> str:
    if value is None:
        return "missing"
    if not abs(value) < LONGEST_S:
        return f"of {value:g}"
    if value <= 0:
        return "of 0 or less"
    return f"of {highest_error:g} or more"
