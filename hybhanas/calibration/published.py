"""A calibration from published figures: one value for all qubits, one for all pairs of a gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from hybhanas.calibration.record import GateProperties, Qubit, RawCalibration
from hybhanas.calibration.source import CalibrationSource
from hybhanas.errors import ConfigError, unknown

TOPOLOGIES = ("all_to_all", "grid", "edges")


@dataclass(frozen=True)
class PublishedGate:
    """A gate by its published figures."""

    duration_s: float  # of one gate; 0: virtual
    error: float  # 1 - average gate fidelity


@dataclass(frozen=True, kw_only=True)
class PublishedFigures:
    """A backend by its published figures: one value for all qubits, one for all pairs of a gate."""

    qubits: int  # of the machine
    topology: str  # all_to_all, grid or edges
    grid: Sequence[str] = ()  # rows of o, a qubit, and ., none
    edges: Sequence[Sequence[int]] = ()  # pairs of coupled qubits
    t1_s: float  # relaxation time
    t2_s: float  # dephasing time
    readout_error: float  # chance to read the wrong bit
    readout_s: float  # duration of a measurement
    one_qubit_gates: Mapping[str, PublishedGate]  # by Qiskit's name
    two_qubit_gates: Mapping[str, PublishedGate]  # likewise
    rep_delay_s: float  # between two shots: reset, cooling
    max_circuits_per_job: int  # more circuits are more jobs
    date: str  # of the figures, as 2026-04-20
    source: str  # of the figures


@dataclass(frozen=True, kw_only=True)
class PublishedCalibration(CalibrationSource):
    """The calibration of a backend known by its medians. A bad figure is that of every qubit.

    Raises:
        ConfigError: by `read`: figures that describe no machine.
    """

    name: str  # the backend's
    machine: PublishedFigures | None  # the backend's; null: it has none
    fallback_rep_delay_s: float | None = None  # the figures must name it

    def read(self) -> RawCalibration:
        """The figures, those of each qubit and pair alike."""
        if self.machine is None:
            raise ConfigError(
                f"calibration=published is not accepted: backend {self.name} has no published "
                "figures; accepted: snapshot, file, live"
            )
        return read(self.name, self.machine)


def read(name: str, machine: PublishedFigures) -> RawCalibration:
    """The figures as a RawCalibration; every pair is coupled both ways."""
    if machine.qubits < 1:
        raise _refused("qubits", machine.qubits, "at least 1")
    if machine.max_circuits_per_job < 1:
        raise _refused("max_circuits_per_job", machine.max_circuits_per_job, "at least 1")
    singles: list[tuple[int, ...]] = [(i,) for i in range(machine.qubits)]
    pairs: list[tuple[int, ...]] = sorted({p for i, j in _pairs(machine) for p in ((i, j), (j, i))})
    if machine.two_qubit_gates and not pairs:
        raise _refused("two_qubit_gates", list(machine.two_qubit_gates), "none: no pair is coupled")
    return RawCalibration(
        name=name,
        source=f"published: {machine.source}",
        date=_date(machine.date),
        qubits=dict.fromkeys(
            range(machine.qubits),
            Qubit(machine.t1_s, machine.t2_s, machine.readout_error, machine.readout_s),
        ),
        gates=_gates("one_qubit_gates", machine.one_qubit_gates, singles)
        | _gates("two_qubit_gates", machine.two_qubit_gates, pairs),
        rep_delay_s=machine.rep_delay_s,
        max_circuits_per_job=machine.max_circuits_per_job,
    )


def _gates(
    field: str, gates: Mapping[str, PublishedGate], at: Sequence[tuple[int, ...]]
) -> dict[str, dict[tuple[int, ...], GateProperties[float | None]]]:
    from qiskit.circuit.library import get_standard_gate_name_mapping  # half a second

    width = 1 if field == "one_qubit_gates" else 2
    known = sorted(
        gate
        for gate, standard in get_standard_gate_name_mapping().items()
        if standard.num_qubits == width and hasattr(standard, "to_matrix")
    )
    for gate in gates:
        if gate not in known:
            raise unknown(f"backend.published.{field}", gate, known)
    return {
        gate: dict.fromkeys(at, GateProperties(figures.duration_s, figures.error))
        for gate, figures in gates.items()
    }


def _pairs(machine: PublishedFigures) -> list[tuple[int, int]]:
    """The coupled pairs, each once."""
    if machine.topology == "all_to_all":
        return [(i, j) for i in range(machine.qubits) for j in range(i)]
    if machine.topology == "grid":
        return _neighbours(machine.grid, machine.qubits)
    if machine.topology == "edges":
        for edge in machine.edges:
            if (
                len(edge) != 2
                or edge[0] == edge[1]
                or not 0 <= min(edge) <= max(edge) < machine.qubits
            ):
                accepted = f"pairs of different qubits below {machine.qubits}"
                raise _refused("edges", list(edge), accepted)
        return [(i, j) for i, j in machine.edges]
    raise unknown("backend.published.topology", machine.topology, TOPOLOGIES)


def _neighbours(rows: Sequence[str], qubits: int) -> list[tuple[int, int]]:
    """The pairs of a square lattice drawn with `o` for a qubit; they are numbered as one reads."""
    if strange := set("".join(rows)) - {"o", "."}:
        raise _refused("grid", "".join(sorted(strange)), "rows of o, a qubit, and ., none")
    spots = [(y, x) for y, row in enumerate(rows) for x, mark in enumerate(row) if mark == "o"]
    if len(spots) != qubits:
        raise _refused("grid", f"{len(spots)} qubits", f"as many as published.qubits={qubits}")
    index = {spot: i for i, spot in enumerate(spots)}
    return [
        (i, index[near])
        for (y, x), i in index.items()
        for near in ((y, x + 1), (y + 1, x))
        if near in index
    ]


def _date(day: str) -> datetime:
    try:
        return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise _refused("date", day, "a day as 2026-04-20") from None


def _refused(field: str, value: object, accepted: str) -> ConfigError:
    return ConfigError(f"backend.published.{field}={value} is not accepted: {accepted}")
