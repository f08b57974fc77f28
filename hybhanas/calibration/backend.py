"""Backend: a quantum machine as a user names it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hybhanas.calibration.published import PublishedFigures
from hybhanas.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Backend:
    """A quantum machine: where its calibration is found, and what it draws.

    Raises:
        ConfigError: a power that is not above 0.
    """

    name: str  # as results name it
    snapshot: str | None = None  # a machine of `hybhanas.calibration.snapshot.available()`
    published: PublishedFigures | None = None  # of a machine without snapshots
    power_w: float  # electrical power of the whole machine, cooling included

    def __post_init__(self) -> None:
        if not 0 < self.power_w < math.inf:
            raise ConfigError(f"backend.power_w={self.power_w} is not accepted: above 0")
