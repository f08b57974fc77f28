"""Figures that a backend does not give: what the caller says instead, or which they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from hybhanas.calibration.record import GateProperties, Qubit, RawCalibration
from hybhanas.calibration.repair import VIRTUAL_GATES, bad_error, bad_time
from hybhanas.errors import ConfigError, check_number, unknown

_OF_QUBITS = ("t1_s", "t2_s", "readout_s", "readout_error")
_OF_GATES = {1: ("one_qubit_s", "one_qubit_error"), 2: ("two_qubit_s", "two_qubit_error")}
NAMES = ("rep_delay_s", *_OF_QUBITS, *_OF_GATES[1], *_OF_GATES[2])
"""What may be given, each in its unit: seconds, and probabilities as those of a calibration."""


def with_missing(
    raw: RawCalibration,
    given: Mapping[str, float] | None = None,
    fallbacks: Collection[str] = (),
) -> RawCalibration:
    """A calibration with figures in the place of those that its source lacks.

    A figure that is given stands for every value of its kind that is missing. Gates that shift a
    phase take no time and have no error where nothing is said.

    Args:
        raw: as its source gave it.
        given: by the names of NAMES.
        fallbacks: names that the repair has a figure for where all of a kind are missing.

    Raises:
        ConfigError: a name or a value that is not accepted, or kinds but the repetition delay that
            are missing altogether; the text names all of them.

    Example:
        >>> from hybhanas.calibration.snapshot import Snapshot
        >>> raw = Snapshot(snapshot="fez").read()
        >>> with_missing(raw, {"rep_delay_s": 1e-3}) == raw  # it is not missing
        True
    """
    given = _checked({} if given is None else given)
    missing: list[str] = []
    rep_delay_s = given.get("rep_delay_s") if raw.rep_delay_s is None else raw.rep_delay_s
    qubits: Mapping[int, Qubit[float | None]] = raw.qubits
    for name in _OF_QUBITS:
        qubits = _filled(qubits, name, name, given, missing)
    gates = {name: _gate(name, at, given, missing) for name, at in raw.gates.items()}
    if names := [name for name in dict.fromkeys(missing) if name not in fallbacks]:
        raise ConfigError(
            f"backend={raw.name} gives no {', '.join(names)}; accepted with them, in seconds and "
            f"probabilities: hybhanas.estimate(..., missing={{{names[0]!r}: VALUE, ...}}), "
            f"hybhanas cost --missing {names[0]}=VALUE,..."
        )
    return replace(raw, qubits=qubits, gates=gates, rep_delay_s=rep_delay_s)


def _gate(
    name: str,
    at: Mapping[tuple[int, ...], GateProperties[float | None]],
    given: Mapping[str, float],
    missing: list[str],
) -> Mapping[tuple[int, ...], GateProperties[float | None]]:
    width = len(next(iter(at), ()))
    if width not in _OF_GATES:
        return at
    time, error = _OF_GATES[width]
    if name in VIRTUAL_GATES:
        given = {time: 0.0, error: 0.0}
    at = _filled(at, "duration_s", time, given, missing)
    return _filled(at, "error", error, given, missing)


def _filled(
    parts: Mapping[Any, Any],
    field: str,
    name: str,
    given: Mapping[str, float],
    missing: list[str],
) -> dict[Any, Any]:
    """Parts of a machine with the given figure where they lack it; notes a kind that all lack."""
    lacking = [place for place, part in parts.items() if getattr(part, field) is None]
    if name in given:
        return dict(parts) | {at: replace(parts[at], **{field: given[name]}) for at in lacking}
    if parts and len(lacking) == len(parts):
        missing.append(name)
    return dict(parts)


def _checked(given: Mapping[str, float]) -> Mapping[str, float]:
    if not isinstance(given, Mapping):
        raise ConfigError(
            f"missing={type(given).__name__} is not accepted: a mapping such as {{'t1_s': 1e-4}}"
        )
    for name, value in given.items():
        if name not in NAMES:
            raise unknown("missing", name, NAMES)
        accepted, bad = _checks(name)
        check_number(f"missing.{name}", value, accepted, partial(_holds, bad))
    return {name: float(value) for name, value in given.items()}


def _holds(bad: Callable[[float], str | None], value: float) -> bool:
    return bad(value) is None


def _checks(name: str) -> tuple[str, Callable[[float], str | None]]:
    """What is accepted in words, and what is wrong with a figure."""
    if name.endswith("error"):
        limit = 0.5 if name == "readout_error" else 1.0
        return f"a probability at least 0, below {limit:g}", partial(bad_error, limit=limit)
    if name == "rep_delay_s":
        return "seconds, at least 0 and below 1e9", partial(bad_time, zero=True)
    return "seconds above 0, below 1e9", bad_time
