"""What a job takes besides its shots, by generation of machine and service.

The constants are fitted to archived jobs by `scripts/fit_job_time.py`, whose command stands above
each; docs/validation.md has the tables. They belong to a time rather than to a machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hybhanas.calibration import Calibration
from hybhanas.calibration.record import IBM_SOURCES
from hybhanas.cost.model import OVERHEADS, CostModel
from hybhanas.errors import unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """Constants of the time of a job, and its limits.

    Args:
        job_overhead_s: of a job, besides its circuits.
        circuit_overhead_s: of a circuit of a job, besides its shots.
        execution_overhead_s: of a shot, besides circuit and repetition delay.
        program_loading_s: of a two-qubit gate of a circuit. Loading runs beside the shots: the
            longer of the two counts.
        executions_per_job: shots of all circuits that a job may have; None: no limit.
        circuits_per_job: whether the machine's own limit of circuits holds.
        low, high: 90 % of jobs that were not fitted take between so many times the prediction.
        assumed: whether constants hold that were fitted to other machines than this one.
    """

    name: str
    job_overhead_s: float
    circuit_overhead_s: float
    execution_overhead_s: float
    program_loading_s: float
    executions_per_job: int | None
    circuits_per_job: bool
    low: float
    high: float
    assumed: bool = False


# python scripts/fit_job_time.py ibm_jobs_qonductor_slice.csv, program_loading_s by
# python scripts/fit_job_time.py ibm_osaka_ma_li.csv
IBM_2023 = Generation(
    name="ibm_2023",  # circuits run one by one, by IBM's circuit-runner
    job_overhead_s=2.33,  # 90 % interval 2.14 to 2.45; by the second command 1.61 to 2.14
    circuit_overhead_s=0.0400,  # 0.0269 to 0.0611
    execution_overhead_s=12.4e-6,  # 10.0 to 14.2e-6, besides a delay of 250 us
    program_loading_s=176.0e-6,  # 169 to 183e-6
    executions_per_job=None,
    circuits_per_job=True,
    low=0.561,
    high=1.81,
)
# python scripts/fit_primitive_jobs.py ibm_jobs_metriq_2025_26_rebuilt.csv
IBM_2025 = Generation(
    name="ibm_2025",  # jobs of the Sampler primitive
    job_overhead_s=0.975,  # 90 % interval 0.925 to 1.01
    circuit_overhead_s=0.0,
    execution_overhead_s=9.09e-6,  # 4.83 to 20.1e-6, besides the machine's own delay
    program_loading_s=0.0,  # circuits of 2,000 two-qubit gates take no longer than their shots
    executions_per_job=10_000_000,  # quantum.cloud.ibm.com/docs/guides/job-limits, 2026
    circuits_per_job=False,  # there: max_experiments is "no longer relevant or enforced"
    low=0.943,
    high=2.15,
)

GENERATIONS: Mapping[str, Generation] = {one.name: one for one in (IBM_2023, IBM_2025)}

ASSUMED = ", assumed"
"""Follows the name of a generation whose constants are of other machines."""

PRIMITIVES_ONLY = datetime(2024, 10, 15, tzinfo=UTC)
"""Since this day IBM's machines run primitives alone (announcement of the end of backend.run)."""


def generation_of(model: CostModel, calibration: Calibration) -> Generation:
    """The constants of a machine's jobs: those of its generation, but for what the model replaces.

    A calibration of IBM's belongs to the generation of its date. Of another machine no jobs are
    archived: it is given the latest generation, with the machine's own limit of circuits, and the
    result says that this is assumed unless the model gives the overheads of jobs and executions.

    Raises:
        ConfigError: `model.generation` is unknown.

    Example:
        >>> from hybhanas.calibration import Calibration
        >>> generation_of(CostModel(), Calibration.load("ibm_brisbane")).name
        'ibm_2025'
    """
    ibm = calibration.source in IBM_SOURCES
    if model.generation != "auto":
        if model.generation not in GENERATIONS:
            raise unknown("cost_model.generation", model.generation, ("auto", *GENERATIONS))
        found = GENERATIONS[model.generation]
    elif ibm and calibration.date < PRIMITIVES_ONLY:
        found = IBM_2023
    else:
        found = IBM_2025
    given = {name: getattr(model, name) for name in OVERHEADS}
    return replace(
        found,
        assumed=not ibm and None in (model.job_overhead_s, model.execution_overhead_s),
        circuits_per_job=found.circuits_per_job or not ibm,
        **{name: value for name, value in given.items() if value is not None},
    )
