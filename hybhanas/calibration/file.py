"""A calibration from a file: a JSON that this package saved, or IBM's backend properties."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hybhanas.calibration.fields import (
    MAX_BYTES,
    MAX_GATES,
    MAX_QUBITS,
    MalformedError,
    items,
    member,
    moment,
    number,
    places,
    text,
)
from hybhanas.calibration.record import (
    PROPERTIES,
    GateProperties,
    Qubit,
    RawCalibration,
    Repair,
    grouped,
    is_no_gate,
)
from hybhanas.calibration.source import CalibrationSource
from hybhanas.errors import ConfigError, refused
from hybhanas.stored import read_bytes

ACCEPTED = "a JSON file that calibration=live saved, or IBM backend properties as JSON"

MAX_CIRCUITS_PER_JOB = 300
"""Backend properties name no limit; 300 is that of the most snapshots, Eagle and Heron among them.
"""

FRACTIONAL = ("rx", "rzz")
"""Gates that properties of Heron machines list, and that Runtime uses only where
`use_fractional_gates=True` asks for them; its backends, the shipped ones too, leave them out.
"""

_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "µs": 10**6, "ns": 10**9}


@dataclass(frozen=True, kw_only=True)
class CalibrationFile(CalibrationSource):
    """A file that `calibration=live` saved, or IBM's backend properties as JSON.

    Raises:
        ConfigError: by `read`: no such file, or one of another kind.
    """

    path: str  # of the file, ~ understood

    def read(self) -> RawCalibration:
        """The file's values."""
        return read(self.path)


def read(path: str) -> RawCalibration:
    """The file's values; the errors are those of `CalibrationFile`."""
    if not isinstance(path, str):
        raise refused("calibration.path", path, ACCEPTED)
    try:
        data = json.loads(read_bytes(Path(path).expanduser().resolve(), MAX_BYTES))
        if isinstance(data, dict) and "last_update_date" in data:
            return from_properties(data)
        return RawCalibration.from_dict(data)
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except (json.JSONDecodeError, UnicodeDecodeError):
        reason = "it is not JSON"
    except RecursionError:
        reason = "it is nested too deep"
    except (ValueError, RuntimeError) as error:  # such as an unknown user after ~
        reason = str(error)
    raise ConfigError(f"calibration.path={path} is not accepted: {reason}; accepted: {ACCEPTED}")


def from_properties(data: dict[str, Any]) -> RawCalibration:
    """IBM's backend properties as a RawCalibration.

    They are what `backend.properties().to_dict()` gives: every qubit and gate, but neither a
    repetition delay nor a limit of circuits per job, which becomes MAX_CIRCUITS_PER_JOB.

    Raises:
        MalformedError: `data` is something else.
    """
    here = "the file"
    found = [Repair("no limit of circuits per job", f"set to {MAX_CIRCUITS_PER_JOB}")]
    qubits: dict[int, Qubit[float | None]] = {}
    rows = items(member(data, "qubits", here), "qubits", most=MAX_QUBITS)
    for index, row in enumerate(rows):
        values = _values(row, f"qubits[{index}]")
        if values.get("operational", 1.0) != 0:
            qubits[index] = Qubit(
                t1_s=values.get("T1"),
                t2_s=values.get("T2"),
                readout_error=values.get("readout_error"),
                readout_s=values.get("readout_length"),
            )
    gates: dict[str, dict[tuple[int, ...], GateProperties[float | None]]] = {}
    listed = items(member(data, "gates", here), "gates", most=MAX_GATES)
    for index, gate in enumerate(listed):
        where = f"gates[{index}]"
        name = text(member(gate, "gate", where), f"{where}: gate")
        on = items(member(gate, "qubits", where), f"{where}: qubits")
        if is_no_gate(name) or len(on) > 2:
            continue
        at = places(on, f"{where}: qubits", len(rows))
        values = _values(member(gate, "parameters", where), where)
        if values.get("operational", 1.0) == 0:
            place = "-".join(map(str, at))
            found.append(
                Repair(f"{name} reported as not operational", "excluded", "gate", (place,))
            )
            continue
        properties = GateProperties(values.get("gate_length"), values.get("gate_error"))
        gates.setdefault(name, {})[at] = properties
    if (left_out := [name for name in FRACTIONAL if name in gates]) and "cz" in gates:
        gates = {name: at for name, at in gates.items() if name not in left_out}
        names = " and ".join(left_out)
        found.append(Repair(f"fractional gates {names}", "left out, as Runtime does unless asked"))
    return RawCalibration(
        name=text(member(data, "backend_name", here), "backend_name"),
        source=PROPERTIES,
        date=moment(data["last_update_date"], "last_update_date"),
        qubits=qubits,
        gates=gates,
        rep_delay_s=None,
        max_circuits_per_job=MAX_CIRCUITS_PER_JOB,
        excluded=frozenset(range(len(rows))).difference(qubits),
        repairs=grouped(found),
    )


def _values(rows: Any, where: str) -> dict[str, float | None]:
    """The numbers of a qubit or gate by name, times in seconds; what is not used here left out."""
    read: dict[str, float | None] = {}
    for row in items(rows, where):
        name = text(member(row, "name", where), f"{where}: a name")
        if name in ("T1", "T2", "readout_length", "gate_length"):
            value = number(member(row, "value", where), f"{where}: {name}")
            unit = member(row, "unit", where)
            if not isinstance(unit, str) or unit not in _PER_SECOND:
                raise MalformedError(f"{where}: the unit of {name} is not one of time")
            read[name] = None if value is None else value / _PER_SECOND[unit]
        elif name in ("readout_error", "gate_error", "operational"):
            value = member(row, "value", where)
            if isinstance(value, bool):
                value = int(value)
            read[name] = number(value, f"{where}: {name}")
    return read
