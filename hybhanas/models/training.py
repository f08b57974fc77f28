"""Training HQNNs with Lightning, many at once: the module, and one call that does it."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import pytorch_lightning as pl
import torch
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from pytorch_lightning.trainer.states import TrainerFn
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor
from torch.nn import functional

from hybhanas.architecture import Architecture
from hybhanas.data.protocol import SearchData
from hybhanas.errors import CandidateError
from hybhanas.models.adam import StackedAdam
from hybhanas.models.hqnn import HQNN
from hybhanas.models.population import Population
from hybhanas.models.settings import TrainSettings
from hybhanas.models.state import TrainingState, restore_moments, states_of

logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)  # it greets every trainer anew


class PopulationModule(pl.LightningModule):
    """Cross-entropy and Adam under a one-cycle learning rate, for each of K networks.

    The losses are summed: a network's gradient is that of its own.

    Args:
        population: the networks. Those that stop early leave it.
        rates: [K], peaks of their learning rates.
        steps: of the learning rate's schedule; the first is where training goes on.
        patience: a network stops after so many validations without a better accuracy, or when a
            logit is not finite; None: never.
        states: in the order of `population.models`, of networks that were trained before.
    """

    rates: Tensor

    def __init__(
        self,
        population: Population,
        rates: Sequence[float],
        steps: range,
        patience: int | None = None,
        states: Sequence[TrainingState] = (),
    ):
        super().__init__()
        self.steps, self.states = steps, states
        self.population = population
        self.register_buffer("rates", torch.tensor(rates), persistent=False)
        self.patience = patience
        self.stopped: dict[int, int] = {}
        self._best = [-1.0] * len(rates)
        self._worse = [0] * len(rates)
        self._correct: Tensor
        self._seen = 0
        self._finite: Tensor

    def forward(self, x: Tensor) -> Tensor:
        """[batch, features] -> logits [K, classes, batch]."""
        logits: Tensor = self.population(x)
        return logits

    def training_step(self, batch: list[Tensor], index: int) -> Tensor:
        """The sum over networks of the mean loss of one batch."""
        features, classes = batch
        logits = self.population(features)
        each = functional.cross_entropy(logits, classes.expand(len(logits), -1), reduction="none")
        return each.mean(dim=1).sum()

    def on_validation_epoch_start(self) -> None:
        """Forgets earlier counts."""
        count = len(self.population.models)
        self._correct = torch.zeros(count, dtype=torch.long, device=self.device)
        self._finite = torch.ones(count, dtype=torch.bool, device=self.device)
        self._seen = 0

    def validation_step(self, batch: list[Tensor], index: int) -> None:
        """Counts correct predictions."""
        features, classes = batch
        logits = self.population(features)
        self._finite &= torch.isfinite(logits).all(dim=2).all(dim=1)
        self._correct += (logits.argmax(dim=1) == classes).sum(dim=1)
        self._seen += len(classes)

    def on_validation_epoch_end(self) -> None:
        """Lets the networks go that stop here, with the weights that they have."""
        if self.patience is None or self.trainer.state.fn != TrainerFn.FITTING:
            return
        accuracies = self.accuracies
        stay = []
        models = self.population.models
        for k, accuracy in enumerate(accuracies):
            self._worse[k] = (
                0 if accuracy is None or accuracy > self._best[k] else self._worse[k] + 1
            )
            self._best[k] = max(self._best[k], accuracy or 0.0)
            if accuracy is not None and self._worse[k] < self.patience:
                stay.append(k)
            else:
                self.stopped[id(models[k])] = self.trainer.current_epoch + 1
        if len(stay) == len(accuracies):
            return
        self.population.write_back()
        if stay:
            self._go_on_with(stay)
        else:
            self.trainer.should_stop = True

    def _go_on_with(self, rows: list[int]) -> None:
        self.population.keep(rows)
        optimizer = self.trainer.optimizers[0]
        assert isinstance(optimizer, StackedAdam)
        optimizer.keep(rows)
        self._best = [self._best[k] for k in rows]
        self._worse = [self._worse[k] for k in rows]

    on_test_epoch_start = on_validation_epoch_start
    test_step = validation_step

    @property
    def accuracies(self) -> list[float | None]:
        """Of each network, correct predictions over all, of the last validation or test; None where
        a logit was not finite.
        """
        counted = zip(self._correct.tolist(), self._finite.tolist(), strict=True)
        return [correct / self._seen if finite else None for correct, finite in counted]

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Adam, its rates rising to their peaks in 30 % of the steps and falling to zero."""
        optimizer = StackedAdam(self.parameters(), self.rates)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=1.0, total_steps=self.steps.stop
        )
        if self.states:
            restore_moments(optimizer, self.population, self.states, self.steps.start)
            there = {"last_epoch": self.steps.start - 1, "_step_count": self.steps.start + 1}
            schedule.load_state_dict(schedule.state_dict() | there)
            schedule.step()
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained network, the epochs that it took and its accuracies; test is None where the test
    split was not touched, and the state where training is at its end.
    """

    model: HQNN
    epochs: int
    validation_accuracy: float
    test_accuracy: float | None
    state: TrainingState | None


def train(
    architectures: Sequence[Architecture],
    data: SearchData,
    settings: TrainSettings,
    simulator: str,
    seeds: Sequence[int],
    epochs: int,
    test: bool = False,
    until: int | None = None,
    states: Sequence[TrainingState] = (),
) -> list[Trained | CandidateError]:
    """Trains HQNNs at once; the outcome of each depends on its own arguments alone, but for
    rounding.

    Args:
        architectures: what to train.
        data: its splits and batches, the same for all.
        settings: all but the number of epochs.
        simulator: what runs the circuits.
        seeds: of the initial weights of each.
        epochs: passes over the training split of the whole training.
        test: evaluate on the test split at the end, besides the validation split.
        until: the epoch to stop at, with the states from which to go on; None: to the end.
        states: of each, after the same number of epochs, to go on from; empty: from the start.

    Returns:
        For each architecture the trained network, or why there is none.
    """
    torch.set_num_threads(settings.threads)
    started = states[0].epochs if states else 0
    until = epochs if until is None else until
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="pytorch_lightning")  # worker counts, short epochs
        warnings.filterwarnings("ignore", message="The `srun` command is available")
        models = []
        for architecture, seed in zip(architectures, seeds, strict=True):
            torch.manual_seed(seed)
            models.append(HQNN(architecture, data.features, data.classes, simulator))
        by_model = {id(m): state for m, state in zip(models, states, strict=bool(states))}
        for model in models if states else ():
            model.load_state_dict(by_model[id(model)].weights)
        population = Population(models, simulator)
        batches = data.train_dataloader(started)
        module = PopulationModule(
            population,
            [m.architecture.learning_rate or settings.learning_rate for m in population.models],
            range(started * len(batches), epochs * len(batches)),
            settings.patience,
            [by_model[id(m)] for m in population.models] if states else (),
        )
        trainer = pl.Trainer(
            max_epochs=until - started,
            accelerator=settings.processor,
            devices=1,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            plugins=[LightningEnvironment()],  # never takes over a cluster's signals
        )
        try:
            while_training = None if settings.patience is None else data.val_dataloader()
            trainer.fit(module, batches, while_training)
            population.write_back()
            left: dict[int, TrainingState] = {}
            if until < epochs:
                optimizer = trainer.optimizers[0]
                assert isinstance(optimizer, StackedAdam)
                ids = map(id, population.models)
                left = dict(zip(ids, states_of(population, optimizer, until), strict=True))
            if module.stopped:
                population = module.population = Population(models, simulator)
            trainer.validate(module, data.val_dataloader(), verbose=False)
            validated = module.accuracies
            tested: list[float | None] = [None] * len(models)
            if test:
                trainer.test(module, data.test_dataloader(), verbose=False)
                tested = module.accuracies
        except SystemExit:  # what Lightning makes of Ctrl-C
            raise KeyboardInterrupt from None
    outcomes: dict[int, Trained | CandidateError] = {}
    for model, accuracy, test_accuracy in zip(population.models, validated, tested, strict=True):
        outcomes[id(model)] = (
            CandidateError("training diverged: a logit is not finite")
            if accuracy is None
            else Trained(
                model,
                started + module.stopped.get(id(model), until - started),
                accuracy,
                test_accuracy,
                left.get(id(model)),
            )
        )
    return [outcomes[id(model)] for model in models]
