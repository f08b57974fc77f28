"""Whether the quantum part of a network earns its seconds: against variants of it and baselines."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.evidence.baselines import LOGISTIC, MLP, SVM, arrays, small_mlp
from hybhanas.evidence.statistics import Paired, holm
from hybhanas.evidence.verdict import (
    FROZEN,
    TRAINED,
    UNENTANGLED,
    VARIANTS,
    Contribution,
    Rival,
)
from hybhanas.nas.classical import Baseline
from hybhanas.nas.evaluator import Evaluator, derived_seed
from hybhanas.nas.finished import TWIN
from hybhanas.steps import Steps, quiet

SEEDS = 5
"""Trainings of each variant, at least."""


@dataclass(frozen=True, slots=True)
class _Network:
    """What is trained: a variant of a network for one seed."""

    member: int
    variant: str
    architecture: Architecture
    seed: int


def contributions(
    architectures: Sequence[Architecture],
    evaluator: Evaluator,
    baselines: Sequence[Baseline],
    seeds: int = SEEDS,
    steps: Steps = quiet,
) -> list[Contribution]:
    """Trains every network and its variants with the same data, splits, seeds and epochs, many at
    once, and compares their accuracies on the test split.

    Seeds are none of those of the search, so that a lucky training that was selected is not
    counted. The splits are those of the search.

    Args:
        architectures: of the networks.
        evaluator: whose data and settings are used, for as many epochs as a final training.
        baselines: on the same splits.
        seeds: trainings of each; the MLP has as many, other baselines do not depend on seeds.
        steps: shows how many networks are trained.

    Returns:
        In the order of the architectures.
    """
    unused = range(first := evaluator.seed + evaluator.training.final_seeds, first + seeds)
    networks = [
        _Network(i, variant, variant_of, derived_seed(seed, architecture))
        for i, architecture in enumerate(architectures)
        for variant, variant_of in _variants(architecture).items()
        for seed in unused
    ]
    accuracies: dict[tuple[int, str], list[float]] = {}
    parameters: dict[tuple[int, str], int] = {}
    for simulator, names in _simulators(evaluator.simulator).items():
        mine = [n for n in networks if n.variant in names]
        for network, (accuracy, count) in _trained(mine, evaluator, simulator, steps).items():
            accuracies.setdefault((network.member, network.variant), []).append(accuracy)
            key = network.member, network.variant
            parameters[key] = max(count, parameters.get(key, 0))  # 0 of one that diverged
    fixed = _baselines(baselines, evaluator, unused)
    return [
        _contribution(
            architecture,
            {
                v: (parameters[i, v], accuracies[i, v])
                for v in (TRAINED, *VARIANTS)
                if (i, v) in accuracies
            }
            | fixed,
        )
        for i, architecture in enumerate(architectures)
    ]


def _variants(architecture: Architecture) -> dict[str, Architecture]:
    """The architecture of each variant; without entangling gates there is nothing to remove."""
    variants = dict.fromkeys((TRAINED, TWIN, FROZEN), architecture)
    if set(architecture.entanglement_by_layer) != {"none"}:
        variants[UNENTANGLED] = replace(architecture, entanglement="none").canonical()
    return variants


def _simulators(own: str) -> dict[str, tuple[str, ...]]:
    """What runs which variants; those that share one are trained together."""
    from hybhanas.quantum import variants

    return {own: (TRAINED, UNENTANGLED), variants.FROZEN: (FROZEN,), variants.TWIN: (TWIN,)}


def _trained(
    networks: Sequence[_Network], evaluator: Evaluator, simulator: str, steps: Steps
) -> dict[_Network, tuple[float, int]]:
    """The accuracy on the test split and the number of trained parameters of each network."""
    from hybhanas.models.plan import plan
    from hybhanas.models.training import Trained, train

    data, settings = evaluator.data, evaluator.training
    found: dict[_Network, tuple[float, int]] = {}
    if not networks:
        return found
    every, planner = [n.architecture for n in networks], evaluator.simulator
    variants = ", ".join(dict.fromkeys(n.variant for n in networks))
    with steps(f"training networks ({variants})", len(networks)) as done:
        for group in plan(every, data.batch_size, settings, planner):
            mine = [networks[i] for i in group]
            own, seeds = [n.architecture for n in mine], [n.seed for n in mine]
            left, epochs = [_survival(n, evaluator) for n in mine], settings.final_epochs
            outcomes = train(
                own, data, settings, simulator, seeds, epochs, test=True, survivals=left
            )
            for network, outcome in zip(mine, outcomes, strict=True):
                accuracy, count = math.nan, 0
                if isinstance(outcome, Trained) and outcome.test_accuracy is not None:
                    accuracy = outcome.test_accuracy
                    count = sum(parameter.numel() for parameter in outcome.model.parameters())
                    if network.variant == FROZEN:
                        count -= outcome.model.quantum.weights
                found[network] = accuracy, count
            done(len(found))
    return {network: found[network] for network in networks}


def _survival(network: _Network, evaluator: Evaluator) -> tuple[float, ...] | None:
    """What noise leaves of its circuit, where the search trained for that; a twin has none."""
    return None if network.variant == TWIN else evaluator.survival(network.architecture)


def _baselines(
    baselines: Sequence[Baseline], evaluator: Evaluator, seeds: range
) -> dict[str, tuple[int, list[float]]]:
    """Parameters and test accuracies of each seed; the MLP with the setting of the baseline."""
    fixed = {b.name: (b.parameters, [b.test_accuracy] * len(seeds)) for b in baselines}
    kept = {name: fixed[name] for name in (LOGISTIC, SVM) if name in fixed}
    for mlp in (b for b in baselines if b.name == MLP):
        train, _, test = arrays(evaluator.data)
        width, rate = (float(mlp.setting.split()[i]) for i in (0, -1))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of fits that end at the most iterations
            models = [small_mlp(int(width), rate, seed)(*train) for seed in seeds]
        kept[MLP] = mlp.parameters, [float(model.score(*test)) for model in models]
    return kept


def _contribution(
    architecture: Architecture, found: Mapping[str, tuple[int, list[float]]]
) -> Contribution:
    parameters, own = found[TRAINED]
    others = {name: one for name, one in found.items() if name != TRAINED}
    tests = [_paired(own, accuracies) for _, accuracies in others.values()]
    corrected = holm([1.0 if test.p_value is None else test.p_value for test in tests])
    rivals = tuple(
        Rival(
            name,
            count,
            tuple(accuracies),
            test.difference,
            test.effect,
            None if test.p_value is None else p_value,
        )
        for (name, (count, accuracies)), test, p_value in zip(
            others.items(), tests, corrected, strict=True
        )
    )
    angles = lay_out(architecture).weights
    return Contribution(architecture, parameters, angles, tuple(own), rivals)


def _paired(own: Sequence[float], other: Sequence[float]) -> Paired:
    """The comparison of the seeds with which both could be trained."""
    pairs = [(a, b) for a, b in zip(own, other, strict=True) if not math.isnan(a + b)]
    if not pairs:
        return Paired(0.0, None, None)
    first, second = zip(*pairs, strict=True)
    return Paired.of(first, second)
