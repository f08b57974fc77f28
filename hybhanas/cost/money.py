"""Money: what is paid for the quantum half."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hybhanas.calibration.price import Price
from hybhanas.cost.logs import log, log_sum
from hybhanas.cost.report import Money


def log_cost_usd(price: Price, circuits: int, log_shots: float, log_billed_s: float) -> float:
    """The log of the dollars: billed seconds x price of a second + circuits x (price of a task +
    effective shots x price of a shot).
    """
    return log_sum(
        log(price.second_usd or 0.0) + log_billed_s,
        log(circuits * (price.task_usd or 0.0)),
        log(circuits * (price.shot_usd or 0.0)) + log_shots,
    )


def paid(price: Price, circuits: int, executions: int, billed_s: Sequence[float]) -> Money:
    """The price of a job whose shots are known.

    Args:
        price: of the machine's time, or of tasks and shots.
        circuits: that run, each a task.
        executions: shots of all of them.
        billed_s: as estimated, and both ends of its interval.

    Example:
        >>> paid(Price(second_usd=2.0), 1, 4096, (3.0, 2.5, 6.0)).cost_high_usd
        12.0
    """
    tasks_usd = circuits * (price.task_usd or 0.0) + executions * (price.shot_usd or 0.0)
    usd, low, high = ((price.second_usd or 0.0) * seconds + tasks_usd for seconds in billed_s)
    return Money(cost_usd=usd, log10_cost_usd=math.log10(usd), cost_low_usd=low, cost_high_usd=high)


def paid_together(all_paid: Sequence[Money | None], more_usd: float = 0.0) -> Money | None:
    """The sum over jobs and of what is paid besides; None where a job's price is not known."""
    known = [money for money in all_paid if money is not None]
    if len(known) < len(all_paid):
        return None
    usd = sum(money.cost_usd for money in known) + more_usd
    return Money(
        cost_usd=usd,
        log10_cost_usd=math.log10(usd),
        cost_low_usd=sum(money.cost_low_usd for money in known) + more_usd,
        cost_high_usd=sum(money.cost_high_usd for money in known) + more_usd,
    )
