"""A calibration fetched from IBM's service, saved as a dated file that a later run can name."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from hybhanas import atomic
from hybhanas.calibration import file, snapshot
from hybhanas.calibration.record import LIVE, RawCalibration
from hybhanas.calibration.source import CalibrationSource
from hybhanas.errors import ConfigError

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class LiveCalibration(CalibrationSource):
    """Today's calibration of IBM's service, saved as it came, and read from what was saved.

    Credentials come from the environment (QISKIT_IBM_TOKEN) or from the account file that
    `QiskitRuntimeService.save_account` wrote, never from a setting. No error quotes what the
    service said, since that may hold them.

    Raises:
        ConfigError: by `read`: no account, no network, or no such backend.
    """

    backend: str  # IBM's name of it, such as ibm_brisbane
    # <name>_<UTC date and time of the calibration>.json goes there; made if missing.
    folder: str = "outputs/calibrations"
    instance: str | None = None  # name or CRN of the service instance; null: the account's

    def read(self) -> RawCalibration:
        """What the service gives now, from the file that it is saved to."""
        return fetch(self.backend, self.folder, self.instance)


def fetch(
    backend: str, folder: str, instance: str | None = None, service: Any = None
) -> RawCalibration:
    """Fetches a calibration, saves it and reads the file, so that a later run can name that.

    Args:
        backend: IBM's name of it.
        folder: where it is saved.
        instance: of the service; None: the account's.
        service: what to ask instead of a new QiskitRuntimeService.
    """
    raw = _fetched(backend, instance, service)
    dated = f"{raw.name}_{raw.date.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.json"  # several come a day
    path = Path(folder).expanduser() / dated
    atomic.write_json(path, raw.to_dict())
    log.warning("calibration saved; reuse it with calibration=file calibration.path=%s", path)
    return file.read(str(path))


def _fetched(name: str, instance: str | None, service: Any) -> RawCalibration:
    step = "the service could not be reached with the account of this environment"
    try:
        if service is None:
            from qiskit_ibm_runtime import QiskitRuntimeService

            service = QiskitRuntimeService(instance=instance)
        step = f"the service gave no calibration of {name}"
        return snapshot.read(service.backend(name), LIVE)
    except Exception as error:  # the service's own, requests', the network's: all end here
        kind = type(error).__name__
    raise ConfigError(
        f"calibration=live calibration.backend={name}: {step} ({kind}); it needs a machine of "
        "IBM's, a network, and QISKIT_IBM_TOKEN or a saved account; accepted without them: "
        "calibration=snapshot, calibration=file"
    )
