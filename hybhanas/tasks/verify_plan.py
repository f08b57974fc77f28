"""What running members of a front with noise takes, before anything runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hybhanas.calibration.price import Price
from hybhanas.circuit import Circuit
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.job import JobCost
from hybhanas.cost.job_estimator import JobEstimator
from hybhanas.cost.logs import exp, log
from hybhanas.cost.money import log_cost_usd
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.nas.front import FrontMember
from hybhanas.pubs import Pub
from hybhanas.qiskit_view import to_qiskit
from hybhanas.verify.laid_out import LaidOut

if TYPE_CHECKING:
    from hybhanas.models.hqnn import HQNN

MOST_SHOTS = 10_000_000


@dataclass(frozen=True)
class Planned:
    """A member and what running it takes.

    Args:
        rank: on the front.
        member: itself.
        model: its network.
        laid_out: its circuit on the machine.
        predicted: survival of each observable.
        shots: of each circuit.
        job: all of its circuits on the machine, a job for each piece.
        usd: None where no price is known.
    """

    rank: int
    member: FrontMember
    model: HQNN
    laid_out: LaidOut
    predicted: tuple[float, ...]
    shots: int
    job: JobCost
    usd: float | None


def planned(  # noqa: PLR0913 - what a plan depends on
    rank: int,
    member: FrontMember,
    model: HQNN,
    estimator: CostEstimator,
    shots: int | None,
    samples: int,
    piece: int,
) -> Planned:
    """Lays a member out, and costs its jobs.

    Args:
        rank: of the member on its front.
        member: trained.
        model: its network.
        estimator: of the machine.
        shots: of each circuit; None: what the cost model prescribes.
        samples: circuits.
        piece: circuits of a job.

    Raises:
        ConfigError: the machine cannot run it, or noise leaves too little.
    """
    circuit = model.layers.circuit
    try:
        report = estimator(circuit)
        needed = shots or math.ceil(report.executions.shots_effective)
        if needed > MOST_SHOTS:
            raise CandidateError(
                f"noise leaves {report.noise.p_survival:.2g}, which takes {needed:.2g} shots of "
                f"each circuit; at most {MOST_SHOTS:,}, or verify.shots=NUMBER"
            )
        seed = report.provenance.transpiler_seed
        laid_out = LaidOut(circuit, estimator.calibration, estimator.model, seed)
        sizes = [min(piece, samples - start) for start in range(0, samples, piece)]
        by_size = {size: _job(circuit, estimator, needed, size) for size in {*sizes}}
        job = JobCost.together([by_size[size] for size in sizes], "batch")
    except (CandidateError, OverflowError) as error:
        name = member.evaluation.architecture.hash
        raise ConfigError(f"member={name} is not accepted: {error}") from None
    usd = _usd(estimator.price, job, samples)
    predicted = estimator.survivals(circuit)
    return Planned(rank, member, model, laid_out, predicted, needed, job, usd)


def _job(circuit: Circuit, estimator: CostEstimator, shots: int, samples: int) -> JobCost:
    """What one job of so many circuits takes."""
    pub = Pub(
        circuit=to_qiskit(circuit),
        observables=None,
        parameter_sets=samples,
        configurations=samples,
        shots=shots,
        primitive="sampler",
    )
    return JobEstimator(estimator, shots)([("circuit", pub)])


def _usd(price: Price | None, job: JobCost, circuits: int) -> float | None:
    """What the machine's time costs in dollars; None where no price is known."""
    if price is None or not price.is_given:
        return None
    return exp(log_cost_usd(price, circuits, log(job.executions / circuits), log(job.qpu_s)))


def high_s(plans: Sequence[Planned]) -> float:
    """QPU seconds that 90 % of jobs like these stay below."""
    return sum(plan.job.qpu_high_s for plan in plans)


def check_limit(limit_s: float | None, plans: Sequence[Planned]) -> None:
    """Checks that a limit of QPU seconds is given and holds all that is planned.

    Raises:
        ConfigError: it is not, or does not.
    """
    needed = sum(plan.job.qpu_s for plan in plans)
    high = high_s(plans)
    if limit_s is None or high > limit_s:
        value = "null" if limit_s is None else f"{limit_s:g}"
        raise ConfigError(
            f"verify.limit_s={value} is not accepted with verify.on=machine: this takes "
            f"{needed:.3g} s of QPU time, in 90 % of jobs up to {high:.3g} s; accepted: at least "
            "that"
        )
