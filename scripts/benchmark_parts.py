"""What a benchmark table is made of: curves of trained networks, and costs on several backends.

Each part is a file of its own, so that what was killed continues where it was.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from hybhanas import atomic
from hybhanas.architecture import Architecture
from hybhanas.bench import TOTALS
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.hydra_app.compose import composed
from hybhanas.models.layers import lay_out_network
from hybhanas.nas.evaluation import COSTED, FAILED
from hybhanas.nas.evaluator import Evaluator, derived_seed
from hybhanas.nas.table_evaluator import check_tabulated
from hybhanas.search_space import SearchSpace
from hybhanas.tasks.search import prepare
from hybhanas.tasks.setup import build

TRAINING = ("seed", "data", "training", "simulator", "versions")
"""The settings that determine what training gives; the others concern costs."""

COSTING = ("calibration", "cost_model", "data", "device", "workload", "versions")
"""Those that determine the times."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a table shall hold.

    Args:
        overrides: of the configuration: data set, space, training.
        seeds: of splits and initial weights.
        backends: each a name, and further overrides behind it; empty: that of `overrides`.
        folder: of the parts.
        twins: whether it holds a classical twin of every network.
    """

    overrides: tuple[str, ...]
    seeds: tuple[int, ...]
    backends: tuple[str, ...]
    folder: Path
    twins: bool = False

    def evaluator(self, *overrides: str) -> Evaluator:
        """The evaluator of a search under these settings."""
        config = composed(*self.overrides, *overrides)
        OmegaConf.resolve(config)
        return prepare(config, self.folder / "none").evaluator

    @property
    def space(self) -> SearchSpace:
        """The space whose every architecture is in the table."""
        space: SearchSpace = build("search_space", composed(*self.overrides).search_space)
        return space


def check(plan: Plan) -> None:
    """Checks before anything is trained that a table can hold what a plan asks for.

    Raises:
        ConfigError: training that may stop early or is noisy, a constraint, an objective that a
            table does not have, or two backends of one calibration.
    """
    config = composed(*plan.overrides)
    check_tabulated(build("search", config.search))
    build("trainer", config.trainer).check_tabulated()
    names: dict[str, str] = {}
    for words in plan.backends if len(plan.backends) > 1 else ():
        name = plan.evaluator(*_chosen(words)).estimator.calibration.name
        if name in names:
            raise ConfigError(
                f"--backends='{words}' is not accepted: its calibration is called {name}, as that "
                f"of '{names[name]}' is; accepted: each name once"
            )
        names[name] = words


def trained(
    plan: Plan, notify: Callable[[str], None], twins: bool = False
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Trains every architecture with every seed; of each group, which are trained together, its
    seed and its part: by hash the accuracy and loss after every epoch, and the test accuracy at the
    end.

    Args:
        plan: what to train.
        notify: called after each group.
        twins: train the classical twins instead.
    """
    for seed in plan.seeds:
        evaluator = plan.evaluator(f"seed={seed}")
        fitting = [a for a in plan.space.architectures() if _fits(a, evaluator)]
        groups = evaluator.groups(fitting)  # of twins as well, which have none of their own
        evaluator = evaluator.of_twins if twins else evaluator
        for number, group in enumerate(groups, 1):
            members = [fitting[i] for i in group]
            part = _part(
                plan.folder, f"trained_{seed}", training_settings(evaluator), members,
                partial(_curves, evaluator),
            )  # fmt: skip
            yield seed, part
            what = "twins of group" if twins else "group"
            notify(f"seed {seed}: {what} {number} of {len(groups)} trained")


def twin_parameters(architecture: Architecture, evaluator: Evaluator) -> float:
    """What the classical twin of an architecture trains; NaN where there is no such network."""
    from hybhanas.quantum.variants import twin_shape

    if not _fits(architecture, evaluator):
        return math.nan
    layers = lay_out_network(architecture, evaluator.data.features, evaluator.data.classes)
    return layers.parameters - layers.circuit.weights + twin_shape(layers.circuit).parameters


