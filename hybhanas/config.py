"""The settings of a run: one small dataclass per group of conf/, with types and units.

A wrong key or a value of the wrong type fails when the configuration is composed. The YAML files
hold the values, the classes that they instantiate check what is accepted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MISSING: Any = "???"  # OmegaConf's mark of a value that some YAML must give


@dataclass
class TaskConfig:
    _target_: str = MISSING  # the function that does it
    name: str = MISSING


@dataclass
class GateConfig:
    duration_s: float = MISSING
    error: float = MISSING  # 1 - average gate fidelity


@dataclass
class PublishedConfig:
    """A machine by its published figures; see `hybhanas.calibration.published`."""

    qubits: int = MISSING
    topology: str = MISSING  # all_to_all, grid, edges
    grid: list[str] = field(default_factory=list)  # rows of o, a qubit, and ., none
    edges: list[list[int]] = field(default_factory=list)  # pairs of coupled qubits
    t1_s: float = MISSING
    t2_s: float = MISSING
    readout_error: float = MISSING
    readout_s: float = MISSING
    one_qubit_gates: dict[str, GateConfig] = MISSING  # by Qiskit's name
    two_qubit_gates: dict[str, GateConfig] = MISSING
    rep_delay_s: float = MISSING  # between two shots: reset, cooling
    max_circuits_per_job: int = MISSING
    date: str = MISSING  # of the figures, as 2026-04-20
    source: str = MISSING


@dataclass
class BackendConfig:
    name: str = MISSING  # as results name it
    snapshot: str | None = MISSING  # a machine of `hybhanas.calibration.snapshot.available()`
    published: PublishedConfig | None = None  # of a machine without snapshots
    power_w: float = MISSING  # electrical power of the whole machine, cooling included


@dataclass
class CalibrationConfig:
    _target_: str = MISSING
    policy: str = MISSING  # what becomes of bad values: exclude, median, fail
    fallback_rep_delay_s: float | None = MISSING  # for a machine that names none
    fallback_readout_s: float | None = MISSING  # for a machine that names none


@dataclass
class SnapshotConfig(CalibrationConfig):
    snapshot: str | None = MISSING  # the backend's


@dataclass
class FileConfig(CalibrationConfig):
    path: str = MISSING  # of a calibration that was saved


@dataclass
class LiveConfig(CalibrationConfig):
    backend: str = MISSING  # as IBM names it
    folder: str = MISSING  # where what was fetched is saved
    instance: str | None = MISSING  # of the service; null: the account's


@dataclass
class PublishedFiguresConfig(CalibrationConfig):
    name: str = MISSING  # the backend's
    machine: PublishedConfig | None = MISSING  # the backend's


CALIBRATIONS: dict[str, type[CalibrationConfig]] = {
    "file": FileConfig,
    "live": LiveConfig,
    "published": PublishedFiguresConfig,
    "snapshot": SnapshotConfig,
}
"""The settings of each option of calibration=."""


@dataclass
class DatasetConfig:
    _target_: str = MISSING
    name: str = MISSING
    validation_fraction: float = MISSING  # of all samples
    test_fraction: float = MISSING  # of all samples
    batch_size: int = MISSING  # samples of a training step
    seed: int = MISSING  # of the split and the order of batches


@dataclass
class SearchSpaceConfig:
    """The values each gene may take; see `hybhanas.architecture.Architecture`."""

    _target_: str = MISSING
    qubits: list[int] = MISSING
    depth: list[int] = MISSING
    encoding: list[str] = MISSING
    reuploading: list[bool] = MISSING
    rotations: list[str] = MISSING
    entangler: list[str] = MISSING
    entanglement: list[str] = MISSING
    measurement: list[str] = MISSING
    hidden_layers: list[int] = MISSING
    hidden_width: list[int] = MISSING
    activation: list[str] = MISSING
    readout: list[str] = MISSING
    learning_rate: list[float | None] = MISSING  # null: the trainer's
    entanglement_per_layer: bool = MISSING  # a word for each layer, instead of one for all
    amplitude_qubits: int | None = MISSING  # amplitude encoding takes no more; null: no bound


@dataclass
class CostModelConfig:
    """See `hybhanas.cost.model.CostModel`."""

    _target_: str = MISSING
    name: str = MISSING
    phase: str = MISSING  # training, inference
    timing: str = MISSING  # scheduled, serial
    faults: str = MISSING  # whole_circuit, observable
    idle: str = MISSING  # relaxation, t2, total_time, off
    sampling_exponent: int = MISSING  # 1 or 2
    shots: int = MISSING
    repetition_delay: bool = MISSING
    execution_overhead_s: float = MISSING  # per shot
    circuit_overhead_s: float = MISSING  # per circuit of a job
    program_loading_s: float = MISSING  # per two-qubit gate
    job_overhead_s: float = MISSING
    compiler: str = MISSING  # qiskit, pytket
    optimization_level: int = MISSING  # 0 to 3
    transpiler_seed: int = MISSING
    layouts: int = MISSING  # seeds tried, the cheapest kept


@dataclass
class DeviceConfig:
    _target_: str = MISSING
    name: str = MISSING
    peak_flops_per_s: float | None = MISSING  # null: measured on this machine
    utilisation: float = MISSING  # of the peak, above 0, at most 1
    power_w: float = MISSING  # watts at work
    source: str = MISSING


@dataclass
class SearchConfig:
    _target_: str = MISSING
    name: str = MISSING
    population: int = MISSING  # architectures of a generation
    generations: int = MISSING
    seed: int = MISSING  # the run's
    objectives: list[str] = MISSING  # minimised together
    reference_point: dict[str, float] = MISSING  # the worst corner of the hypervolume's box
    ideal_point: dict[str, float] = MISSING  # its best corner; 0 where none is named
    constraints: dict[str, float] = MISSING  # bounds; what breaks one is not trained
    rungs: list[int] = MISSING  # epochs after which only some are trained further
    keep: float = MISSING  # the fraction of them, at each rung
    surrogate: int | None = MISSING  # candidates a model chooses one of, at least 2; null: no model


@dataclass
class TrainerConfig:
    """See `hybhanas.models.settings.TrainSettings`."""

    _target_: str = MISSING
    epochs: int = MISSING
    final_epochs: int = MISSING
    learning_rate: float = MISSING
    patience: int | None = MISSING  # epochs without a better accuracy to stop at; null: never
    accelerator: str = MISSING  # auto, cpu, cuda
    population: int | str = MISSING  # networks trained at once, at most; auto: as many as pay
    shares: int = MISSING  # workers that the groups of networks are planned for
    threads: int = MISSING


@dataclass
class SimulatorConfig:
    name: str = MISSING  # fused, torchquantum


@dataclass
class ExecutorConfig:
    """See `hybhanas.search.executors`."""

    _target_: str = MISSING


@dataclass
class AutoConfig(ExecutorConfig):
    threads: int = MISSING  # the trainer's
    shares: int = MISSING  # the trainer's
    accelerator: str = MISSING  # the trainer's


@dataclass
class LocalConfig(ExecutorConfig):
    workers: int | None = MISSING  # null: as many as there are cores for
    threads: int = MISSING  # the trainer's
    memory: str = MISSING  # of each: auto, or such as 4GiB


@dataclass
class SlurmConfig(ExecutorConfig):
    workers: int = MISSING  # at most
    minimum: int | None = MISSING  # kept while there is nothing to do; null: all
    threads: int = MISSING  # the trainer's
    memory: str = MISSING  # of a job, such as 4GiB
    walltime: str = MISSING  # of a job, HH:MM:SS
    partition: str | None = MISSING
    account: str | None = MISSING
    interface: str | None = MISSING  # of the network that nodes share
    directives: list[str] = MISSING  # further ones of sbatch


EXECUTORS: dict[str, type[ExecutorConfig]] = {
    "auto": AutoConfig,
    "local": LocalConfig,
    "serial": ExecutorConfig,
    "slurm": SlurmConfig,
}
"""The settings of each option of executor=."""


@dataclass
class LoggerConfig:
    _target_: str = MISSING
    mode: str = MISSING  # offline, online, disabled
    project: str = MISSING
    entity: str | None = MISSING
    group: str | None = MISSING  # runs to be compared share one
    tags: list[str] = MISSING


@dataclass
class Config:
    """All of a run."""

    task: TaskConfig = field(default_factory=TaskConfig)
    backend: BackendConfig = field(default_factory=BackendConfig)
    calibration: CalibrationConfig = field(default_factory=CalibrationConfig)
    dataset: DatasetConfig = field(default_factory=DatasetConfig)
    search_space: SearchSpaceConfig = field(default_factory=SearchSpaceConfig)
    cost_model: CostModelConfig = field(default_factory=CostModelConfig)
    device: DeviceConfig = field(default_factory=DeviceConfig)
    search: SearchConfig = field(default_factory=SearchConfig)
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    simulator: SimulatorConfig = field(default_factory=SimulatorConfig)
    executor: ExecutorConfig = field(default_factory=ExecutorConfig)
    logger: LoggerConfig = field(default_factory=LoggerConfig)
    circuit: str | None = MISSING  # task=cost: the path of a QASM or QPY file
    architecture: Any = MISSING  # task=cost: choices of an HQNN; with `run` the start of a hash
    run: str | None = MISSING  # task=recost, task=cost: a search's folder; task=compare: of many
    samples: int = MISSING  # task=cost: samples that a training passes over
    seed: int = MISSING  # every other seed derives from it
    calibration_max_age_days: float = MISSING  # older calibrations are warned of
    cache: str | None = MISSING  # folder of transpiled circuits, shared by runs; null: none
