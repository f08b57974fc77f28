"""CostReport: every term of what an HQNN costs on one backend, each with its unit."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

from hybhanas.errors import CandidateError


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitCost:
    """One execution of the transpiled circuit.

    `routing_s` and `routing_ratio` compare with the same circuit if every pair of qubits were
    coupled. They contain the spread of the machine as well: without an added gate they differ from
    0 and 1 by how the chosen gates compare to the median.
    """

    qubits: int  # that the circuit uses on the machine
    depth: int  # of the transpiled circuit
    physical_instructions: int  # of the transpiled circuit
    two_qubit_gates: int  # likewise
    added_two_qubit_gates: int  # by routing
    time_s: float  # by the chosen timing
    scheduled_s: float  # critical path
    serial_s: float  # sum over all instructions
    all_to_all_s: float  # with every pair coupled, at the median of the machine
    routing_s: float  # time_s - all_to_all_s
    routing_ratio: float  # time_s / all_to_all_s


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseCost:
    """What survives noise: fractions of the measured expectation values, or, with
    `faults=whole_circuit`, chances that no fault occurs. `p_survival` is the product.
    """

    p_gate: float  # of gate errors
    p_readout: float  # of readout errors
    p_idle: float  # of waiting qubits
    p_survival: float  # of all three
    log10_p_survival: float
    # 90 % of archived jobs of machines keep between them, at the age of the calibration.
    p_survival_low: float
    p_survival_high: float  # likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class Executions:
    """How often circuits run in the phase that is costed."""

    shots: int  # of a circuit without noise
    shots_effective: float  # shots / p_survival^k
    log10_shots_effective: float
    rep_delay_s: float  # that each shot waits for
    circuits_per_sample: int  # 1 forward, and those of the gradient in training
    circuits_per_sample_separate: int  # if every angle were shifted in circuits of its own
    circuits: int  # of the phase
    jobs: int  # likewise
    total_executions: float = 0.0  # shots of all circuits, with those that options add
    log10_total_executions: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """Seconds: of one inference, of a training, and in total of the phase that is costed.

    `qpu_s` and `effective_s` are there under every cost model; `cost_model.total` says which of
    them is `quantum_s`.
    """

    # Of the phase, for which the quantum machine is busy: with repetition delay, loading and jobs.
    qpu_s: float
    log10_qpu_s: float
    # 90 % lie between them: the bands of jobs that were not fitted, as if all deviated alike, of P,
    # and of the layouts that were tried, as of independent factors.
    qpu_low_s: float
    qpu_high_s: float  # likewise
    billed_s: float  # qpu_s, in a session with the classical time between jobs
    # Of the phase, for gates, routing and noise alone: the effective execution time.
    effective_s: float
    log10_effective_s: float
    effective_low_s: float  # 90 % lie between them: the bands of P and of the layouts
    effective_high_s: float  # likewise
    quantum_inference_s: float  # of one sample, by the time that is the total
    quantum_training_s: float  # of all epochs, likewise
    classical_inference_s: float  # of one sample
    classical_training_s: float  # of all epochs, with the way of jobs
    quantum_s: float  # of the phase: qpu_s or effective_s
    total_s: float  # of the phase, quantum and classical
    log10_total_s: float
    # Largest minus smallest log10_total_s over the `layouts` tried: how much the cost depends on
    # the transpiler's seed. 0 of a single one says nothing.
    log10_total_spread: float
    latency_s: float  # one inference of one sample
    log10_latency_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Energy:
    """Joules of quantum computer and classical device in the phase that is costed."""

    total_j: float  # of both
    log10_total_j: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What is paid for a job, or for the phase that is costed, in US dollars."""

    cost_usd: float  # as estimated
    log10_cost_usd: float
    cost_low_usd: float  # by the band of what is paid for: QPU time, or shots
    cost_high_usd: float  # likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The seconds that add up to `total_s`."""

    gates_s: float  # shots without noise on a machine with all pairs coupled
    routing_s: float  # what routing adds to them
    noise_s: float  # extra shots
    repetition_delay_s: float  # with what else each shot waits for
    program_loading_s: float  # what loading exceeds the shots by, with each circuit's own overhead
    job_s: float  # overhead of jobs
    classical_s: float  # of the computer beside it
    options_s: float = 0.0  # what options of the primitive add: twirling, ZNE, TREX


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """How a cost was computed, and on what."""

    cost_model: str  # its name
    total: str  # which of the two times the total is: qpu or effective
    generation: str  # of the constants of a job's time; "assumed" where nothing says it
    mode: str  # how jobs are submitted
    phase: str
    timing: str
    scheduling: str
    faults: str
    gradient: str
    idle: str
    sampling_exponent: int
    compiler: str
    optimization_level: int
    transpiler_seed: int  # of the layout that was kept
    layouts: int
    device: str  # its name
    calibration: str  # the backend's name
    calibration_date: str  # YYYY-MM-DD
    calibration_hash: str  # of its content
    calibration_age_days: float  # at the run, as the bands take it
    price: str  # in words, or which figure is missing
    p_survival_is: str = ""  # in words
    options: str = "none"  # of the primitive, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class CostReport:
    """The cost of one HQNN, or of a bare circuit, in the phase that the cost model names.

    Seconds and joules that a double cannot hold are infinite here and null in JSON; the log10
    fields are always finite.

    Raises:
        CandidateError: the total is not finite even as a logarithm.
    """

    circuit: CircuitCost
    noise: NoiseCost
    executions: Executions
    time: Time
    energy: Energy
    parts: Parts
    provenance: Provenance
    money: Money | None = None  # None where no price is known

    def __post_init__(self) -> None:
        if not math.isfinite(self.time.log10_total_s):
            raise CandidateError(f"log10_total_s is {self.time.log10_total_s}")

    def to_dict(self) -> dict[str, Any]:
        """Sections of fields in JSON types, infinite ones as None."""
        return {
            section: {
                name: None if isinstance(value, float) and not math.isfinite(value) else value
                for name, value in values.items()
            }
            for section, values in asdict(self).items()
            if values is not None
        } | ({} if self.money else {"money": None})

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> CostReport:
        """The inverse of `to_dict`.

        Raises:
            KeyError, TypeError, ValueError: `data` is something else.
        """
        known = {name: kind for name, kind in SECTIONS.items() if data[name] is not None}
        sections = {name: _section(kind, data[name]) for name, kind in known.items()}
        sections["provenance"] = _shared(sections["provenance"])
        try:
            return cls(**sections)
        except CandidateError as error:
            raise ValueError(str(error)) from None


SECTIONS: dict[str, type] = {
    "circuit": CircuitCost,
    "noise": NoiseCost,
    "executions": Executions,
    "time": Time,
    "energy": Energy,
    "parts": Parts,
    "provenance": Provenance,
    "money": Money,
}
_TYPES: dict[Any, tuple[type, ...]] = {"int": (int,), "float": (int, float), "str": (str,)}
_FIELDS = {kind: [(f.name, _TYPES[f.type]) for f in fields(kind)] for kind in SECTIONS.values()}


def _section(kind: type, data: dict[str, Any]) -> Any:
    values = {name: math.inf if value is None else value for name, value in data.items()}
    for name, types in _FIELDS[kind]:
        if type(values[name]) not in types:
            raise ValueError(f"{name} is {values[name]!r}")
    return kind(**values)


@lru_cache(maxsize=256)
def _shared(provenance: Provenance) -> Provenance:
    """The first that is equal: the records of a search have one, which takes most of a report."""
    return provenance
