"""What a circuit or a network costs, from Python: the same code as `task=cost`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration, repaired, snapshot
from hybhanas.calibration.backend import POWER_W, Backend
from hybhanas.calibration.record import PROPERTIES, RawCalibration
from hybhanas.circuit import Circuit, lay_out
from hybhanas.circuit_file import read_circuit
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.cost.report import CostReport
from hybhanas.errors import ConfigError
from hybhanas.models.layers import classical_flops

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2


def estimate(  # noqa: PLR0913 - a public function of keywords
    circuit: QuantumCircuit | Circuit | Architecture | str | Path,
    backend: Calibration | BackendV2 | str,
    model: CostModel | str = "qpu_time",
    *,
    device: Device | str = "a100",
    workload: Workload | None = None,
    features: int | None = None,
    classes: int | None = None,
    observables: Any = None,
) -> CostReport:
    """What a circuit or an HQNN costs on a backend, without PyTorch.

    Args:
        circuit: a Qiskit circuit, whose free parameters are trained; the path of an OpenQASM 2,
            OpenQASM 3 or QPY file; or an HQNN by its architecture.
        backend: a name of conf/backend or of a snapshot, a calibration, or Qiskit's IBM backend.
        model: a name of conf/cost_model, or a cost model. The report has both times; its total is
            with `qpu_time` that for which the machine is busy, with `effective_time` without waits.
        device: a name of conf/device, or a device: what runs the classical layers.
        workload: the training that the training phase means; None: 30 epochs of 1,000 samples.
        features: of a sample, for an architecture.
        classes: of the data, for an architecture.
        observables: of a Qiskit circuit or a file: Pauli labels such as `["ZZI", "XXX"]`, qubit 0
            rightmost; a SparsePauliOp, whose terms count alike; or tuples of classical bits whose Z
            are multiplied. None: Z of each measured bit, or if none is, of each qubit with a gate.

    Returns:
        Every term of the cost, with units in their names: `report.time.total_s`.

    Raises:
        ConfigError: a name that is not known, or a file that cannot be read.
        CandidateError: the backend cannot run the circuit.

    Example:
        >>> report = estimate("docs/ghz5.qasm", "ibm_brisbane", "effective_time")
        >>> report.circuit.qubits
        5
    """
    calibration, power_w = _machine(backend)
    estimator = CostEstimator(
        calibration,
        CostModel.preset(model) if isinstance(model, str) else model,
        Device.preset(device) if isinstance(device, str) else device,
        workload or Workload(samples=1000, epochs=30, batch_size=64),
        power_w,
    )
    if isinstance(circuit, Architecture):
        if features is None or classes is None:
            raise ConfigError(
                f"features={features} and classes={classes} are not accepted with an architecture: "
                "its classical layers need both numbers"
            )
        canonical = circuit.canonical()
        return estimator(lay_out(canonical), classical_flops(canonical, features, classes))
    if isinstance(circuit, Circuit):
        return estimator(circuit, 0)
    if isinstance(circuit, str | Path):
        circuit = read_circuit(Path(circuit))
    return estimator.estimate(circuit, observables=observables)


def _machine(backend: Calibration | BackendV2 | str) -> tuple[Calibration, float]:
    """A backend's calibration and its power in watts."""
    if isinstance(backend, Calibration):
        return backend, POWER_W
    if not isinstance(backend, str):
        return repaired(of_qiskit(backend)), POWER_W
    try:
        known = Backend.preset(backend)
    except ConfigError:
        if backend not in snapshot.available():
            raise
        return Calibration.load(snapshot.Snapshot(snapshot=backend)), POWER_W
    return Calibration.load(known.source), known.power_w


def of_qiskit(backend: BackendV2) -> RawCalibration:
    """The calibration of a backend of Qiskit's.

    Raises:
        ConfigError: it does not have the figures of an IBM backend.
    """
    try:
        return snapshot.read(backend, PROPERTIES)
    except AttributeError as error:
        raise ConfigError(
            f"backend={backend!s:.60} is not accepted: it has no {error.name}; accepted: IBM "
            "backends, a name of conf/backend or of a snapshot, a calibration"
        ) from None
