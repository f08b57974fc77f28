"""Which dataclass holds the settings of which group; Hydra's schema is derived from these."""

from __future__ import annotations

from hybhanas.calibration.backend import Backend
from hybhanas.calibration.file import CalibrationFile
from hybhanas.calibration.live import LiveCalibration
from hybhanas.calibration.published import PublishedCalibration
from hybhanas.calibration.snapshot import Snapshot
from hybhanas.cost.model import CostModel, Device
from hybhanas.data.benchmarks import (
    BarsAndStripes,
    HiddenManifold,
    Hyperplanes,
    LinearlySeparable,
    TwoCurves,
)
from hybhanas.data.images import Images
from hybhanas.data.mnist1d import Mnist1d
from hybhanas.data.npz import Npz
from hybhanas.data.shapes import Circles, Moons, Spirals
from hybhanas.data.shipped import Shipped
from hybhanas.data.table_file import Csv, Parquet
from hybhanas.models.settings import SimulatorSettings, TrainSettings
from hybhanas.nas.executors import Auto, Local, Serial, Slurm
from hybhanas.nas.settings import (
    ExhaustiveSettings,
    GeneticSettings,
    HalvingSettings,
    LocalSettings,
    ModelSettings,
    RandomSettings,
    TPESettings,
)
from hybhanas.reporting.tracking import Tracker
from hybhanas.search_space import SearchSpace
from hybhanas.tasks.settings import (
    CompareTask,
    ContributionTask,
    CostTask,
    ExportTask,
    ImportanceTask,
    RecostTask,
    ReportTask,
    SearchTask,
    SelectTask,
    TrainTask,
    VerifyTask,
)

GROUPS: dict[str, type] = {
    "backend": Backend,
    "search_space": SearchSpace,
    "cost_model": CostModel,
    "device": Device,
    "trainer": TrainSettings,
    "simulator": SimulatorSettings,
    "logger": Tracker,
}
"""The groups that build one class."""

WITHOUT: dict[str, Tracker] = {"logger": Tracker(mode="disabled")}
"""What stands for `null` in the groups that a run can do without."""

OPTIONS: dict[str, dict[str, type]] = {
    "calibration": {
        "snapshot": Snapshot,
        "file": CalibrationFile,
        "live": LiveCalibration,
        "published": PublishedCalibration,
    },
    "dataset": {
        "shipped": Shipped,
        "csv": Csv,
        "parquet": Parquet,
        "npz": Npz,
        "images": Images,
        "mnist1d": Mnist1d,
        "two_curves": TwoCurves,
        "hidden_manifold": HiddenManifold,
        "hyperplanes": Hyperplanes,
        "linearly_separable": LinearlySeparable,
        "bars_and_stripes": BarsAndStripes,
        "moons": Moons,
        "circles": Circles,
        "spirals": Spirals,
    },
    "search": {
        "genetic": GeneticSettings,
        "halving": HalvingSettings,
        "model": ModelSettings,
        "local": LocalSettings,
        "tpe": TPESettings,
        "random": RandomSettings,
        "exhaustive": ExhaustiveSettings,
    },
    "executor": {"auto": Auto, "serial": Serial, "local": Local, "slurm": Slurm},
}
"""The groups that choose between classes."""

TASKS: dict[str, type] = {
    "hybhanas.tasks.search.search": SearchTask,
    "hybhanas.tasks.cost.cost": CostTask,
    "hybhanas.tasks.recost.recost": RecostTask,
    "hybhanas.tasks.compare.compare": CompareTask,
    "hybhanas.tasks.train.train": TrainTask,
    "hybhanas.tasks.select.select": SelectTask,
    "hybhanas.tasks.export.export": ExportTask,
    "hybhanas.tasks.contribution.contribution": ContributionTask,
    "hybhanas.tasks.importance.importance": ImportanceTask,
    "hybhanas.tasks.verify.verify": VerifyTask,
    "hybhanas.tasks.report.report": ReportTask,
}
"""The settings of tasks stand at the root: `task=cost circuit=x.qasm`."""


def targets(group: str) -> list[str]:
    """The import paths of the classes that a group may build.

    Example:
        >>> targets("cost_model")
        ['hybhanas.cost.model.CostModel']
    """
    classes = [GROUPS[group]] if group in GROUPS else [*OPTIONS[group].values()]
    return [f"{one.__module__}.{one.__qualname__}" for one in classes]
