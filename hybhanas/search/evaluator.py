"""Evaluating architectures: cost first, one by one, then training, many at once."""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from hybhanas.architecture import Architecture
from hybhanas.cost.estimator import CostEstimator
from hybhanas.data.protocol import SearchData
from hybhanas.errors import CandidateError
from hybhanas.models.layers import Layers, lay_out_network
from hybhanas.models.plan import plan
from hybhanas.models.settings import TrainSettings
from hybhanas.search.constraints import Constraints
from hybhanas.search.evaluation import (
    COSTED,
    EVALUATED,
    FAILED,
    INFEASIBLE,
    PROXIES,
    STOPPED,
    Evaluation,
)
from hybhanas.settings import determining

if TYPE_CHECKING:  # torch and Lightning take seconds, and only training needs them
    from hybhanas.models.state import TrainingState
    from hybhanas.models.training import Trained

DECISIVE = ("hybhanas", "qiskit", "torch")
"""The packages whose version may change an evaluation."""


def derived_seed(seed: int, architecture: Architecture) -> int:
    """A seed of 31 bits from the run's seed and the architecture's hash, and nothing else."""
    digest = hashlib.sha256(f"{seed}:{architecture.hash}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


@dataclass(frozen=True, slots=True)
class Group:
    """What is trained at once.

    Args:
        members: costed.
        epochs: to which they are trained.
        states: of each, to go on from; empty where they start.
    """

    members: Sequence[Evaluation]
    epochs: int
    states: Sequence[bytes] = ()

    def halves(self) -> tuple[Group, Group]:
        """Two groups of them."""
        middle = len(self.members) // 2
        return (
            Group(self.members[:middle], self.epochs, self.states[:middle]),
            Group(self.members[middle:], self.epochs, self.states[middle:]),
        )


@dataclass(frozen=True, slots=True)
class Finished:
    """A network trained to the end: its accuracies, and its checkpoint as torch saves it."""

    validation_accuracy: float
    test_accuracy: float | None
    checkpoint: bytes


@dataclass(frozen=True)
class Evaluator:
    """Evaluates architectures; the outcome is a pure function of these settings.

    Args:
        data: the data set, split, as `hybhanas.data.protocol.ready` gives it.
        estimator: what costs a circuit.
        training: how networks are trained.
        simulator: what runs their circuits.
        seed: the run's.
        constraints: what breaks them is not trained.
    """

    data: SearchData
    estimator: CostEstimator
    training: TrainSettings
    simulator: str
    seed: int
    constraints: Constraints

    @cached_property
    def settings(self) -> dict[str, Any]:
        """All that determines an evaluation but the architecture, in plain JSON types."""
        return {
            "seed": self.seed,
            "data": {"hash": self.data.hash, "batch_size": self.data.batch_size},
            "calibration": {
                "name": self.estimator.calibration.name,
                "hash": self.estimator.calibration.hash,
            },
            "cost_model": determining(self.estimator.model),
            "device": determining(self.estimator.device),
            "machine_power_w": self.estimator.machine_power_w,
            "workload": determining(self.estimator.workload),
            "training": determining(self.training) | {"accelerator": self.training.processor},
            "simulator": self.simulator,
            "versions": {name: version(name) for name in DECISIVE},
            "constraints": dict(self.constraints.bounds),
        }

    @property
    def epochs(self) -> int:
        """Those of a training in full."""
        return self.training.epochs

    def key(self, architecture: Architecture) -> str:
        """The name of an architecture's record: 32 hex digits of SHA-256."""
        text = json.dumps([architecture.canonical().to_dict(), self.settings], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def lost(self, architecture: Architecture, error: Exception) -> Evaluation:
        """The evaluation of one that cannot even be costed."""
        return self._evaluation(
            architecture, status=FAILED, reason=_in_one_line(error), seconds=0.0
        )

    def cost(self, architecture: Architecture) -> Evaluation:
        """Costs one architecture: what is then to be trained has the status COSTED."""
        started = time.perf_counter()
        known: dict[str, Any] = {}
        status, reason = COSTED, ""
        try:
            layers = lay_out_network(architecture, self.data.features, self.data.classes)
            known |= _size(layers)
            known["cost"] = self.estimator(layers.circuit, layers.classical_flops).to_dict()
            known["violation"], reason = self.constraints.broken(known)
            if known["violation"] > 0:
                status = INFEASIBLE
        except (CandidateError, MemoryError, ArithmeticError, RuntimeError) as error:
            if not _is_the_candidates(error):
                raise
            status, reason = FAILED, _in_one_line(error)
        seconds = time.perf_counter() - started
        return self._evaluation(
            architecture, status=status, reason=reason, seconds=seconds, **known
        )

    def _evaluation(self, architecture: Architecture, **known: Any) -> Evaluation:
        seed = derived_seed(self.seed, architecture)
        return Evaluation(key=self.key(architecture), architecture=architecture, seed=seed, **known)

    def train(self, group: Group) -> list[tuple[Evaluation, bytes | None]]:
        """Trains what was costed, all at once; each takes its share of the time.

        Returns:
            Each evaluation, with the state to go on from where its training is not at its end.
        """
        from hybhanas.models import state, training  # noqa: F401 - before the clock starts

        started = time.perf_counter()
        states = [state.TrainingState.from_bytes(content) for content in group.states]
        outcomes = self.networks(
            [e.architecture for e in group.members],
            self.epochs,
            until=group.epochs,
            states=states,
        )
        share_s = (time.perf_counter() - started) / len(group.members)
        status = EVALUATED if group.epochs == self.epochs else STOPPED
        results: list[tuple[Evaluation, bytes | None]] = []
        for member, outcome in zip(group.members, outcomes, strict=True):
            known: dict[str, Any] = {"seconds": member.seconds + share_s, "epochs": group.epochs}
            if not isinstance(outcome, Exception):
                known |= {"status": status, "epochs": outcome.epochs}
                known |= {"validation_accuracy": outcome.validation_accuracy}
                left = None if outcome.state is None else outcome.state.to_bytes()
                results.append((replace(member, **known, reason=""), left))
            else:
                results.append((failed(member, outcome, **known), None))
        return results

    def finish(self, group: Group) -> list[Finished | Exception]:
        """Trains networks from their start to the end, at once, and tests them."""
        members = [member.architecture for member in group.members]
        outcomes = self.networks(members, group.epochs, test=True)
        return [o if isinstance(o, Exception) else self._finished(o) for o in outcomes]

    def groups(self, architectures: Sequence[Architecture]) -> list[list[int]]:
        """Which of them to train at once; see `hybhanas.models.plan.plan`."""
        return plan(architectures, self.data.batch_size, self.training, self.simulator)

    def networks(
        self,
        architectures: Sequence[Architecture],
        epochs: int,
        test: bool = False,
        until: int | None = None,
        states: Sequence[TrainingState] = (),
    ) -> list[Trained | Exception]:
        """Trains networks at once, each with the architecture's own seed; see
        `hybhanas.models.training.train`. Where memory does not do, by halves; what cannot be
        trained alone either is an error in its place.
        """
        from hybhanas.models.training import train

        seeds = [derived_seed(self.seed, architecture) for architecture in architectures]
        settings = (self.data, self.training, self.simulator)
        try:
            return list(train(architectures, *settings, seeds, epochs, test, until, states))
        except (CandidateError, MemoryError, ArithmeticError, RuntimeError) as error:
            if not _is_the_candidates(error):
                raise
            if len(architectures) == 1:
                return [error]
        half = len(architectures) // 2
        return [
            outcome
            for part in (slice(half), slice(half, None))
            for outcome in self.networks(architectures[part], epochs, test, until, states[part])
        ]

    def _finished(self, trained: Trained) -> Finished:
        import torch

        content = io.BytesIO()
        torch.save(
            {
                "architecture": trained.model.architecture.to_dict(),
                "features": self.data.features,
                "classes": self.data.classes,
                "state_dict": {k: v.cpu() for k, v in trained.model.state_dict().items()},
            },
            content,
        )
        return Finished(trained.validation_accuracy, trained.test_accuracy, content.getvalue())


def _size(layers: Layers) -> dict[str, Any]:
    flops, simulation = layers.classical_flops, layers.circuit.simulation_flops
    proxies = dict(zip(PROXIES, (flops + simulation, flops, simulation), strict=True))
    return {"parameters": layers.parameters, "proxies": proxies}


def failed(evaluation: Evaluation, error: Exception, **known: Any) -> Evaluation:
    """An evaluation that an error ended."""
    known |= {"status": FAILED, "reason": _in_one_line(error), "validation_accuracy": None}
    return replace(evaluation, **known)


def _in_one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def _is_the_candidates(error: Exception) -> bool:
    """Whether an error is the candidate's fault; a plain RuntimeError of torch is only where it
    speaks of memory, else it is a mistake of ours.
    """
    if not isinstance(error, RuntimeError) or isinstance(error, CandidateError):
        return True
    import torch

    return isinstance(error, torch.OutOfMemoryError) or "alloc" in str(error).lower()
