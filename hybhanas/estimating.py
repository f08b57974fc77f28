"""What circuits, PUBs and networks cost, from Python: the same code as the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from qiskit import QuantumCircuit

from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration, qiskit_backend, repaired
from hybhanas.calibration.backend import POWER_W, Backend
from hybhanas.calibration.missing import with_missing
from hybhanas.calibration.price import Price
from hybhanas.calibration.record import IBM_SOURCES
from hybhanas.calibration.source import IBM_DELAY_S, CalibrationSource
from hybhanas.circuit import Circuit, lay_out
from hybhanas.circuit_file import read_circuit
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.job import JobCost
from hybhanas.cost.job_estimator import JobEstimator
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.cost.report import CostReport
from hybhanas.cost.runtime_names import options_from, shots_from
from hybhanas.errors import ConfigError, refused, whole
from hybhanas.models.layers import lay_out_network
from hybhanas.observables import read_observables
from hybhanas.pubs import Pub, listed, not_a_pub, read_pub
from hybhanas.qiskit_view import to_qiskit

if TYPE_CHECKING:
    from qiskit.primitives.containers.estimator_pub import EstimatorPub
    from qiskit.primitives.containers.sampler_pub import SamplerPub
    from qiskit.providers import BackendV2
    from qiskit.transpiler import Target

    Machine: TypeAlias = Calibration | CalibrationSource | BackendV2 | Target | str
    Single: TypeAlias = QuantumCircuit | Circuit | Architecture | str | Path
    PubLike: TypeAlias = Single | tuple[Any, ...] | EstimatorPub | SamplerPub

IBM_PLAN = "ibm_pay_as_you_go"
"""The plan that an IBM backend is paid by unless another is named."""

SHOTS = 4096
"""Of a PUB of a job that names none, as in Runtime."""


@overload
def estimate(
    pubs: Sequence[PubLike] | EstimatorPub | SamplerPub,
    backend: Machine,
    model: CostModel | str = ...,
    *,
    shots: int | None = ...,
    options: Any = ...,
    observables: Any = ...,
    price: Price | str | None = ...,
    missing: Mapping[str, float] | None = ...,
) -> JobCost: ...
@overload
def estimate(
    pubs: Single,
    backend: Machine,
    model: CostModel | str = ...,
    *,
    shots: int | None = ...,
    options: Any = ...,
    device: Device | str = ...,
    workload: Workload | None = ...,
    features: int | None = ...,
    classes: int | None = ...,
    observables: Any = ...,
    price: Price | str | None = ...,
    missing: Mapping[str, float] | None = ...,
) -> CostReport: ...
def estimate(  # noqa: PLR0913 - a public function of keywords
    pubs: Any,
    backend: Machine,
    model: CostModel | str = "qpu_time",
    *,
    shots: int | None = None,
    options: Any = None,
    device: Device | str = "a100",
    workload: Workload | None = None,
    features: int | None = None,
    classes: int | None = None,
    observables: Any = None,
    price: Price | str | None = None,
    missing: Mapping[str, float] | None = None,
) -> JobCost | CostReport:
    """What circuits cost on a backend, without PyTorch, before anything is submitted.

    Args:
        pubs: a list is one job of PUBs (`hybhanas.pubs.read_pub`), circuits, paths of OpenQASM or
            QPY files, architectures; so are a tuple of them and one PUB. A circuit, a path or an
            architecture alone is the phase of the cost model, by default a training.
        backend: a name of conf/backend or else of a snapshot, a calibration, any `BackendV2`, or a
            `Target` of Qiskit's.
        model: a name of conf/cost_model, or a cost model.
        shots: of a circuit; None: of a job its options', else 4096; else the cost model's.
        options: of the primitive: `RuntimeOptions`, a mapping, or Runtime's own object.
        device: a name of conf/device, or a device: what runs the classical layers.
        workload: the training that the training phase means; None: 30 epochs of 1,000 samples.
        features: of a sample, for an architecture.
        classes: of the data, for an architecture.
        observables: by `hybhanas.observables.read_observables`; None: Z of what is measured.
        price: or a plan of conf/prices.yaml, or such as "second=1.6"; None: that of the backend.
        missing: figures that the backend does not give, by `hybhanas.calibration.missing.NAMES`;
            not accepted with a `Calibration`, which lacks nothing.

    Returns:
        Of a job a `JobCost`, with its executions as submitted, else a `CostReport`.

    Raises:
        ConfigError: an unknown name, a file that cannot be read, a PUB that Qiskit refuses.
        CandidateError: the backend cannot run the circuit.

    Example:
        >>> estimate(["docs/ghz5.qasm"], "ibm_brisbane", shots=1000).executions
        1000
    """
    chosen, shots = _model(model, options), None if shots is None else whole("shots", shots)
    observables = _observables(pubs, observables, features=features, classes=classes)
    runs_on, work = _device(device), _workload(workload)
    if (job := listed(pubs)) is not None:
        named = [named_pub(i, one, observables) for i, one in enumerate(job)]
        shots = shots_from(options) if shots is None else shots
        return job_estimator(backend, chosen, shots, price, missing)(named)
    calibration, power_w, asked = machine(backend, missing)
    chosen = chosen if shots is None else chosen.with_shots(shots)
    paid = asked if price is None else Price.read(price)
    estimator = CostEstimator(calibration, chosen, runs_on, work, power_w, price=paid)
    if isinstance(pubs, Architecture):
        return _of_network(estimator, pubs, features, classes)
    return _of_circuit(estimator, pubs, observables)


def _model(model: CostModel | str, options: Any) -> CostModel:
    model = CostModel.preset(model) if isinstance(model, str) else model
    if not isinstance(model, CostModel):
        raise refused("model", type(model).__name__, "a name of conf/cost_model, or a CostModel")
    return model if options is None else replace(model, options=options_from(options))


def _observables(pubs: Any, observables: Any, **of_networks: Any) -> list[Any] | None:
    """The observables that are given, once every argument is seen to belong to what is costed."""
    if isinstance(pubs, Architecture):
        if observables is not None:
            raise refused("observables", observables, "None, since an architecture has its own")
        return None
    for name, value in of_networks.items():
        if value is not None:
            raise refused(name, value, "None, but for an architecture that is in no list")
    return None if observables is None else read_observables(observables)


def _device(device: Any) -> Device:
    device = Device.preset(device) if isinstance(device, str) else device
    if not isinstance(device, Device):
        raise refused("device", device, "a name of conf/device, or a Device")
    return device


def _workload(workload: Any) -> Workload:
    if workload is None:
        return Workload(samples=1000, epochs=30, batch_size=64)
    if not isinstance(workload, Workload):
        raise refused("workload", workload, "a Workload, or None")
    return workload


def _of_circuit(estimator: CostEstimator, circuit: Any, observables: Any) -> CostReport:
    if isinstance(circuit, Circuit):
        return estimator(circuit)
    if isinstance(circuit, str | Path):
        circuit = read_circuit(Path(circuit))
    elif not isinstance(circuit, QuantumCircuit):
        raise not_a_pub("pubs", circuit)
    return estimator.estimate(circuit, observables=observables)


def _of_network(
    estimator: CostEstimator, architecture: Architecture, features: int | None, classes: int | None
) -> CostReport:
    if features is None or classes is None:
        raise ConfigError(
            f"features={features} and classes={classes} are not accepted with an architecture: "
            "its classical layers need both numbers"
        )
    numbers = whole("features", features), whole("classes", classes)
    for name, number in (("features", numbers[0]), ("classes", numbers[1])):
        if number < 1:
            raise refused(name, number, "at least 1")
    layers = lay_out_network(architecture.canonical(), *numbers)
    return estimator(layers.circuit, layers.classical_half)


def job_estimator(
    backend: Machine,
    model: CostModel,
    shots: int | None = None,
    price: Price | str | None = None,
    missing: Mapping[str, float] | None = None,
) -> JobEstimator:
    """What costs jobs on a backend.

    Args:
        backend: as of `estimate`.
        model: a cost model.
        shots: of PUBs that name none; None: those of the model's target error, if it has one, else
            4096.
        price: as of `estimate`.
        missing: as of `estimate`.
    """
    calibration, power_w, asked = machine(backend, missing)
    model = replace(model, phase="inference", sampling_exponent=0)
    nothing = Device(name="none", peak_flops_per_s=1.0, power_w=1.0)
    once = Workload(samples=1, epochs=1, batch_size=1)
    asked = asked if price is None else Price.read(price)
    if shots is None:
        shots = SHOTS if isinstance(model.shots, int) else model.noiseless_shots
    estimator = CostEstimator(calibration, model, nothing, once, power_w, price=asked)
    return JobEstimator(estimator, shots)


def named_pub(index: int, given: Any, observables: Any = None) -> tuple[str, Pub]:
    """A PUB of a job by its place there, or by the path of its file, and what it is."""
    name = f"pubs[{index}]"
    if isinstance(given, str | Path):
        name, given = str(given), read_circuit(Path(given))
    if isinstance(given, Architecture):
        given = lay_out(given.canonical())
    if isinstance(given, Circuit):
        pub = read_pub(to_qiskit(given), name)
        return name, replace(pub, observables=given.observables, primitive="estimator")
    pub = read_pub(given, name)
    if observables is not None and pub.observables is None:
        pub = pub.measuring(observables, name)
    return name, pub


def machine(
    backend: Machine, missing: Mapping[str, float] | None = None
) -> tuple[Calibration, float, Price | None]:
    """A backend's calibration, its power in watts, and the price of its time.

    Args:
        backend: as of `estimate`, or where a calibration is read.
        missing: as of `estimate`.

    Raises:
        ConfigError: there is none of that name, or figures that it lacks are not given.
    """
    if isinstance(backend, Calibration):
        if missing:
            raise ConfigError("missing is not accepted with a Calibration, which lacks nothing")
        return backend, POWER_W, _of_ibm(backend)
    if isinstance(backend, CalibrationSource):
        calibration = _loaded(backend, missing)
        return calibration, POWER_W, _of_ibm(calibration)
    if not isinstance(backend, str):
        raw = with_missing(qiskit_backend.read(backend), missing)
        calibration = repaired(raw, fallback_rep_delay_s=IBM_DELAY_S)
        return calibration, POWER_W, _of_ibm(calibration)
    known = Backend.named(backend)
    return _loaded(known.source, missing), known.power_w, known.asked


def _loaded(source: CalibrationSource, missing: Mapping[str, float] | None) -> Calibration:
    fallbacks = () if source.fallback_readout_s is None else ("readout_s",)
    raw = with_missing(source.read(), missing, fallbacks)
    return repaired(raw, source.policy, source.fallback_rep_delay_s, source.fallback_readout_s)


def _of_ibm(calibration: Calibration) -> Price | None:
    return Price.of_plan(IBM_PLAN) if calibration.source in IBM_SOURCES else None
