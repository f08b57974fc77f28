"""Training HQNNs with Lightning, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytorch_lightning as pl
import torch
from lightning_fabric.plugins.environments.lightning import LightningEnvironment

from hybhanas.architecture import Architecture
from hybhanas.data.in_memory import InMemoryData
from hybhanas.data.protocol import Batches, SearchData
from hybhanas.errors import CandidateError
from hybhanas.models.early_stopping import EarlyStopping
from hybhanas.models.hqnn import HQNN
from hybhanas.models.module import PopulationModule
from hybhanas.models.noise import ShotNoise
from hybhanas.models.population import Population
from hybhanas.models.process import process_settings
from hybhanas.models.resident import resident
from hybhanas.models.scores import DIVERGED, Scores
from hybhanas.models.settings import TrainSettings
from hybhanas.models.state import TrainingState, states_of
from hybhanas.quantum.simulators import SIMULATORS


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained network.

    Args:
        model: its weights are the trained ones.
        epochs: that it was trained for.
        losses: the mean cross-entropy of each epoch of this part of its training.
        validation: how well it classifies the validation split.
        test: likewise; None where the test split was not touched.
        state: to resume from; None where training is at its end.
    """

    model: HQNN
    epochs: int
    losses: tuple[float, ...]
    validation: Scores
    test: Scores | None
    state: TrainingState | None

    @property
    def loss(self) -> float:
        """The mean cross-entropy of its last epoch."""
        return self.losses[-1]

    @property
    def validation_accuracy(self) -> float:
        """The fraction of samples whose class it predicts."""
        return self.validation.accuracy

    @property
    def test_accuracy(self) -> float | None:
        """Likewise; None where the test split was not touched."""
        return None if self.test is None else self.test.accuracy


def train(  # noqa: PLR0913 - what a training depends on
    architectures: Sequence[Architecture],
    data: SearchData,
    settings: TrainSettings,
    simulator: str,
    seeds: Sequence[int],
    epochs: int,
    test: bool = False,
    until: int | None = None,
    states: Sequence[TrainingState] = (),
    survivals: Sequence[Sequence[float] | None] = (),
    after_epoch: pl.Callback | None = None,
) -> list[Trained | CandidateError]:
    """Trains HQNNs at once; the outcome of each depends on its own arguments, up to rounding.

    Args:
        architectures: what to train.
        data: its splits and batches, the same for all.
        settings: all but the number of epochs.
        simulator: what runs the circuits.
        seeds: of the initial weights of each, and of its shots.
        epochs: passes over the training split of the whole training.
        test: evaluate on the test split at the end, besides the validation split.
        until: the epoch to stop at, with states to resume from; None: to the end.
        states: of each, after the same number of epochs, to resume from; empty: from the start.
        survivals: of each, what noise leaves of its expectation values; None, or empty: all.
        after_epoch: sees the validation that then follows every epoch.

    Returns:
        For each architecture the trained network, or why there is none.
    """
    first, last = states[0].epochs if states else 0, epochs if until is None else until
    with process_settings(settings.threads):
        models = _networks(architectures, data, simulator, seeds, states, survivals)
        population = _population(models, simulator, settings.shots, seeds)
        batches = _placed(data.train_dataloader(first), settings)
        module = PopulationModule(
            population,
            [m.architecture.learning_rate or settings.learning_rate for m in population.models],
            range(first * len(batches), epochs * len(batches)),
            [states[i] for i in population.members] if states else (),
            settings.schedule,
            captured=_captures(settings, simulator),
        )
        stopping = EarlyStopping(settings)
        watching = [stopping] if after_epoch is None else [stopping, after_epoch]
        trainer = _fitted(module, batches, data, settings, last - first, watching)
        population.write_back()
        states = states_of(population, module.optimizer, last) if last < epochs else ()
        left = dict(zip(population.members, states, strict=bool(states)))
        if stopping.epochs:
            module.population = Population(models, simulator)
        scores = _evaluated(trainer, module, data, settings, test)
    losses = [tuple(module.losses[i][: stopping.epochs.get(i)]) for i in range(len(models))]
    return [
        CandidateError(DIVERGED)
        if validated is None
        else Trained(models[i], first + len(losses[i]), losses[i], validated, tested, left.get(i))
        for i, (validated, tested) in enumerate(scores)
    ]


