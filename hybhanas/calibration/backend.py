"""Backend: a quantum machine as a user names it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hybhanas.calibration.published import PublishedCalibration, PublishedFigures
from hybhanas.calibration.record import Calibration
from hybhanas.calibration.snapshot import Snapshot
from hybhanas.errors import ConfigError
from hybhanas.presets import preset
from hybhanas.settings import from_plain


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

    @classmethod
    def preset(cls, name: str) -> Backend:
        """The option `backend=NAME` of conf/, such as `ibm_brisbane`."""
        backend: Backend = from_plain(preset("backend", name), cls)
        return backend

    def load(self) -> Calibration:
        """Its calibration: the shipped snapshot, or its published figures.

        Raises:
            ConfigError: nothing of it is usable.
        """
        if self.published is not None:
            return PublishedCalibration(name=self.name, machine=self.published).load()
        return Snapshot(snapshot=self.snapshot, backend=self.name).load()

    def __post_init__(self) -> None:
        if not 0 < self.power_w < math.inf:
            raise ConfigError(f"backend.power_w={self.power_w} is not accepted: above 0")


def load_calibration(backend: str) -> Calibration:
    """The calibration of a backend of conf/backend, repaired.

    Args:
        backend: its name, such as `ibm_brisbane`, `ibm_fez` or `ionq_forte`.

    Raises:
        ConfigError: no backend of that name.

    Example:
        >>> load_calibration("ibm_brisbane").two_qubit_gates
        ('ecr',)
    """
    return Backend.preset(backend).load()
