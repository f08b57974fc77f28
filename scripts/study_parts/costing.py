"""Costs of architectures on a machine, under any settings, without training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.cost.report import CostReport
from hybhanas.data.protocol import ready
from hybhanas.errors import CandidateError
from hybhanas.hydra_app.compose import composed
from hybhanas.models.layers import lay_out_network
from hybhanas.nas.problem import workload_of
from hybhanas.tasks.setup import build, cache_folder


@dataclass(frozen=True, slots=True)
class Machine:
    """A quantum machine, and the training that is costed on it."""

    calibration: Calibration
    workload: Workload
    power_w: float
    cache: Path | None

    def at(self, calibration: Calibration) -> Machine:
        """The same with another calibration."""
        return replace(self, calibration=calibration)

    def costs(
        self,
        architectures: Sequence[Architecture],
        model: CostModel,
        device: Device | None = None,
    ) -> list[CostReport | None]:
        """The cost of each; None where it does not fit. Without a device it is device=a100."""
        device = device or Device.preset("a100")
        estimate = CostEstimator(
            self.calibration, model, device, self.workload, self.power_w, self.cache
        )
        work, found = self.workload, list[CostReport | None]()
        for architecture in architectures:
            network = lay_out_network(architecture, work.features, work.classes)
            try:
                found.append(estimate(network.circuit, network.classical_half))
            except CandidateError:
                found.append(None)
        return found


@cache
def machine(backend: str) -> Machine:
    """An option of backend=, and a full training on the digits by the default settings."""
    config = composed(f"backend={backend}")
    training = build("trainer", config.trainer)
    data = ready(build("dataset", config.dataset))
    return Machine(
        Calibration.load(build("calibration", config.calibration)),
        workload_of(data, training.final_epochs, training),
        config.backend.power_w,
        cache_folder(config),
    )


def log10_total_s(reports: Sequence[CostReport | None]) -> np.ndarray:
    """[reports], NaN where an architecture does not fit."""
    return np.array([np.nan if r is None else r.time.log10_total_s for r in reports])
