"""Hardware-aware neural architecture search of hybrid quantum-classical neural networks.

The names below are the public interface. Each is imported when it is first used: a circuit is
costed without PyTorch, and `import hybhanas` takes no time.

Example:
    >>> import hybhanas
    >>> brisbane = hybhanas.Calibration.load("ibm_brisbane")
    >>> report = hybhanas.estimate("docs/ghz5.qasm", brisbane)
    >>> report.circuit.qubits
    5
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hybhanas.api import Run as Run
    from hybhanas.api import load_run as load_run
    from hybhanas.api import search as search
    from hybhanas.api import train as train
    from hybhanas.architecture import Architecture as Architecture
    from hybhanas.calibration import Calibration as Calibration
    from hybhanas.cost.job import JobCost as JobCost
    from hybhanas.cost.model import CostModel as CostModel
    from hybhanas.cost.model import Device as Device
    from hybhanas.cost.model import Workload as Workload
    from hybhanas.cost.options import RuntimeOptions as RuntimeOptions
    from hybhanas.cost.report import CostReport as CostReport
    from hybhanas.estimating import estimate as estimate
    from hybhanas.models.classifier import HQNNClassifier as HQNNClassifier
    from hybhanas.models.settings import TrainSettings as TrainSettings
    from hybhanas.search_space import SearchSpace as SearchSpace

__version__ = "0.2.0"

_WHERE = {
    "Architecture": "hybhanas.architecture",
    "Calibration": "hybhanas.calibration",
    "CostModel": "hybhanas.cost.model",
    "CostReport": "hybhanas.cost.report",
    "Device": "hybhanas.cost.model",
    "JobCost": "hybhanas.cost.job",
    "HQNNClassifier": "hybhanas.models.classifier",
    "Run": "hybhanas.api",
    "RuntimeOptions": "hybhanas.cost.options",
    "SearchSpace": "hybhanas.search_space",
    "TrainSettings": "hybhanas.models.settings",
    "estimate": "hybhanas.estimating",
    "Workload": "hybhanas.cost.model",
    "load_run": "hybhanas.api",
    "search": "hybhanas.api",
    "train": "hybhanas.api",
}

__all__ = [*_WHERE]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_WHERE])
