"""A machine of IBM's, through the Sampler of Runtime; credentials come from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hybhanas import atomic
from hybhanas.errors import ConfigError
from hybhanas.stored import read_json
from hybhanas.verify.aer import read
from hybhanas.verify.laid_out import LaidOut
from hybhanas.verify.pieces import Piece


def backend_of(name: str) -> tuple[Any, Any]:
    """A machine by IBM's name of it, and the service that knows its jobs.

    Raises:
        ConfigError: no account, no network, or no such machine; what the service says is not
            quoted, since it may hold credentials.
    """
    try:
        from qiskit_ibm_runtime import QiskitRuntimeService

        service = QiskitRuntimeService()
        return service.backend(name), service
    except Exception as error:  # the service's own, requests', the network's: all end here
        kind = type(error).__name__
    raise ConfigError(
        f"verify.on=machine backend={name}: the service could not be reached with the account of "
        f"this environment ({kind}); it needs a machine of IBM's, a network, and QISKIT_IBM_TOKEN "
        "or a saved account; accepted without them: verify.on=aer"
    )


class Machine:
    """A sampler on a machine.

    Args:
        laid_out: of the machine's calibration.
        backend: of Runtime; one of its fake backends runs on this computer.
        mode: `job`, `batch` or `session`.
        service: knows jobs by their ids; None where nothing is to be resumed.
    """

    def __init__(self, laid_out: LaidOut, backend: Any, mode: str = "job", service: Any = None):
        from qiskit_ibm_runtime import Batch, SamplerV2, Session

        self.circuit = laid_out.on_machine(backend.num_qubits)
        self._service = service
        opened = {"batch": Batch, "session": Session}.get(mode)
        self._mode = backend if opened is None else opened(backend=backend)
        self._sampler = SamplerV2(mode=self._mode)

    def run(self, values: np.ndarray, shots: int, seed: int, job: Path) -> Piece:
        """See `hybhanas.verify.pieces.Sampler.run`; a job that was submitted before is awaited."""
        if self._service is not None and job.is_file():
            running = self._service.job(read_json(job)["job_id"])
        else:
            running = self._sampler.run([(self.circuit, values)], shots=shots)
            atomic.write_json(job, {"job_id": running.job_id()})
        counts = read(running.result()[0], len(values))
        usage = running.metrics().get("usage", {}) if hasattr(running, "metrics") else {}
        return Piece(counts, usage.get("quantum_seconds"))

    def close(self) -> None:
        """Ends a batch or a session."""
        if hasattr(self._mode, "close"):
            self._mode.close()
