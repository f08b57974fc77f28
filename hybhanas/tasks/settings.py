"""The settings of a run that belong to no group, and those of each task; light to import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hybhanas.settings import NO_EFFECT

COST_FILE = "cost.json"
"""What task=cost writes to its folder."""


@dataclass(frozen=True, kw_only=True)
class RunSettings:
    """What every task reads."""

    seed: int = 1  # of everything random; results depend on it, not on order or time
    calibration_max_age_days: float = field(default=30.0, metadata=NO_EFFECT)  # warn above it
    cache: str | None = field(default=None, metadata=NO_EFFECT)  # transpiled circuits; null: none
    plugins: Sequence[str] = ()  # modules to import first, which register what they add


@dataclass(frozen=True, kw_only=True)
class SearchTask:
    """What task=search reads besides its groups."""

    # Keeps off the front what the majority class or logistic regression dominates, on the same
    # splits and with no time of a quantum machine.
    floor: bool = field(default=True, metadata=NO_EFFECT)


@dataclass(frozen=True, kw_only=True)
class CostTask:
    """What task=cost costs: the circuit of a file, or an HQNN."""

    circuit: str | None = None  # path of an OpenQASM 2, OpenQASM 3 or QPY file
    # Choices such as {qubits: 4, depth: 2}; with `run` the start of the hash of one it evaluated.
    architecture: Any = None
    run: str | None = None  # folder of a search
    # Pauli strings such as [ZZII,XXXX], the rightmost letter for qubit 0; none: Z of what the
    # file measures, or of every qubit with a gate.
    observables: Sequence[str] = ()
    samples: int = 1000  # that an epoch passes over, for the circuit of a file


@dataclass(frozen=True, kw_only=True)
class RecostTask:
    """Which search task=recost costs again."""

    run: str | None = None  # folder of a search


@dataclass(frozen=True, kw_only=True)
class TrainTask:
    """What task=train trains to the end."""

    architecture: Any = None  # choices such as {qubits: 4, depth: 2}
    run: str | None = None  # folder of a search, whose data and settings are taken
    # Of its front: a rank from 1, the start of a hash, best, knee, smallest, cheapest, or a budget
    # such as under=10h; see `hybhanas.nas.selection`.
    member: Any = None
    checkpoint: str | None = None  # file of a trained network, to train it further
    seeds: int | None = None  # networks, each of its own initial weights; null: 5, a checkpoint's 1


@dataclass(frozen=True, kw_only=True)
class SelectTask:
    """Which members task=select selects."""

    run: str | None = None  # folder of a search
    # A rank, the start of a hash, best, knee, smallest, cheapest, or a budget: under=10h,
    # under=500parameters, under=0.3noise; null: the four words.
    member: Any = None


@dataclass(frozen=True, kw_only=True)
class ExportTask:
    """What task=export writes."""

    run: str | None = None  # folder of a search
    # Members of its front: a rank from 1, the start of a hash, best, knee, smallest, cheapest,
    # under=10h, or a list of these; null: all.
    member: Any = None
    # qasm3, qpy, torchquantum, pennylane, onnx, card; none: all that are possible here; optuna: the
    # whole search as a study.
    format: Sequence[str] = ()
    samples: int = 0  # of the test split, whose circuits are written with their inputs bound


@dataclass(frozen=True, kw_only=True)
class ContributionTask:
    """Whose circuits task=contribution examines."""

    run: str | None = None  # folder of a search
    member: Any = None  # as of task=select; null: the selected members
    seeds: int = 5  # trainings of each variant, at least 2


@dataclass(frozen=True, kw_only=True)
class ImportanceTask:
    """Of what task=importance says which genes decide it: one of them."""

    run: str | None = None  # folder of a search
    table: str | None = None  # Parquet file of hybhanas.bench


@dataclass(frozen=True, kw_only=True)
class VerifySettings:
    """How members are run with noise."""

    on: str = "aer"  # aer: simulated, with the noise of the calibration; machine: on the backend
    samples: int = 100  # of the test split, drawn at random; all if there are fewer
    shots: int | None = None  # of each sample's circuit; null: what the cost model prescribes
    piece: int = 25  # samples that run at once and are kept in one file; a job of a machine
    limit_s: float | None = None  # QPU seconds that may be used; needed for on=machine
    dry_run: bool = False  # print what it takes, and run nothing


@dataclass(frozen=True, kw_only=True)
class VerifyTask:
    """What task=verify runs."""

    run: str | None = None  # folder of a search
    member: Any = None  # of its front, see task=export; null: all
    verify: VerifySettings = field(default_factory=VerifySettings)


@dataclass(frozen=True, kw_only=True)
class ReportTask:
    """Whose page task=report writes."""

    # Folder of a search; to compare searches, a folder of several, or a list [outputs/a,outputs/b].
    run: Any = None


@dataclass(frozen=True, kw_only=True)
class CompareTask:
    """Which searches task=compare compares."""

    run: str | None = None  # folder with searches below it
