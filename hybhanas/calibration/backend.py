"""Backend: a quantum machine as a user names it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from hybhanas.calibration.price import Price
from hybhanas.calibration.published import PublishedCalibration, PublishedFigures
from hybhanas.calibration.snapshot import Snapshot, available, is_available, plain
from hybhanas.calibration.source import CalibrationSource
from hybhanas.errors import ConfigError, unknown
from hybhanas.presets import names_of, preset
from hybhanas.settings import from_plain

POWER_W = 25e3
"""Electrical power in watts of a machine in a dilution refrigerator, cooling included: what IEEE
Spectrum gives for one of D-Wave. Of others it is assumed.
"""


def names() -> list[str]:
    """The names of machines: the options of `backend`, then the snapshots."""
    return _options() + available()


def _options() -> list[str]:
    return [name for name in names_of("backend") if name != "snapshot"]


@dataclass(frozen=True, kw_only=True)
class Backend:
    """A quantum machine: where its calibration is found, and what it draws.

    Raises:
        ConfigError: two sources of its calibration, or a power that is not above 0.
    """

    name: str  # as results name it
    snapshot: str | None = None  # a machine of `hybhanas.calibration.snapshot.available()`
    published: PublishedFigures | None = None  # of a machine without snapshots
    power_w: float = POWER_W  # electrical power of the whole machine, cooling included
    plan: str | None = None  # of conf/prices.yaml, by which runs are paid; null: none is known
    price: Price = field(default_factory=Price)  # replaces that of the plan, where one is given

    @classmethod
    def preset(cls, name: str) -> Backend:
        """The option `backend=NAME` of conf/, such as `ibm_brisbane`.

        Raises:
            ConfigError: there is none of that name, or it needs the name of a snapshot besides.
        """
        settings = preset("backend", name)
        if "name" not in settings:
            raise ConfigError(
                f"backend={name} is not accepted: it needs the name of a snapshot; accepted: "
                "the other options, or Backend.named with that name"
            )
        backend: Backend = from_plain(settings, cls)
        return backend

    @classmethod
    def named(cls, name: str) -> Backend:
        """A machine as people call it: in any case, without `ibm_`, or by its snapshot alone.

        Raises:
            ConfigError: there is none of that name.

        Example:
            >>> Backend.named("fez").name, Backend.named("kawasaki").name
            ('ibm_fez', 'kawasaki')
        """
        for option in (name.lower(), f"ibm_{plain(name)}"):
            if option in _options():
                return cls.preset(option)
        if not is_available(name):
            raise unknown("backend", name, names())
        settings = preset("backend", "snapshot") | {"name": plain(name), "snapshot": plain(name)}
        backend: Backend = from_plain(settings, cls)
        return backend

    @property
    def source(self) -> CalibrationSource:
        """Where its calibration comes from: the shipped snapshot, or its published figures."""
        if self.published is not None:
            return PublishedCalibration(name=self.name, machine=self.published)
        return Snapshot(snapshot=self.snapshot, backend=self.name)

    @property
    def asked(self) -> Price | None:
        """What is asked for its time: `price`, or that of its plan; None where neither is given."""
        if self.price.is_given:
            return self.price
        return None if self.plan is None else Price.of_plan(self.plan)

    def __post_init__(self) -> None:
        if self.plan is not None:
            Price.of_plan(self.plan)
        if self.snapshot is not None and self.published is not None:
            raise ConfigError(
                f"backend.snapshot={self.snapshot} is not accepted beside backend.published: the "
                f"calibration of {self.name} comes from one of them"
            )
        if not 0 < self.power_w < math.inf:
            raise ConfigError(f"backend.power_w={self.power_w} is not accepted: above 0")
