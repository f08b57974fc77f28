"""task=cost: what a circuit or an HQNN costs on a machine, term by term."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from omegaconf import DictConfig
from qiskit import QuantumCircuit

from hybhanas import atomic
from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration
from hybhanas.circuit import Circuit, lay_out
from hybhanas.circuit_file import read_circuit
from hybhanas.cost.classical_half import ClassicalHalf
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import Workload
from hybhanas.cost.report import CostReport
from hybhanas.data.protocol import ready
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.models.layers import lay_out_network
from hybhanas.nas.problem import workload_of
from hybhanas.reporting.cost_table import cost_table
from hybhanas.reporting.steps import steps_on
from hybhanas.reporting.terminal import terminal
from hybhanas.tasks.finished import overrides, read_run
from hybhanas.tasks.last_lines import say_end
from hybhanas.tasks.settings import COST_FILE
from hybhanas.tasks.setup import build, cache_folder, shown


def cost(config: DictConfig, folder: Path) -> CostReport:
    """Costs a circuit or an HQNN, prints the anatomy and writes `cost.json`.

    Args:
        config: composed; `circuit` names a file, or `architecture` the choices of an HQNN, on
            `dataset`, or with `run` the start of the hash of one that the run evaluated, trained
            as there. `cost_model.phase` is the phase that is summed.
        folder: of the run.

    Raises:
        ConfigError: a setting that is not accepted, or a circuit that the machine cannot run.
    """
    machine = cache(lambda: Calibration.load(build("calibration", config.calibration)))
    subject, calibration = _subject(config, machine), machine()
    estimator = CostEstimator(
        calibration,
        build("cost_model", config.cost_model),
        build("device", config.device),
        subject.workload,
        config.backend.power_w,
        cache_folder(config),
        build("backend", config.backend).asked,
    )
    console = terminal()
    try:
        with steps_on(console)(f"costing {subject.name}", 1):
            if isinstance(subject.circuit, Circuit):
                report = estimator(subject.circuit, subject.half)
            else:
                report = estimator.estimate(subject.circuit, observables=list(config.observables))
    except CandidateError as error:
        raise ConfigError(f"{subject.setting} on {calibration.name}: {error}") from None
    atomic.write_json(
        folder / COST_FILE,
        report.to_dict()
        | {
            "subject": subject.name,
            "overrides": overrides() or [],
            "calibration_age_days": round(calibration.age_days(datetime.now(UTC)), 1),
            "repairs": [str(repair) for repair in calibration.repairs],
        },
    )
    console.print(
        f"{subject.name} on {calibration.name}, calibration of {calibration.date:%Y-%m-%d}",
        style="bold",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    console.print(cost_table(report))
    others = [one for one in overrides() or [] if not one.startswith("backend=")]
    following = ("-m", *others, "backend=glob(ibm_*)") if others else ()
    say_end(console, f"result in {shown(folder)}", *following)
    return report


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is costed: its circuit, what a person calls it, and the training it means."""

    setting: str  # as the user gave it
    name: str
    circuit: Circuit | QuantumCircuit
    half: ClassicalHalf | None
    workload: Workload


def _subject(config: DictConfig, machine: Callable[[], Calibration]) -> _Subject:
    if config.circuit is None and config.architecture is None:
        raise ConfigError(
            "circuit=null is not accepted: the path of a QASM or QPY file; or give "
            "architecture={qubits: 4, depth: 2}"
        )
    if config.circuit is not None and config.architecture is not None:
        raise ConfigError(
            f"circuit={config.circuit} is not accepted beside architecture={config.architecture}: "
            "one of them"
        )
    if config.observables and config.circuit is None:
        raise ConfigError(
            f"observables={config.observables} is not accepted without circuit=FILE: those of an "
            "architecture are its own"
        )
    if config.run is not None and config.circuit is not None:
        raise ConfigError(f"run={config.run} is not accepted beside circuit={config.circuit}")
    epochs, batch_size = config.trainer.final_epochs, config.dataset.batch_size
    if config.circuit is not None:
        return _Subject(
            setting=f"circuit={config.circuit}",
            name=str(config.circuit),
            circuit=read_circuit(Path(config.circuit)),
            half=None,
            workload=Workload(samples=config.samples, epochs=epochs, batch_size=batch_size),
        )
    setting = f"architecture={config.architecture}"
    if config.run is not None:
        run = read_run(config.run)
        evaluation = run.evaluation(str(config.architecture))
        architecture = evaluation.architecture
        workload = run.workload
        layers = lay_out_network(architecture, workload.features, workload.classes)
    else:
        if not isinstance(config.architecture, DictConfig):
            raise ConfigError(
                f"{setting} is not accepted: choices such as {{qubits: 4, depth: 2}}, or with "
                "run=FOLDER the start of a hash"
            )
        choices: dict[str, Any] = {str(key): value for key, value in config.architecture.items()}
        if "qubits" not in choices:
            raise ConfigError(f"{setting} is not accepted: it names no qubits")
        architecture = Architecture.from_dict(choices).canonical()
        _check_gates(setting, architecture)  # this and the width are told before data are read
        calibration, widest = machine(), len(machine().qubits)
        if architecture.qubits > widest:
            raise ConfigError(
                f"{setting} on {calibration.name}: {architecture.qubits} qubits are more than the "
                f"{widest} usable ones of {calibration.name}"
            )
        data = ready(build("dataset", config.dataset))
        layers = lay_out_network(architecture, data.features, data.classes)
        workload = workload_of(data, epochs, build("trainer", config.trainer))
    return _Subject(setting, str(architecture), layers.circuit, layers.classical_half, workload)


def _check_gates(setting: str, architecture: Architecture) -> None:
    try:
        lay_out(architecture)
    except CandidateError as error:
        raise ConfigError(f"{setting} is not accepted: {error}") from None
