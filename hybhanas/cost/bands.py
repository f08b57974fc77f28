"""How far off a cost may be: intervals that hold 90 % of what was measured or simulated.

Three things deviate, each judged on what its figures were not fitted to; docs/validation.md has
the tables. The time of a job: see `hybhanas.cost.generations`. What noise leaves: P to a power, by
jobs of real machines, and by older calibrations of the same machines. The layout:
another seed of the transpiler costs up to the spread of those that were tried more. They are taken
as independent, so that their logarithms add in quadrature.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from hybhanas.calibration import Calibration
from hybhanas.calibration.record import LIVE
from hybhanas.cost.logs import exp, log
from hybhanas.cost.model import CostModel
from hybhanas.cost.noise import Survival
from hybhanas.cost.report import CostReport


class Band(NamedTuple):
    """Factors, or powers, between which 90 % lie; 1 is the estimate itself."""

    low: float
    high: float


EXACT = Band(1.0, 1.0)

# python scripts/validate_machines.py ibm_jobs_metriq_2025_26.csv: what real machines leave, as a
# power of P. What density matrices leave lies well inside.
OF_MACHINES = Band(0.81, 2.84)

# python scripts/calibration_age.py: by the median days between two calibrations of a machine; an
# older one is never taken to say more than a younger
OF_AGE = (
    (0.0, EXACT),
    (34.0, Band(0.49, 1.13)),
    (364.0, Band(0.49, 1.57)),
    (900.0, Band(0.49, 5.11)),
)

FRESH_DAYS, SHIPPED_DAYS = 1.0, 365.0
"""The age that is assumed of a calibration: read from the machine, or of any other source."""


def age_days(model: CostModel, calibration: Calibration) -> float:
    """Days from the calibration to the run, as the cost model gives or assumes them."""
    if model.calibration_age_days is not None:
        return model.calibration_age_days
    return FRESH_DAYS if calibration.source == LIVE else SHIPPED_DAYS


def survival_powers(
    model: CostModel, calibration: Calibration, survival: Survival | None = None
) -> Band:
    """The powers of P between which 90 % of what noise leaves of expectation values lies.

    P^high is less than P^low. Between the ages that were measured logarithms are interpolated,
    beyond the last they stay. Machines judge what `observable` promises, so that under
    `whole_circuit`, and where nothing is there to survive, the age alone counts.

    Example:
        >>> calibration = Calibration.load("ibm_brisbane")
        >>> new, old = (CostModel(calibration_age_days=days) for days in (0, 400))
        >>> survival_powers(new, calibration).high < survival_powers(old, calibration).high
        True
    """
    judged = model.faults == "observable" and not (survival and survival.vanishes)
    of_machines = OF_MACHINES if judged else EXACT
    return combined([of_machines, of_age(age_days(model, calibration))])


def of_age(days: float) -> Band:
    """The powers of P that so many days since the calibration account for."""
    ages = [age for age, _ in OF_AGE]
    low, high = (
        math.exp(np.interp(days, ages, [math.log(band[end]) for _, band in OF_AGE]))
        for end in (0, 1)
    )
    return Band(low, high)


def combined(bands: Iterable[Band]) -> Band:
    """The band of a product of independent factors, each at most or least 1 at its ends.

    Example:
        >>> combined([Band(0.5, 2.0), EXACT])
        Band(low=0.5, high=2.0)
    """
    bands = list(bands)
    low = math.hypot(*(min(log(band.low), 0.0) for band in bands))
    high = math.hypot(*(max(log(band.high), 0.0) for band in bands))
    return Band(exp(-low), exp(high))


def with_layouts(reports: Sequence[CostReport]) -> CostReport:
    """The cheapest of the layouts that were tried, its bands widened by their spread.

    The cheapest is kept, so that other seeds only cost more, up to what the most expensive does. Of
    a single layout nothing is known.
    """
    cheapest = min(reports, key=lambda report: report.time.log10_total_s)

    def high(end: float, log10_of: Callable[[CostReport], float]) -> float:
        estimate = log10_of(cheapest)
        spread = Band(1.0, 10 ** (max(map(log10_of, reports)) - estimate))
        if spread.high == 1 or not math.isfinite(end):
            return end
        return combined([Band(1.0, end / 10**estimate), spread]).high * 10**estimate

    time, money = cheapest.time, cheapest.money
    spread = max(report.time.log10_total_s for report in reports) - time.log10_total_s
    time = replace(
        time,
        log10_total_spread=spread,
        qpu_high_s=high(time.qpu_high_s, lambda one: one.time.log10_qpu_s),
        effective_high_s=high(time.effective_high_s, lambda one: one.time.log10_effective_s),
    )
    if money is not None:
        paid = high(money.cost_high_usd, lambda one: one.money.log10_cost_usd if one.money else 0.0)
        money = replace(money, cost_high_usd=paid)
    return replace(cheapest, time=time, money=money)
