"""A search that is ready to start: its evaluator, its strategy and its folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from hybhanas.calibration import Calibration
from hybhanas.calibration.price import MISSING, Price, plans
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.data.protocol import SearchData
from hybhanas.errors import ConfigError
from hybhanas.models.settings import TrainSettings
from hybhanas.nas.evaluator import Evaluator
from hybhanas.nas.quantities import MONEY
from hybhanas.nas.run_folder import FORMAT, RunFolder
from hybhanas.nas.strategy import SearchSettings, Strategy
from hybhanas.search_space import SearchSpace
from hybhanas.settings import determining


@dataclass(frozen=True, slots=True)
class Problem:
    """All that a search needs.

    Args:
        evaluator: of architectures.
        strategy: that asks for them.
        folder: that the run writes to.
        floor: whether the front is without what logistic regression or the majority class
            dominates.
    """

    evaluator: Evaluator
    strategy: Strategy
    folder: RunFolder
    floor: bool = True

    @property
    def settings(self) -> dict[str, Any]:
        """All that determines the search, in plain JSON types; a folder holds one of them."""
        settings = {"format": FORMAT} | self.evaluator.settings
        settings |= {
            "search_space": determining(self.strategy.space),
            "search": determining(self.strategy.settings),
            "objectives": asdict(self.strategy.objectives),
            "generations": self.strategy.settings.generations,
        }
        plain: dict[str, Any] = json.loads(json.dumps(settings, default=dict))
        return plain


def workload_of(data: SearchData, epochs: int, training: TrainSettings) -> Workload:
    """The full training of a network on data.

    Args:
        data: as `hybhanas.data.protocol.ready` gives it.
        epochs: of the training.
        training: with early stopping it validates after each epoch, else once at the end.
    """
    return Workload(
        samples=data.train_samples,
        epochs=epochs,
        batch_size=data.batch_size,
        validation_samples=_validation_samples(data),
        validations=epochs if training.stops_early else 1,
        features=data.features,
        classes=data.classes,
    )


def _validation_samples(data: SearchData) -> int:
    """As the data say it; of a data module that does not, that of full batches."""
    said = getattr(data, "validation_samples", None)
    return len(data.val_dataloader()) * data.batch_size if said is None else int(said)


def check_fits(space: SearchSpace, search: SearchSettings, calibration: Calibration) -> None:
    """Checks a search space against the machine, which needs no data: they take seconds to read.

    Raises:
        ConfigError: it is wider than the backend or smaller than a generation.
    """
    widest, usable = max(space.qubits), len(calibration.qubits)
    if widest > usable:
        raise ConfigError(
            f"search_space.qubits={list(space.qubits)} is not accepted: "
            f"backend {calibration.name} has {usable} usable qubits"
        )
    if search.population > space.size:
        raise ConfigError(
            f"search.population={search.population} is not accepted: search_space has "
            f"{space.size:,} genomes; accepted: at most so many"
        )


def pose(  # noqa: PLR0913 - a constructor of keywords
    *,
    space: SearchSpace,
    search: SearchSettings,
    training: TrainSettings,
    data: SearchData,
    cost_model: CostModel,
    calibration: Calibration,
    device: Device,
    power_w: float,
    simulator: str,
    seed: int,
    folder: RunFolder,
    cache: Path | None = None,
    floor: bool = True,
    price: Price | None = None,
) -> Problem:
    """Puts a search together and checks it; nothing is written yet. `check_fits` comes first.

    Args:
        space: where to search.
        search: how.
        training: of the networks.
        data: that they learn, as `hybhanas.data.protocol.ready` gives it.
        cost_model: what is counted as quantum time.
        calibration: of the backend.
        device: for the classical layers.
        power_w: electrical power of the backend, cooling included.
        simulator: of the circuits in training.
        seed: of everything random.
        folder: of the run.
        cache: folder of transpiled circuits, shared by runs; None: no cache.
        floor: see `Problem`.
        price: of the backend's time; None: it is not known.

    Raises:
        ConfigError: no price is known of what is to be paid, or the folder holds another search.
    """
    workload = workload_of(data, training.final_epochs, training)
    estimator = CostEstimator(calibration, cost_model, device, workload, power_w, cache, price)
    _check_price(search, price)
    twins = "contribution" in search.objectives
    bounds = search.parsed_constraints()
    training = replace(training, accelerator=training.processor)  # workers may see other ones
    evaluator = Evaluator(data, estimator, training, simulator, seed, bounds, twins)
    problem = Problem(evaluator, search.strategy(space), folder, floor)
    folder.check_same_search(problem.settings)
    return problem


def _check_price(search: SearchSettings, price: Price | None) -> None:
    """Refuses an objective, a constraint or a budget in dollars where no price is known."""
    in_dollars = {quantity.name for quantity in MONEY}
    for setting, names in (
        ("search.objectives", search.objectives),
        ("search.constraints", search.parsed_constraints().bounds),
        ("search.budget.qpu_usd", () if search.budget.qpu_usd is None else ("cost_usd",)),
    ):
        named = sorted(in_dollars.intersection(names))
        if named and price is None:
            raise ConfigError(
                f"{setting}: {named[0]} is {MISSING.format(plans=', '.join(plans()))}"
            )
