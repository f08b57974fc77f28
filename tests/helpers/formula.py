"""Searches on an evaluator that answers in microseconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from hybhanas.architecture import Architecture
from hybhanas.models.state import TrainingState
from hybhanas.nas.evaluation import COSTED, EVALUATED, FAILED, INFEASIBLE, STOPPED, Evaluation
from hybhanas.nas.evaluator import Group
from hybhanas.nas.executors import Serial
from hybhanas.nas.loop import run_search
from hybhanas.nas.quantities import PROXIES
from hybhanas.nas.settings import (
    ExhaustiveSettings,
    GeneticSettings,
    HalvingSettings,
    LocalSettings,
    ModelSettings,
    RandomSettings,
    TPESettings,
)
from tests.helpers.settings import everything
from tests.helpers.synthetic import make_report

REFERENCE = {"error": 1.0, "total_s": 50.0, "parameters": 300.0}


def strategy(name="nsga2", space=None, population=10, generations=5, seed=1, rungs=(), **further):
    others = {
        "model": ModelSettings, "tpe": TPESettings, "random": RandomSettings,
        "local": LocalSettings, "exhaustive": ExhaustiveSettings,
    }  # fmt: skip
    if name not in others:
        further["algorithm"] = name
    if rungs:
        further |= {"rungs": rungs, "keep": 0.3}
    genetic = HalvingSettings if rungs else GeneticSettings
    settings = others.get(name, genetic)(
        name=name, population=population, generations=generations, seed=seed,
        reference_point=REFERENCE,
        **({"objectives": ("error", "total_s", "parameters")} | further),
    )  # fmt: skip
    return settings.strategy(space or everything())


@dataclass
class FormulaEvaluator:
    """More qubits and depth are better and more expensive; circuits of width `fails` cannot be
    costed, and those of depth `breaks` break a constraint. Half of the training gives half of the
    accuracy. Trains in groups of `together`, and dies before the group that exceeds `dies_after`.
    """

    epochs = 10

    fails: int | None = None
    breaks: int | None = None
    asked: list[str] = field(default_factory=list)
    dies_after: int | None = None
    together: int = 1

    def key(self, architecture: Architecture) -> str:
        return architecture.hash

    def cost(self, architecture: Architecture) -> Evaluation:
        a = architecture
        if a.qubits == self.fails:
            self.asked.append(a.hash)
            return Evaluation(
                key=a.hash, architecture=a, status=FAILED, reason="too wide", seed=0, seconds=0.0
            )
        size = a.qubits * a.depth + a.hidden_layers * a.hidden_width
        costed = Evaluation(
            key=a.hash, architecture=a, status=COSTED, seed=0, seconds=0.0, parameters=10 * size,
            proxies=dict.fromkeys(PROXIES, size), cost=make_report(float(a.qubits**2), 0.5),
        )  # fmt: skip
        if a.depth == self.breaks:
            self.asked.append(a.hash)
            return replace(costed, status=INFEASIBLE, reason="too deep", violation=1.0)
        return costed

    def groups(self, architectures: Sequence[Architecture]) -> list[list[int]]:
        indices = range(len(architectures))
        return [list(indices[i : i + self.together]) for i in indices[:: self.together]]

    def train(self, group: Group) -> list[tuple[Evaluation, bytes | None]]:
        if self.dies_after is not None and len(self.asked) + len(group.members) > self.dies_after:
            raise KeyboardInterrupt
        self.asked += [evaluation.key for evaluation in group.members]
        zero = {"w": torch.zeros(1)}
        state = TrainingState(group.epochs, zero, zero, zero).to_bytes()
        for before in group.states:
            assert TrainingState.from_bytes(before).epochs < group.epochs
        return [
            (self._trained(e, group.epochs), state if group.epochs < self.epochs else None)
            for e in group.members
        ]

    def _trained(self, costed: Evaluation, epochs: int) -> Evaluation:
        better = costed.parameters / 10 + (costed.architecture.encoding == "amplitude")
        return replace(
            costed, status=EVALUATED if epochs == self.epochs else STOPPED, epochs=epochs,
            validation_accuracy=(1 - 1 / (1 + better)) * epochs / self.epochs,
        )  # fmt: skip


def generation_evaluated(
    evaluator: FormulaEvaluator, asked: Sequence[Architecture]
) -> list[Evaluation]:
    """A generation as the loop evaluates it, without records, whose writing takes far longer."""
    costed = [evaluator.cost(architecture) for architecture in asked]
    group = Group([one for one in costed if one.status == COSTED], evaluator.epochs)
    trained = {one.key: one for one, _ in evaluator.train(group)}
    return [trained.get(one.key, one) for one in costed]


def search(chosen, evaluator, folder: Path, generations=None, **callbacks):
    found = generations if generations is not None else []
    with Serial().started(evaluator, folder, print) as workers:
        return run_search(
            chosen,
            evaluator,
            folder,
            workers,
            lambda _: None,
            lambda one, _: found.append(one),
            **callbacks,
        )
