"""CalibrationSource: where a calibration comes from, and what becomes of its bad values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from hybhanas.calibration.record import RawCalibration

IBM_DELAY_S = 250e-6
"""IBM's documented default of the repetition delay."""


@dataclass(frozen=True, kw_only=True)
class CalibrationSource(ABC):
    """A source of calibrations and the policy of their repair; see `repaired`.

    Importing one imports neither Qiskit nor IBM's client, so that settings are checked quickly.
    """

    policy: str = "exclude"  # bad values: exclude the gate or qubit, take the median, or fail
    # Of a backend that names none. null: that is an error.
    fallback_rep_delay_s: float | None = IBM_DELAY_S
    fallback_readout_s: float | None = None  # of a backend that names none; null: an error

    @abstractmethod
    def read(self) -> RawCalibration:
        """The values as the source gives them; `Calibration.load` repairs them.

        Raises:
            ConfigError: the source gives nothing.
        """
