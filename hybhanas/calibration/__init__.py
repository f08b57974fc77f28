"""Calibration: what a quantum machine's gates cost at one moment, validated and dated."""

from hybhanas.calibration.calibration import Calibration, repaired
from hybhanas.calibration.record import GateProperties, Qubit, RawCalibration, Repair

__all__ = ["Calibration", "GateProperties", "Qubit", "RawCalibration", "Repair", "repaired"]
