"""What an estimate of a job assumes, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hybhanas.calibration import Calibration
from hybhanas.calibration.price import NOT_KNOWN, Price
from hybhanas.cost.generations import ASSUMED, Generation
from hybhanas.cost.job import WORDS, PubCost
from hybhanas.cost.model import CostModel
from hybhanas.cost.options import RuntimeOptions

NO_ARCHIVE = (
    "no archived job is of such a machine: job_overhead_s and execution_overhead_s of CostModel "
    "(hybhanas cost: --job-overhead-s, --execution-overhead-s) replace what is assumed"
)
AS_SUBMITTED = "shots as submitted: none are added for noise"
RUNTIME_DEFAULT = "a Runtime Estimator has resilience_level=1 unless it is set, here it is 0"


def named(constants: Generation) -> str:
    """A generation as results name it."""
    return constants.name + (ASSUMED if constants.assumed else "")


def of_machine(constants: Generation, calibration: Calibration, price: Price | None) -> list[str]:
    """What is assumed of a machine, its jobs and their price."""
    said = [AS_SUBMITTED, f"job times of {named(constants)}"]
    if constants.assumed:
        said.append(NO_ARCHIVE)
    said += [str(one) for one in calibration.repairs if not one.places]
    return said if price is not None else [*said, NOT_KNOWN]


def of_job(
    pubs: Sequence[PubCost], jobs: int, options: RuntimeOptions, model: CostModel
) -> list[str]:
    """What is assumed of PUBs that run with options, in so many jobs."""
    said = []
    untouched = replace(options, rep_delay_s=None) == RuntimeOptions()
    if any(pub.primitive == "estimator" for pub in pubs) and untouched:
        said.append(RUNTIME_DEFAULT)
    if options != model.options:
        said.append("resilience options are those of an Estimator; a Sampler has none")
    if options.dynamical_decoupling is not None:
        said.append("decoupling: pulses with their errors in idle windows, nothing longer")
    if jobs > 1:
        said.append(f"more than a job may have: {jobs} jobs")
    if model.mode in WORDS:
        said.append(WORDS[model.mode])
    return said
