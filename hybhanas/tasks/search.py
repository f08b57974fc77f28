"""task=search: from a configuration to a Pareto front of trained HQNNs."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from rich.console import Console

from hybhanas import atomic
from hybhanas.calibration import Calibration
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import Workload
from hybhanas.data.protocol import ready
from hybhanas.errors import ConfigError
from hybhanas.reporting.interactive import write_front_page
from hybhanas.reporting.plots import plot_anatomy, plot_front
from hybhanas.reporting.tables import (
    FrontMember,
    evaluation_rows,
    write_evaluations,
    write_front,
)
from hybhanas.reporting.terminal import SearchView, front_table, terminal
from hybhanas.search.evaluation import EVALUATED, FAILED, INFEASIBLE, STOPPED
from hybhanas.search.evaluator import Evaluator
from hybhanas.search.lock import NAME as LOCK
from hybhanas.search.lock import locked
from hybhanas.search.loop import Generation, run_search
from hybhanas.search.strategy import Strategy
from hybhanas.settings import determining
from hybhanas.tasks.final import train_to_the_end
from hybhanas.tasks.setup import build, cache_folder, shown

VERSIONS = ("hybhanas", "torch", "torchquantum-ng", "pymoo", "qiskit", "qiskit-ibm-runtime")
log = logging.getLogger(__name__)


def search(config: DictConfig, folder: Path) -> list[FrontMember]:
    """Searches, trains the front to the end, and reports; goes on where an earlier run stopped.

    Args:
        config: composed; see conf/config.yaml.
        folder: of the run. Nothing is written to it before every setting is checked.

    Returns:
        The front, by ascending objectives.

    Raises:
        ConfigError: a setting that is not accepted, or a folder that holds another search.
    """
    started = time.perf_counter()
    console = terminal()
    evaluator, strategy = prepare(config, folder)
    _check_same_search(folder, evaluator, strategy)
    tracker, executor = build("logger", config.logger), build("executor", config.executor)
    resolved: dict[str, Any] = OmegaConf.to_container(config, resolve=True)  # type: ignore[assignment]
    calibration = evaluator.estimator.calibration
    _introduce(console, config, calibration, strategy, folder)
    shares = evaluator.training.shares
    if executor.number > shares:
        log.warning(
            "trainer.shares=%d: %d workers have little to do; trainer.shares=%d divides a "
            "generation for so many",
            *(shares, executor.number, executor.number),
        )
    with (
        _claimed(folder, evaluator, strategy),
        tracker.run(folder, folder.name, resolved) as tracked,
        executor.at_work(evaluator, folder, partial(console.print, soft_wrap=True)) as workers,
    ):
        atomic.write_text(folder / "config.yaml", OmegaConf.to_yaml(config, resolve=True))

        def told(generation: Generation) -> None:
            view.generation(generation)
            tracked.log(asdict(generation), step=generation.number)

        halving = bool(strategy.settings.rungs)
        with SearchView(console, strategy.settings.generations, halving) as view:
            evaluations = run_search(
                strategy,
                evaluator,
                folder,
                workers,
                on_progress=view.progress,
                on_generation=told,
            )
        write_evaluations(folder, evaluations)
        search_s = time.perf_counter() - started
        front = strategy.objectives.front(evaluations)
        if not front:
            reasons = {e.reason for e in evaluations if e.status != EVALUATED}
            said = "; ".join(sorted(reasons)[:3])
            bounds = ", search.constraints among them" if strategy.settings.constraints else ""
            raise ConfigError(f"no candidate could be evaluated for these reasons{bounds}: {said}")
        title = f"{config.dataset.name} on {calibration.name} ({calibration.date:%Y-%m-%d})"
        plot_front(folder / "front.png", evaluations, front, title)
        plot_anatomy(folder / "anatomy.png", front, title)
        write_front_page(folder / "front.html", evaluations, front, title)
        members = train_to_the_end(front, evaluator, workers, folder, console)
        write_front(folder, members)
        wall_s = time.perf_counter() - started
        summary = {
            "evaluations": len(evaluations),
            "stopped": sum(e.status == STOPPED for e in evaluations),
            "infeasible": sum(e.status == INFEASIBLE for e in evaluations),
            "failed": sum(e.status == FAILED for e in evaluations),
            "front_size": len(front),
            "hypervolume": strategy.objectives.hypervolume(evaluations),
            "epochs": sum(e.epochs for e in evaluations),
            "evaluations_s": round(sum(e.seconds for e in evaluations), 3),
            "search_s": round(search_s, 3),
            "wall_s": round(wall_s, 3),
        }
        atomic.write_json(folder / "run.json", _provenance(calibration, evaluator) | summary)
        pictures = [folder / "front.png", folder / "anatomy.png"]
        tracked.finish_with(summary, evaluation_rows(evaluations), pictures)
    console.print(front_table(members))
    console.print(
        f"{len(evaluations)} architectures in {search_s:.0f} s, {wall_s:.0f} s in all; "
        f"front, pictures and models in {shown(folder)}",
        soft_wrap=True,
        markup=False,
    )
    return members


def prepare(config: DictConfig, folder: Path) -> tuple[Evaluator, Strategy]:
    """Builds and checks everything a search needs, from the configuration alone.

    Only a measured device is taken from the folder of an earlier run, so that it stays the same.
    """
    space = build("search_space", config.search_space)
    strategy = build("search", config.search).strategy(space)
    training = build("trainer", config.trainer)
    data = ready(build("dataset", config.dataset))
    model = build("cost_model", config.cost_model)
    calibration = build("calibration", config.calibration).load()
    widest, usable = max(space.qubits), len(calibration.usable_qubits)
    if widest > usable:
        raise ConfigError(
            f"search_space.qubits={list(space.qubits)} is not accepted: "
            f"backend {calibration.name} has {usable} usable qubits"
        )
    earlier = _earlier_settings(folder)
    if config.device.peak_flops_per_s is None and earlier is not None:
        config.device.peak_flops_per_s = earlier["device"]["peak_flops_per_s"]
    device = build("device", config.device)
    workload = Workload(
        samples=data.train_samples, epochs=training.final_epochs, batch_size=data.batch_size
    )
    estimator = CostEstimator(
        calibration, model, device, workload, config.backend.power_w, cache_folder(config)
    )
    constraints = strategy.settings.bounds()
    evaluator = Evaluator(
        data, estimator, training, config.simulator.name, config.seed, constraints
    )
    return evaluator, strategy


@contextmanager
def _claimed(folder: Path, evaluator: Evaluator, strategy: Strategy) -> Iterator[None]:
    """A folder that this search alone writes to, its settings the first thing in it."""
    with locked(folder):
        settings = _check_same_search(folder, evaluator, strategy)  # another may have come and gone
        atomic.remove_partial(folder)
        atomic.write_json(folder / "settings.json", settings)
        yield


def _check_same_search(folder: Path, evaluator: Evaluator, strategy: Strategy) -> dict[str, Any]:
    """The settings that make a search what it is; raises where the folder holds others.

    A longer search may follow a shorter one in the same folder, since it repeats that one first.
    """
    settings: dict[str, Any] = json.loads(
        json.dumps(
            evaluator.settings
            | {
                "search_space": asdict(strategy.space),
                "search": determining(strategy.settings),
                "objectives": asdict(strategy.objectives),
                "generations": strategy.settings.generations,
            }
        )
    )
    earlier = _earlier_settings(folder)
    if earlier is None:
        return settings
    for group, value in settings.items():
        if group != "generations" and earlier.get(group) != value:
            raise ConfigError(
                f"hydra.run.dir={folder} is not accepted: it holds a search with another {group}; "
                "accepted: a new folder, or the settings in its config.yaml"
            )
    if strategy.settings.generations < earlier["generations"]:
        raise ConfigError(
            f"search.generations={strategy.settings.generations} is not accepted: "
            f"hydra.run.dir={folder} holds a search of {earlier['generations']}; "
            "accepted: that many or more"
        )
    return settings


def _earlier_settings(folder: Path) -> dict[str, Any] | None:
    """What a search has left in a folder; None of an empty one, or of one killed in its first
    write. Raises ConfigError on a folder that holds anything else.
    """
    try:
        earlier: dict[str, Any] = json.loads((folder / "settings.json").read_bytes())
        if {"search", "generations", "device"} <= earlier.keys():
            return earlier
    except FileNotFoundError:
        if not folder.exists() or all(
            atomic.is_partial(path) or path.name == LOCK for path in folder.iterdir()
        ):
            return None
    except (ValueError, AttributeError, OSError):
        pass
    raise ConfigError(
        f"hydra.run.dir={folder} is not accepted: it holds something else than a search"
    )


def _introduce(
    console: Console,
    config: DictConfig,
    calibration: Calibration,
    strategy: Strategy,
    folder: Path,
) -> None:
    age_days = calibration.age_days(datetime.now(UTC))
    settings = strategy.settings
    console.print(
        f"[bold]{settings.name}[/] over {strategy.space.size:,} genomes, "
        f"{settings.population} x {settings.generations}; {config.dataset.name} on "
        f"{calibration.name}, {len(calibration.usable_qubits)} of {len(calibration.qubits)} qubits"
    )
    console.print(f"calibration of {calibration.date:%Y-%m-%d}, {age_days:.0f} days old")
    for repair in calibration.repairs:
        console.print(f"  repaired: {repair}", style="dim", highlight=False, markup=False)
    if age_days > config.calibration_max_age_days:
        log.warning(
            "the calibration is older than calibration_max_age_days=%g: its costs are those of "
            "that day",
            config.calibration_max_age_days,
        )
    console.print(f"folder: {shown(folder)}", soft_wrap=True, highlight=False, markup=False)


def _provenance(calibration: Calibration, evaluator: Evaluator) -> dict[str, Any]:
    return {
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {name: version(name) for name in VERSIONS},
        "calibration": {
            "name": calibration.name,
            "source": calibration.source,
            "date": calibration.date.isoformat(),
            "age_days": round(calibration.age_days(datetime.now(UTC)), 1),
            "hash": calibration.hash,
            "repairs": [str(repair) for repair in calibration.repairs],
        },
        "device": asdict(evaluator.estimator.device),
        "seed": evaluator.seed,
    }
