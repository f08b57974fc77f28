"""Money: what is paid for the quantum half."""

from __future__ import annotations

from hybhanas.calibration.price import Price
from hybhanas.cost.logs import log, log_sum


def log_cost_usd(price: Price, circuits: int, log_shots: float, log_billed_s: float) -> float:
    """The log of the dollars: billed seconds x price of a second + circuits x (price of a task +
    effective shots x price of a shot).
    """
    return log_sum(
        log(price.second_usd or 0.0) + log_billed_s,
        log(circuits * (price.task_usd or 0.0)),
        log(circuits * (price.shot_usd or 0.0)) + log_shots,
    )
