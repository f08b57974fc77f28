"""Evaluating architectures: cost first, one by one, then training, many at once."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.cost.estimator import CostEstimator
from hybhanas.data.protocol import SearchData
from hybhanas.errors import CandidateError
from hybhanas.models.layers import Layers, lay_out_network
from hybhanas.models.plan import plan
from hybhanas.models.scores import Scores
from hybhanas.models.settings import TrainSettings
from hybhanas.nas.constraints import Constraints
from hybhanas.nas.evaluation import (
    COSTED,
    EVALUATED,
    FAILED,
    INFEASIBLE,
    STOPPED,
    Evaluation,
)
from hybhanas.nas.failures import failed, in_one_line, is_candidate_error, without_frames
from hybhanas.nas.finished import Finished
from hybhanas.nas.quantities import PROXIES
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
    """Networks that are trained together.

    Args:
        members: their evaluations so far; costed.
        epochs: the epoch to train to.
        states: the training state of each, to resume from; empty to start from initial weights.
        replica: in a final training, by how much the seed is counted on from that of the run.
    """

    members: Sequence[Evaluation]
    epochs: int
    states: Sequence[bytes] = ()
    replica: int = 0

    def bisected(self) -> tuple[Group, Group]:
        """Its two halves."""
        middle = len(self.members) // 2
        return (
            replace(self, members=self.members[:middle], states=self.states[:middle]),
            replace(self, members=self.members[middle:], states=self.states[middle:]),
        )


@dataclass(frozen=True)
class Evaluator:
    """Evaluates architectures; an evaluation is a pure function of these settings.

    Args:
        data: the data set, split, as `hybhanas.data.protocol.ready` gives it.
        estimator: the cost model on a calibration and a device.
        training: the settings of training.
        simulator: the simulator of their circuits.
        seed: the run's.
        constraints: a candidate that breaks one is not trained.
        twins: train a classical twin of each network as well, for its contribution.
    """

    data: SearchData
    estimator: CostEstimator
    training: TrainSettings
    simulator: str
    seed: int
    constraints: Constraints
    twins: bool = False

    @cached_property
    def settings(self) -> dict[str, Any]:
        """Everything but the architecture that determines an evaluation, in plain JSON types."""
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
            "price": self.estimator.price and determining(self.estimator.price),
            "workload": determining(self.estimator.workload),
            "training": determining(self.training) | {"accelerator": self.training.processor},
            "simulator": self.simulator,
            "versions": {name: version(name) for name in DECISIVE},
            "constraints": dict(self.constraints.bounds),
            **({"twins": True} if self.twins else {}),
        }

    @cached_property
    def _settings_text(self) -> str:
        return json.dumps(self.settings, sort_keys=True)

    @property
    def epochs(self) -> int:
        """The epochs of a full training."""
        return self.training.epochs

    def key(self, architecture: Architecture) -> str:
        """The name of an architecture's record: 32 hex digits of SHA-256."""
        choices = json.dumps(architecture.canonical().to_dict(), sort_keys=True)
        text = f"[{choices}, {self._settings_text}]"  # a JSON list of both
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def failed_to_cost(self, architecture: Architecture, error: Exception) -> Evaluation:
        """The evaluation of an architecture whose costing ended in an error."""
        return self._evaluation(architecture, status=FAILED, reason=in_one_line(error), seconds=0.0)

    def cost(self, architecture: Architecture) -> Evaluation:
        """The evaluation of an architecture before training: COSTED, INFEASIBLE or FAILED."""
        started = time.perf_counter()
        known: dict[str, Any] = {"seconds": 0.0}
        try:
            layers = lay_out_network(architecture, self.data.features, self.data.classes)
            known |= _size(layers)
            known["cost"] = self.estimator(layers.circuit, layers.classical_half)
            evaluation = self._evaluation(architecture, status=COSTED, **known)
            violation, reason = self.constraints.broken(evaluation)
            if violation > 0:
                evaluation = replace(
                    evaluation, status=INFEASIBLE, violation=violation, reason=reason
                )
        except (CandidateError, MemoryError, ArithmeticError, RuntimeError) as error:
            if not is_candidate_error(error):
                raise
            reason = in_one_line(error)
            evaluation = self._evaluation(architecture, status=FAILED, reason=reason, **known)
        return replace(evaluation, seconds=time.perf_counter() - started)

    def _evaluation(self, architecture: Architecture, **known: Any) -> Evaluation:
        seed = derived_seed(self.seed, architecture)
        return Evaluation(key=self.key(architecture), architecture=architecture, seed=seed, **known)

    def train(self, group: Group) -> list[tuple[Evaluation, bytes | None]]:
        """Trains a group of costed networks together; each is charged its share of the time.

        Returns:
            Each evaluation, with the state to resume from, None at the end of a full training.
        """
        from hybhanas.models import state, training  # noqa: F401 - imports are not timed

        started = time.perf_counter()
        states = [state.TrainingState.from_bytes(content) for content in group.states]
        outcomes = self.train_networks(
            [e.architecture for e in group.members],
            self.epochs,
            until=group.epochs,
            states=states,
        )
        twins = self._twins(group)
        share_s = (time.perf_counter() - started) / len(group.members)
        status = EVALUATED if group.epochs == self.epochs else STOPPED
        results: list[tuple[Evaluation, bytes | None]] = []
        for member, outcome, twin in zip(group.members, outcomes, twins, strict=True):
            known: dict[str, Any] = {"seconds": member.seconds + share_s, "epochs": group.epochs}
            if isinstance(outcome, Exception):
                results.append((failed(member, outcome, **known), None))
                continue
            if isinstance(twin, Exception):
                results.append((failed(member, twin, **known), None))
                continue
            known |= {"status": status, "epochs": outcome.epochs}
            known |= _validated(outcome.validation)
            if twin is not None:
                known["contribution"] = outcome.validation.accuracy - twin
            left = None if outcome.state is None else outcome.state.to_bytes()
            results.append((replace(member, **known, reason=""), left))
        return results

    def _twins(self, group: Group) -> Sequence[float | Exception | None]:
        """The validation accuracy of the classical twin of each; None where none are trained."""
        if not self.twins:
            return [None] * len(group.members)
        members = [member.architecture for member in group.members]
        twins = self.of_twins.train_networks(members, self.epochs, until=group.epochs)
        return [
            CandidateError(f"its classical twin: {in_one_line(twin)}")
            if isinstance(twin, Exception)
            else twin.validation.accuracy
            for twin in twins
        ]

    @property
    def of_twins(self) -> Evaluator:
        """What trains the classical twins, which noise does not touch."""
        from hybhanas.quantum.variants import TWIN

        noiseless = replace(self.training, noise="none", shots=None)
        return replace(self, simulator=TWIN, training=noiseless)

    def survival(self, architecture: Architecture) -> tuple[float, ...] | None:
        """What noise leaves of each of its expectation values; None where `trainer.noise` leaves
        it out.
        """
        if self.training.noise == "none":
            return None
        return self.estimator.survivals(lay_out(architecture))

    def finish(self, group: Group) -> list[Finished | Exception]:
        """Trains a group from initial weights to the group's epochs, and tests each network; its
        classical twin as well, with the same seed, splits and batches.
        """
        members = [member.architecture for member in group.members]
        seeded = replace(self, seed=self.seed + group.replica)
        outcomes = seeded.train_networks(members, group.epochs, test=True)
        twins = seeded.of_twins.train_networks(members, group.epochs, test=True)
        return [
            outcome if isinstance(outcome, Exception) else Finished.of(outcome, twin)
            for outcome, twin in zip(outcomes, twins, strict=True)
        ]

    def groups(self, architectures: Sequence[Architecture]) -> list[list[int]]:
        """The indices of the architectures to train together; see `hybhanas.models.plan.plan`."""
        data = self.data
        return plan(architectures, data.batch_size, self.training, self.simulator, data.features)

    def train_networks(
        self,
        architectures: Sequence[Architecture],
        epochs: int,
        test: bool = False,
        until: int | None = None,
        states: Sequence[TrainingState] = (),
    ) -> list[Trained | Exception]:
        """Trains networks together, each with the seed of its architecture; see
        `hybhanas.models.training.train`. On out-of-memory, splits the group in two and retries; a
        network that cannot be trained alone gives an error in its place.
        """
        from hybhanas.models.process import free_memory
        from hybhanas.models.training import train

        seeds = [derived_seed(self.seed, architecture) for architecture in architectures]
        settings = (self.data, self.training, self.simulator)
        try:
            survivals = [self.survival(architecture) for architecture in architectures]
            return list(
                train(architectures, *settings, seeds, epochs, test, until, states, survivals)
            )
        except (CandidateError, MemoryError, ArithmeticError, RuntimeError) as error:
            if not is_candidate_error(error):
                raise
            if len(architectures) == 1:
                return [without_frames(error)]
        free_memory()
        half = len(architectures) // 2
        return [
            outcome
            for part in (slice(half), slice(half, None))
            for outcome in self.train_networks(
                architectures[part], epochs, test, until, states[part]
            )
        ]


def _size(layers: Layers) -> dict[str, Any]:
    flops, simulation = layers.classical_flops, layers.circuit.simulation_flops
    proxies = dict(zip(PROXIES, (flops + simulation, flops, simulation), strict=True))
    return {"parameters": layers.parameters, "proxies": proxies}


def _validated(scores: Scores) -> dict[str, float | None]:
    """Scores on the validation split, as an evaluation names them."""
    return {
        "validation_accuracy": scores.accuracy,
        "balanced_accuracy": scores.balanced_accuracy,
        "roc_auc": scores.roc_auc,
    }
