"""Replicas: networks of one architecture that differ in their seeds, trained to the end."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

from hybhanas import atomic
from hybhanas.architecture import Architecture
from hybhanas.data.protocol import SearchData
from hybhanas.errors import CandidateError
from hybhanas.models.plan import plan
from hybhanas.models.scores import Scores
from hybhanas.models.settings import TrainSettings
from hybhanas.nas.evaluator import DECISIVE, derived_seed
from hybhanas.settings import determining
from hybhanas.stored import read_bytes

if TYPE_CHECKING:
    from torch import Tensor

    from hybhanas.models.hqnn import HQNN
    from hybhanas.models.state import TrainingState

log = logging.getLogger(__name__)

MOST_BYTES = 2**32
"""Of a state."""

SAVE_EVERY_S = 2.0
"""Between two writes of the state, at least; what is trained from it does not depend on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What is trained; all of it determines the outcome.

    Args:
        architecture: of all.
        data: its splits and batches.
        settings: of training, for `final_epochs` epochs.
        simulator: of the circuits.
        seeds: of each, from which that of its initial weights is derived as in a search.
        survival: what noise leaves of each expectation value; None: no noise.
        weights: to start from instead of initial ones, by name, and their hash.
    """

    architecture: Architecture
    data: SearchData
    settings: TrainSettings
    simulator: str
    seeds: Sequence[int]
    survival: tuple[float, ...] | None = None
    weights: tuple[Mapping[str, Tensor], str] | None = None

    @property
    def determines(self) -> dict[str, Any]:
        """All of it in plain JSON types."""
        return {
            "architecture": self.architecture.to_dict(),
            "data": {"hash": self.data.hash, "batch_size": self.data.batch_size},
            "training": determining(self.settings) | {"accelerator": self.settings.processor},
            "simulator": self.simulator,
            "seeds": [*self.seeds],
            "survival": None if self.survival is None else [*self.survival],
            "weights": None if self.weights is None else self.weights[1],
            "versions": {name: version(name) for name in DECISIVE},
        }


@dataclass(slots=True)
class Replica:
    """One of the networks, so far.

    Args:
        seed: see `Training.seeds`.
        state: after the last epoch; None before the first.
        losses: the mean cross-entropy of training in each epoch.
        accuracies: on the validation split after each epoch.
        reason: why its training failed.
    """

    seed: int
    state: TrainingState | None = None
    losses: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    reason: str = ""

    def is_done(self, settings: TrainSettings) -> bool:
        """Whether it is trained to the end, stopped early, or failed."""
        if self.reason or len(self.accuracies) >= settings.final_epochs:
            return True
        return settings.is_stale(self.accuracies)


def train_replicas(
    training: Training,
    file: Path,
    on_epoch: Callable[[int, Sequence[Replica]], object] | None = None,
    save_every_s: float = SAVE_EVERY_S,
) -> list[Replica]:
    """Trains all replicas, as one population where that pays, and resumes where it was stopped.

    Args:
        training: what to train.
        file: that the state is kept in. It must not be that of another training.
        on_epoch: is called after each epoch with its number and all replicas.
        save_every_s: see SAVE_EVERY_S.

    Raises:
        CandidateError: the simulator cannot run the circuit.
    """
    replicas = _read(file) or [Replica(seed) for seed in training.seeds]
    saved_s = time.monotonic()
    while going := [r for r in replicas if not r.is_done(training.settings)]:
        for group in _groups(training, len(going)):
            _train_epoch(training, [going[i] for i in group])
        ended = all(replica.is_done(training.settings) for replica in replicas)
        if ended or time.monotonic() - saved_s >= save_every_s:
            _write(file, replicas)
            saved_s = time.monotonic()
        if on_epoch is not None:
            on_epoch(max(len(replica.accuracies) for replica in going), replicas)
    return replicas


def _train_epoch(training: Training, replicas: Sequence[Replica]) -> None:
    """Trains replicas that have had as many epochs for one more."""
    from hybhanas.models.state import TrainingState
    from hybhanas.models.training import train

    until = len(replicas[0].accuracies) + 1
    states = [replica.state for replica in replicas if replica.state is not None]
    if not states and training.weights is not None:
        states = [TrainingState.start(training.weights[0]) for _ in replicas]
    outcomes = train(
        [training.architecture] * len(replicas),
        training.data,
        training.settings.without_early_stopping(),  # which is decided here, see `is_done`
        training.simulator,
        [derived_seed(replica.seed, training.architecture) for replica in replicas],
        training.settings.final_epochs,
        until=until,
        states=states,
        survivals=[training.survival] * len(replicas),
    )
    for replica, outcome in zip(replicas, outcomes, strict=True):
        if isinstance(outcome, CandidateError):
            replica.reason = str(outcome)
        else:
            replica.losses.append(outcome.loss)
            replica.accuracies.append(outcome.validation_accuracy)
            ended = TrainingState(until, outcome.model.state_dict(), {}, {})
            replica.state = outcome.state or ended


def trained_model(training: Training, replica: Replica) -> HQNN:
    """The network of a replica after its last epoch."""
    from hybhanas.models.training import network

    assert replica.state is not None
    model = network(training.architecture, training.data, training.simulator, training.survival)
    model.load_state_dict(replica.state.weights)
    return model


def evaluate_replicas(
    training: Training, replicas: Sequence[Replica]
) -> list[tuple[Scores, Scores] | None]:
    """The scores of each on the validation and the test split; None where training failed."""
    from hybhanas.models.training import evaluate

    well = [replica for replica in replicas if not replica.reason]
    models = [trained_model(training, replica) for replica in well]
    scores: dict[int, tuple[Scores, Scores]] = {}
    for group in _groups(training, len(well)):
        some = [models[i] for i in group]
        found = evaluate(some, training.data, training.settings, training.simulator)
        for i, (validation, test) in zip(group, found, strict=True):
            if validation is not None and test is not None:
                scores[well[i].seed] = validation, test
    return [scores.get(replica.seed) for replica in replicas]


def _groups(training: Training, count: int) -> list[list[int]]:
    """Which of so many replicas are trained at once: all of them, as far as memory allows."""
    if not count:
        return []
    settings = replace(training.settings, shares=1)
    architectures = [training.architecture] * count
    return plan(architectures, training.data.batch_size, settings, training.simulator)


def _write(file: Path, replicas: Sequence[Replica]) -> None:
    import torch

    content = io.BytesIO()
    torch.save([asdict(replica) for replica in replicas], content)
    atomic.write_bytes(file, content.getvalue())


def _read(file: Path) -> list[Replica]:
    """The replicas that a file holds; none where there is no file, or a damaged one."""
    import torch

    from hybhanas.models.state import TrainingState

    try:
        return [
            Replica(**(own | {"state": own["state"] and TrainingState(**own["state"])}))
            for own in torch.load(io.BytesIO(read_bytes(file, MOST_BYTES)), weights_only=True)
        ]
    except FileNotFoundError:
        return []
    except (RuntimeError, TypeError, KeyError, ValueError, EOFError, UnpicklingError) as error:
        reason = " ".join(str(error).split())[:200]
        log.warning("%s is damaged (%s); training starts again", file, reason)
        return []
