"""Any backend of Qiskit's as a calibration: its target, and what IBM's say besides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

from qiskit.transpiler import Target

from hybhanas.calibration import snapshot
from hybhanas.calibration.record import (
    PROPERTIES,
    GateProperties,
    Qubit,
    RawCalibration,
    Repair,
    is_no_gate,
)
from hybhanas.calibration.repair import NO_DATE
from hybhanas.errors import ConfigError

SOURCE = "target of a backend of Qiskit's"
"""Of a backend that is none of IBM's machines."""

NO_LIMIT = 2**53
"""Circuits of a job where a backend names no limit."""


def read(backend: Any) -> RawCalibration:
    """The figures of a `BackendV2`, of IBM's or any other, or of a `Target`; what it does not give
    is None.

    Gates on more than two qubits, those that Qiskit's standard library does not have, and control
    flow are left out. A gate that a target has everywhere is on every qubit or every pair. The date
    of figures without one is today's, which is named among the repairs and no part of the hash.

    Raises:
        ConfigError: it is no backend, its target has no number of qubits, or no known gate.

    Example:
        >>> from qiskit.providers.fake_provider import GenericBackendV2
        >>> raw = read(GenericBackendV2(3))
        >>> len(raw.qubits), raw.two_qubit_gates, raw.rep_delay_s
        (3, ('cx',), None)
    """
    if isinstance(backend, type):
        raise ConfigError(f"backend={backend.__name__} is not accepted: {backend.__name__}() is")
    target = backend if isinstance(backend, Target) else getattr(backend, "target", None)
    if target is None:
        raise ConfigError(
            f"backend={type(backend).__name__} is not accepted: it has no target; "
            "accepted: a BackendV2 or Target of Qiskit's, a name of conf/backend or of a "
            "snapshot, a calibration"
        )
    if _of_ibm(backend):
        return snapshot.read(backend, PROPERTIES)
    name = str(getattr(backend, "name", None) or ("target" if backend is target else "backend"))
    if not target.num_qubits:
        raise ConfigError(f"backend={name} is not accepted: its target has no number of qubits")
    gates = dict(_gates(target))
    if not gates:
        found = ", ".join(sorted(target.operation_names))[:200] or "none"
        raise ConfigError(
            f"backend={name} is not accepted: none of its gates is one of Qiskit's standard "
            f"library on one or two qubits: {found}"
        )
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return RawCalibration(
        name=name,
        source=SOURCE,
        date=midnight,
        repairs=(Repair(NO_DATE, f"set to today, {midnight:%Y-%m-%d}"),),
        qubits={i: _qubit(target, i) for i in range(target.num_qubits)},
        gates=gates,
        rep_delay_s=None,
        max_circuits_per_job=getattr(backend, "max_circuits", None) or NO_LIMIT,
        dt_s=target.dt,
        reset_s={
            at[0]: reset.duration
            for at, reset in _places(target, "reset")
            if getattr(reset, "duration", None)
        },
    )


def _of_ibm(backend: Any) -> bool:
    """Whether it has the properties of a machine, with their date, and a configuration."""
    try:
        dated = backend.properties().last_update_date
        return dated is not None and backend.configuration() is not None
    except (AttributeError, TypeError, NotImplementedError):
        return False


def _qubit(target: Any, index: int) -> Qubit[float | None]:
    decay = target.qubit_properties[index] if target.qubit_properties else None
    measure = dict(_places(target, "measure")).get((index,))
    return Qubit(
        t1_s=getattr(decay, "t1", None),
        t2_s=getattr(decay, "t2", None),
        readout_error=getattr(measure, "error", None),
        readout_s=getattr(measure, "duration", None),
    )


def _gates(
    target: Any,
) -> Iterator[tuple[str, dict[tuple[int, ...], GateProperties[float | None]]]]:
    from qiskit.circuit.library import get_standard_gate_name_mapping

    standard = get_standard_gate_name_mapping()
    for name in target.operation_names:
        width = getattr(target.operation_from_name(name), "num_qubits", None)
        if is_no_gate(name) or name not in standard or width not in (1, 2):
            continue
        yield (
            name,
            {
                at: GateProperties(getattr(found, "duration", None), getattr(found, "error", None))
                for at, found in _places(target, name)
            },
        )


def _places(target: Any, name: str) -> list[tuple[tuple[int, ...], Any]]:
    """Where an instruction is, and its figures there; everywhere where a target says so."""
    if name not in target.operation_names:
        return []
    found = target[name]
    if None not in found:
        return sorted(found.items())
    width = target.operation_from_name(name).num_qubits
    everywhere = permutations(range(target.num_qubits), width)
    return [(at, found[None]) for at in everywhere]