def evaluate(
    models: Sequence[HQNN], data: SearchData, settings: TrainSettings, simulator: str
) -> list[tuple[Scores | None, Scores | None]]:
    """The scores of each network on the validation and the test split; None where a logit is not
    finite.
    """
    with process_settings(settings.threads):
        module = PopulationModule(Population(models, simulator), [0.0] * len(models), range(0))
        trainer = _trainer(1, settings.processor, [EarlyStopping(settings)])
        return _evaluated(trainer, module, data, settings, test=True)


def network(
    architecture: Architecture,
    data: SearchData,
    simulator: str,
    survival: Sequence[float] | None = None,
) -> HQNN:
    """A network for a data set, whose preparation it carries, with fresh weights."""
    model = HQNN(architecture, data.features, data.classes, simulator)
    model.data_hash = data.hash
    model.fitted = data.fitted if isinstance(data, InMemoryData) else None
    model.survival = None if survival is None else tuple(survival)
    return model


def _networks(  # noqa: PLR0913 - what a network at its start depends on
    architectures: Sequence[Architecture],
    data: SearchData,
    simulator: str,
    seeds: Sequence[int],
    states: Sequence[TrainingState],
    survivals: Sequence[Sequence[float] | None],
) -> list[HQNN]:
    """The networks at the start of a training: with initial weights, or those of their states."""
    models = []
    factors = survivals or [None] * len(seeds)
    for architecture, seed, survival in zip(architectures, seeds, factors, strict=True):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed seeds those of GPUs, too
        models.append(network(architecture, data, simulator, survival))
    for model, state in zip(models, states, strict=bool(states)):
        model.load_state_dict(state.weights)
    return models


def _population(
    models: Sequence[HQNN], simulator: str, shots: int | None, seeds: Sequence[int]
) -> Population:
    """The networks side by side, with shot noise where there is any; seeds are of each."""
    population = Population(models, simulator)
    if shots is not None:
        population.shot_noise = ShotNoise(
            shots,
            [seeds[i] for i in population.members],
            [len(model.layers.circuit.observables) for model in population.models],
        )
    return population


def _fitted(  # noqa: PLR0913 - what fitting depends on
    module: PopulationModule,
    batches: Batches,
    data: SearchData,
    settings: TrainSettings,
    epochs: int,
    watching: Sequence[pl.Callback],
) -> pl.Trainer:
    """The trainer after so many epochs, each with a validation if anything watches it."""
    trainer = _trainer(epochs, settings.processor, watching)
    needed = any(getattr(callback, "active", True) for callback in watching)
    validation = _placed(data.val_dataloader(), settings) if needed else None
    try:
        trainer.fit(module, batches, validation)
    finally:
        module.free_captured()
    return trainer


def _evaluated(
    trainer: pl.Trainer,
    module: PopulationModule,
    data: SearchData,
    settings: TrainSettings,
    test: bool,
) -> list[tuple[Scores | None, Scores | None]]:
    """Of each network, in the caller's order, its scores on the validation split and, with `test`,
    on the test split.
    """
    trainer.validate(module, _placed(data.val_dataloader(), settings), verbose=False)
    validated = module.scores
    tested: list[Scores | None] = [None] * len(validated)
    if test:
        trainer.test(module, _placed(data.test_dataloader(), settings), verbose=False)
        tested = module.scores
    return module.population.in_callers_order([*zip(validated, tested, strict=True)])


def _captures(settings: TrainSettings, simulator: str) -> bool:
    """Whether steps of training are captured; see `hybhanas.models.captured`. Random numbers of
    one's own generators, as of shots, are not.
    """
    alike = SIMULATORS[simulator].launches_alike
    return settings.processor == "cuda" and alike and settings.shots is None


def _placed(batches: Batches, settings: TrainSettings) -> Batches:
    """Batches whose samples are where they are used, if that is a GPU."""
    if settings.processor != "cuda":
        return batches
    return resident(batches, torch.device("cuda", torch.cuda.current_device()))


def _trainer(epochs: int, processor: str, callbacks: Sequence[pl.Callback]) -> pl.Trainer:
    return pl.Trainer(
        max_epochs=epochs,
        accelerator=processor,
        devices=[torch.cuda.current_device()] if processor == "cuda" else 1,
        callbacks=[*callbacks],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        plugins=[LightningEnvironment()],  # never takes over a cluster's signals
    )