def costed(plan: Plan, notify: Callable[[str], None]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Costs every architecture on every backend; of each its name and its part: by hash the
    logarithms of seconds under each of TOTALS and of what survives noise; None where the
    architecture does not fit.
    """
    architectures = [*plan.space.architectures()]
    for words in plan.backends:
        chosen = _chosen(words)
        evaluators = _for_totals(plan, chosen)
        name = evaluators[TOTALS[0]].estimator.calibration.name
        settings = {total: cost_settings(e) for total, e in evaluators.items()}
        yield (
            name,
            _part(
                plan.folder, f"costed_{name}", settings, architectures, partial(_costs, evaluators)
            ),
        )
        notify(f"{name}: {len(architectures)} architectures costed")


def _for_totals(plan: Plan, chosen: Sequence[str]) -> dict[str, Evaluator]:
    """An evaluator for each total, which lay out every circuit once for all."""
    evaluators = {total: plan.evaluator(*chosen, f"cost_model={total}") for total in TOTALS}
    first = evaluators[TOTALS[0]].estimator
    for total, evaluator in evaluators.items():
        model = evaluator.estimator.model
        shared = first.with_total(model.name, model.total)
        assert shared.model == model
        evaluators[total] = replace(evaluator, estimator=shared)
    return evaluators


def training_settings(evaluator: Evaluator) -> dict[str, Any]:
    """What determines the outcome of training, in plain JSON types."""
    plain: dict[str, Any] = json.loads(json.dumps(evaluator.settings))
    return {name: plain[name] for name in TRAINING}


def cost_settings(evaluator: Evaluator) -> dict[str, Any]:
    """What determines the costs, likewise."""
    plain: dict[str, Any] = json.loads(json.dumps(evaluator.settings))
    return {name: plain[name] for name in COSTING}


def _chosen(words: str) -> list[str]:
    """The overrides of one of `Plan.backends`."""
    return f"backend={words}".split() if words else []


def _fits(architecture: Architecture, evaluator: Evaluator) -> bool:
    """Whether a network for the data can be laid out at all, whatever the backend."""
    try:
        lay_out_network(architecture, evaluator.data.features, evaluator.data.classes)
    except CandidateError:
        return False
    return True


def _part(
    folder: Path,
    name: str,
    settings: Mapping[str, Any],
    members: Sequence[Architecture],
    make: Callable[[Sequence[Architecture]], dict[str, Any]],
) -> dict[str, Any]:
    """A part as its file holds it, made and written if there is none: rows, settings, and the CPU
    seconds that it took. The file is named by all that determines it.
    """
    text = json.dumps([settings, [a.hash for a in members]], sort_keys=True)
    path = folder / f"{name}_{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
    if path.exists():
        held: dict[str, Any] = json.loads(path.read_bytes())
        return held
    started = time.process_time()
    rows = make(members)
    part = {"settings": settings, "rows": rows, "cpu_s": time.process_time() - started}
    atomic.write_json(path, part)
    return part


def _curves(evaluator: Evaluator, members: Sequence[Architecture]) -> dict[str, Any]:
    from hybhanas.models.curves import Curves
    from hybhanas.models.training import train

    curves = Curves()
    outcomes = train(
        members,
        evaluator.data,
        evaluator.training,
        evaluator.simulator,
        [derived_seed(evaluator.seed, member) for member in members],
        evaluator.epochs,
        test=True,
        after_epoch=curves,
    )
    return {
        member.hash: {
            "accuracy": [accuracies[i] for accuracies in curves.accuracies],
            "loss": [losses[i] for losses in curves.losses],
            "test": None if isinstance(outcome, Exception) else outcome.test_accuracy,
        }
        for i, (member, outcome) in enumerate(zip(members, outcomes, strict=True))
    }


def _costs(
    evaluators: Mapping[str, Evaluator], architectures: Sequence[Architecture]
) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for architecture in architectures:
        known = {total: e.cost(architecture) for total, e in evaluators.items()}
        if any(e.status == FAILED for e in known.values()):
            rows[architecture.hash] = None
            continue
        assert all(e.status == COSTED and e.cost is not None for e in known.values())
        one = known[TOTALS[0]]
        rows[architecture.hash] = {
            "log10_p_survival": one.cost and one.cost.noise.log10_p_survival,
            "parameters": one.parameters,
            "proxies": one.proxies,
        } | {total: e.cost and e.cost.time.log10_total_s for total, e in known.items()}
    return rows
