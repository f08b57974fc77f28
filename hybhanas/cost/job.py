"""JobCost: what a job of PUBs takes on a machine, term by term, before it is submitted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from hybhanas.calibration.price import Price
from hybhanas.cost.money import paid_together
from hybhanas.cost.report import Money
from hybhanas.errors import ConfigError, check_number, unknown

BATCH, SESSION = "batch", "session"
WORDS = {
    BATCH: "a batch bills the sum over its jobs",
    SESSION: "a session bills from its first job to its last; time between them that is not given "
    "is not in here",
}
"""What the modes bill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributions:
    """QPU time in seconds by what the machine does; the fields add up to it."""

    circuit_s: float = 0.0  # gates and measurements
    reset_s: float = 0.0  # resets that circuits name, on their critical path
    repetition_delay_s: float = 0.0  # between two executions, in which qubits relax
    execution_overhead_s: float = 0.0  # else of an execution, fitted to archived jobs
    loading_s: float = 0.0  # of circuits, where it takes longer than their executions
    job_overhead_s: float = 0.0  # of a job, fitted to archived jobs

    @property
    def total_s(self) -> float:
        """All of it."""
        return sum(getattr(self, field.name) for field in fields(self))

    def __add__(self, other: Contributions) -> Contributions:
        return Contributions(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AtFactor:
    """The circuit of a PUB at one noise factor; 1 is the circuit as it is."""

    noise_factor: float
    circuit_s: float  # of one execution
    two_qubit_gates: int
    p_survival: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PubCost:
    """A PUB: its circuit on the machine, how often that runs, and for how long.

    executions = configurations x noise factors x random circuits x shots of each.
    """

    name: str
    primitive: str  # sampler or estimator
    qubits: int
    depth: int  # of the transpiled circuit
    two_qubit_gates: int
    added_two_qubit_gates: int  # by routing
    circuit_s: float  # of one execution, at noise factor 1
    p_survival: float  # there
    p_survival_low: float  # 90 % of archived jobs of machines keep between them
    p_survival_high: float
    p_survival_is: str  # in words
    parameter_sets: int
    configurations: int  # pairs of a set of values and a basis to measure in
    shots: int  # of a configuration, as asked for
    random_circuits: int  # that twirling makes of a configuration
    shots_each: int  # of a random circuit
    noise_factors: tuple[AtFactor, ...]
    executions: int
    effective_s: float  # effective execution time: the circuits alone
    contributions: Contributions


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProvenance:
    """What an estimate was computed by, and on what."""

    backend: str
    calibration_date: str
    calibration_source: str
    calibration_hash: str
    rep_delay_s: float
    generation: str  # of the constants of a job's time; "assumed" where nothing says it
    compiler: str
    optimization_level: int
    transpiler_seed: int
    hybhanas: str  # the version
    qiskit: str  # the version


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCost:
    """What a job of PUBs takes as it is submitted: no shots are added for noise.

    `qpu_s` is what Runtime calls usage. 90 % of the archived jobs that were not used to fit the
    constants lie between `qpu_low_s` and `qpu_high_s`; `money` has the same interval, where seconds
    are paid.

    Example:
        >>> from hybhanas import estimate
        >>> from qiskit import QuantumCircuit
        >>> bell = QuantumCircuit(2)
        >>> _ = bell.h(0), bell.cx(0, 1), bell.measure_all()
        >>> estimate([bell], "ibm_boston", shots=4096).executions
        4096
    """

    pubs: tuple[PubCost, ...]
    executions: int
    jobs: int  # more than one where a job may not have so many executions
    qpu_s: float
    qpu_low_s: float
    qpu_high_s: float
    effective_s: float  # effective execution time: the circuits alone
    contributions: Contributions
    readout_executions: int  # of the circuits that learn readout errors
    options: str  # of the primitive, in words
    options_executions: int  # that they add
    options_s: float  # of `qpu_s`, that they add
    mode: str  # job, batch or session
    billed_s: float  # qpu_s; in a session with the time between jobs that is known
    is_lower_bound: bool  # of what is billed
    price: Price | None  # None where none is known
    money: Money | None  # what is billed, at that price
    assumptions: tuple[str, ...]
    provenance: JobProvenance

    @classmethod
    def together(cls, jobs: Sequence[JobCost], mode: str, between_s: float = 0.0) -> JobCost:
        """Jobs of one machine as a batch or a session.

        Args:
            jobs: at least one.
            mode: `batch` bills the sum over its jobs; `session` the time between them as well.
            between_s: all of that time, in a session, as far as it is known.

        Raises:
            ConfigError: another mode, jobs on several machines or of several prices, or a time that
                is none.
        """
        if mode not in (BATCH, SESSION):
            raise unknown("mode", mode, (BATCH, SESSION))
        machines = sorted({job.provenance.backend for job in jobs})
        if len(machines) != 1:
            found = ", ".join(machines) or "none"
            raise ConfigError(f"jobs on {found} are not accepted: one machine, at least one job")
        check_number("between_s", between_s, "seconds, at least 0", lambda s: 0 <= s < math.inf)
        prices = dict.fromkeys(job.price for job in jobs)
        if len(prices) != 1:
            found = " and ".join("no known price" if one is None else one.words for one in prices)
            raise ConfigError(f"jobs paid by {found} are not accepted: one price")
        added = {
            name: sum(getattr(job, name) for job in jobs)
            for name in (
                "executions", "jobs", "qpu_s", "qpu_low_s", "qpu_high_s", "effective_s",
                "readout_executions", "options_executions", "options_s",
            )
        }  # fmt: skip
        said = dict.fromkeys(line for job in jobs for line in job.assumptions)
        between_s = between_s if mode == SESSION else 0.0
        price = jobs[0].price
        second_usd = (price and price.second_usd) or 0.0
        return cls(
            **added,
            pubs=tuple(pub for job in jobs for pub in job.pubs),
            contributions=total([job.contributions for job in jobs]),
            options="; ".join(dict.fromkeys(job.options for job in jobs)),
            mode=mode,
            billed_s=added["qpu_s"] + between_s,
            is_lower_bound=mode == SESSION,
            price=price,
            money=paid_together([job.money for job in jobs], second_usd * between_s),
            assumptions=(*said, WORDS[mode]),
            provenance=jobs[0].provenance,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, as hybhanas/plain_cost/schema.json describes them."""
        plain: dict[str, Any] = _listed(asdict(self))
        return plain


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _listed(inner) for key, inner in value.items()}
    return [_listed(inner) for inner in value] if isinstance(value, list | tuple) else value


def total(contributions: Sequence[Contributions]) -> Contributions:
    """The sum of contributions."""
    return sum(contributions, start=Contributions())
