"""Where the numbers of a search come from: versions, calibration, device, seed, command line."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from hybhanas.nas.problem import Problem
from hybhanas.tasks.finished import overrides

VERSIONS = ("hybhanas", "torch", "torchquantum-ng", "pymoo", "qiskit", "qiskit-ibm-runtime")


def provenance(problem: Problem) -> dict[str, Any]:
    """What determined a search, in plain JSON types."""
    estimator = problem.evaluator.estimator
    calibration = estimator.calibration
    return {
        "versions": {name: version(name) for name in VERSIONS},
        "calibration": {
            "name": calibration.name,
            "source": calibration.source,
            "date": calibration.date.isoformat(),
            "age_days": round(calibration.age_days(datetime.now(UTC)), 1),
            "hash": calibration.hash,
            "repairs": [str(repair) for repair in calibration.repairs],
        },
        "device": asdict(estimator.device),
        "seed": problem.evaluator.seed,
        "overrides": overrides(),
    }
