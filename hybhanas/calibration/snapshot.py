"""The calibration snapshots that qiskit-ibm-runtime ships, by name."""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any

from hybhanas.calibration.record import (
    SNAPSHOT,
    GateProperties,
    Qubit,
    RawCalibration,
    is_no_gate,
)
from hybhanas.calibration.source import CalibrationSource
from hybhanas.errors import ConfigError, unknown

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Snapshot(CalibrationSource):
    """A snapshot that qiskit-ibm-runtime ships.

    Raises:
        ConfigError: by `read`: no snapshot of that name.
    """

    # One of `available`, such as brisbane; fake_brisbane, FakeBrisbane and ibm_brisbane are
    # understood too.
    # null stands for a backend that none is of.
    snapshot: str | None
    backend: str | None = None  # the user's name of it; null: that of the snapshot, without `fake_`

    def read(self) -> RawCalibration:
        """The snapshot's values."""
        if self.snapshot is None:
            raise ConfigError(
                "calibration=snapshot is not accepted: no shipped snapshot is of this backend; "
                "accepted: published, file, live"
            )
        shipped = backends().get(plain(self.snapshot))
        if shipped is None:
            raise unknown("backend.snapshot", self.snapshot, available())
        with warnings.catch_warnings(record=True) as said:
            raw = read(shipped())
        for warning in said:  # such as that a snapshot's errors are not typical of its machine
            log.warning("%s", warning.message)
        return replace(raw, name=self.backend or plain(self.snapshot))


def is_available(name: str) -> bool:
    """Whether a snapshot is of that name, in any of its forms."""
    return plain(name) in backends()


def available() -> list[str]:
    """The names `load` accepts, sorted."""
    return sorted(backends())


def backends() -> dict[str, Any]:
    """The snapshot backend classes of qiskit-ibm-runtime by plain name."""
    from qiskit_ibm_runtime import fake_provider

    return {
        plain(name): getattr(fake_provider, name)
        for name in dir(fake_provider)
        if name.startswith("Fake") and name != "FakeProviderForBackendV2"
    }


def read(backend: Any, source: str = SNAPSHOT) -> RawCalibration:
    """A Qiskit backend's target, properties and configuration as a RawCalibration.

    A qubit that the target has no measurement of is one that the backend reports as faulty.
    """
    target = backend.target
    configuration = backend.configuration()
    properties = backend.properties()
    readout = target["measure"] if "measure" in target.operation_names else {}
    resets = target["reset"] if "reset" in target.operation_names else {}
    qubits: dict[int, Qubit[float | None]] = {}
    for index in range(target.num_qubits):
        if (index,) not in readout:
            continue
        decay = target.qubit_properties[index] if target.qubit_properties else None
        measure = readout[index,]
        qubits[index] = Qubit(
            t1_s=getattr(decay, "t1", None),
            t2_s=getattr(decay, "t2", None),
            readout_error=getattr(measure, "error", None),
            readout_s=getattr(measure, "duration", None),
        )
    gates: dict[str, dict[tuple[int, ...], GateProperties[float | None]]] = {}
    for name in target.operation_names:
        places = target[name]
        if is_no_gate(name) or None in places:
            continue  # control flow has no qubits of its own
        gates[name] = {
            qubits_of: GateProperties(getattr(at, "duration", None), getattr(at, "error", None))
            for qubits_of, at in sorted(places.items())
            if len(qubits_of) <= 2
        }
    return RawCalibration(
        name=backend.name,
        source=source,
        date=properties.last_update_date.astimezone(UTC),
        qubits=qubits,
        gates=gates,
        rep_delay_s=getattr(configuration, "default_rep_delay", None),
        max_circuits_per_job=getattr(configuration, "max_experiments", None) or 1,
        excluded=frozenset(range(target.num_qubits)).difference(qubits),
        dt_s=getattr(target, "dt", None),
        reset_s={
            at[0]: reset.duration
            for at, reset in resets.items()
            if at is not None and getattr(reset, "duration", None)
        },
    )


def plain(name: str) -> str:
    """`FakeBrisbane`, `fake_brisbane`, `ibm_brisbane` and `FakeBrisbaneV2` to `brisbane`."""
    short = name.lower().removeprefix("fake").removeprefix("_").removesuffix("v2")
    return short.removeprefix("ibm_").removeprefix("ibmq_")
