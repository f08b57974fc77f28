"""The Lightning module that trains a population."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

import pytorch_lightning as pl
import torch
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, OneCycleLR

from hybhanas.models.adam import StackedAdam
from hybhanas.models.captured import CapturedSteps
from hybhanas.models.logits import losses, predicted, scores_of
from hybhanas.models.population import Population
from hybhanas.models.scores import Scores
from hybhanas.models.state import TrainingState, restore_moments


class PopulationModule(pl.LightningModule):
    """Cross-entropy and Adam under a schedule of the learning rate, for each of K networks.

    The losses are summed: a network's gradient is that of its own.

    Args:
        population: the networks.
        rates: [K], peaks of their learning rates.
        steps: of the learning rate's schedule; training starts at the first.
        states: of networks that were trained before, to resume from. These and the rates are in
            the order of `population.models`.
        schedule: one of `hybhanas.models.settings.SCHEDULES`.
        captured: whether steps are `CapturedSteps`, for a GPU.

    Attributes:
        losses: of each network the mean loss of each epoch, by its number in `population.members`.
    """

    rates: Tensor
    _loss: Tensor

    def __init__(  # noqa: PLR0913 - what a training depends on
        self,
        population: Population,
        rates: Sequence[float],
        steps: range,
        states: Sequence[TrainingState] = (),
        schedule: str = "one_cycle",
        captured: bool = False,
    ):
        super().__init__()
        self.automatic_optimization = not captured
        self.steps, self.states, self.schedule = steps, states, schedule
        self.population = population
        self.losses: dict[int, list[float]] = {}
        self._members: list[int] = []
        self.register_buffer("rates", torch.tensor(rates), persistent=False)
        # Of each network, summed over the batches of an epoch.
        self.register_buffer("_loss", torch.zeros(len(rates)), persistent=False)
        self._seen: list[tuple[Tensor, Tensor]] = []
        self._captured: CapturedSteps | None = None

    def forward(self, x: Tensor) -> Tensor:
        """[batch, features] -> logits [K, logits, batch]."""
        logits: Tensor = self.population(x)
        return logits

    def training_step(self, batch: list[Tensor], index: int) -> Tensor | None:
        """The loss of one batch; with captured steps nothing, since the step is done."""
        if self._captured is None:
            return self.loss(batch)
        self._captured(batch)
        return None

    def loss(self, batch: Sequence[Tensor]) -> Tensor:
        """The sum over networks of the mean loss of one batch."""
        features, classes = batch
        each = losses(self.population(features), classes)
        self._loss += each.detach()  # in place, for captured steps
        return each.sum()

    def on_train_epoch_start(self) -> None:
        """Notes which networks see the whole epoch, before early stopping removes some."""
        self._members = [*self.population.members]
        if len(self._loss) == len(self._members):
            self._loss.zero_()
        else:
            self._loss = torch.zeros(len(self._members), device=self.device)
        if self.population.shot_noise is not None:
            first = self.steps.start // int(self.trainer.num_training_batches)
            self.population.shot_noise.start(first + self.current_epoch, self.device)

    def on_train_epoch_end(self) -> None:
        """Keeps the mean losses."""
        means = (self._loss / int(self.trainer.num_training_batches)).tolist()
        for member, mean in zip(self._members, means, strict=True):
            self.losses.setdefault(member, []).append(mean)

    def on_validation_epoch_start(self) -> None:
        """Forgets what was seen before."""
        self._seen = []

    def validation_step(self, batch: list[Tensor], index: int) -> None:
        """Keeps the logits of a batch."""
        features, classes = batch
        self._seen.append((self.population(features), classes))

    on_test_epoch_start = on_validation_epoch_start
    test_step = validation_step

    @property
    def scores(self) -> list[Scores | None]:
        """Of each network, in the last validation or test; None where a logit was not finite."""
        return scores_of(*self.seen)

    @property
    def accuracies(self) -> list[float | None]:
        """The accuracies among `scores`, in less time."""
        logits, classes = self.seen
        finite = logits.isfinite().flatten(1).all(dim=1).tolist()
        correct = (predicted(logits) == classes).sum(dim=1).tolist()
        counted = zip(correct, finite, strict=True)
        return [count / len(classes) if is_finite else None for count, is_finite in counted]

    @property
    def seen(self) -> tuple[Tensor, Tensor]:
        """Logits [K, logits, samples] and classes [samples] of the last validation or test."""
        logits, classes = zip(*self._seen, strict=True)
        return torch.cat(logits, dim=2), torch.cat(classes)

    def launch_kernel_by_kernel(self) -> None:
        """Has captured steps run as they come, which takes longer."""
        if self._captured is not None:
            self._captured.stop_capturing()

    def free_captured(self) -> None:
        """Frees the memory of captured steps, which hold this module and it them."""
        self._captured = None

    def keep(self, rows: Sequence[int]) -> None:
        """Continues training with some of the networks. Those of captured steps are cut to them
        once half have stopped, and until then the others' rates are zero: to capture again takes
        longer than to train them along.
        """
        if self._captured is not None:
            if 2 * len(rows) > len(self.population.models):
                stopped = sorted(set(range(len(self.population.models))) - set(rows))
                self.optimizer.rates[stopped] = 0
                return
            self._captured.forget()
        self.population.keep(rows)
        self.optimizer.keep(rows)

    @property
    def optimizer(self) -> StackedAdam:
        """The optimizer of the training that runs or ran last."""
        optimizer = self.trainer.optimizers[0]
        assert isinstance(optimizer, StackedAdam)
        return optimizer

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Adam, its rates relative to their peaks."""
        optimizer = StackedAdam(self.parameters(), self.rates)
        schedule = _schedule(self.schedule, optimizer, self.steps.stop)
        if self.states and self.steps.start:
            restore_moments(optimizer, self.population, self.states, self.steps.start)
            done = {"last_epoch": self.steps.start - 1, "_step_count": self.steps.start + 1}
            schedule.load_state_dict(schedule.state_dict() | done)
            schedule.step()
        if not self.automatic_optimization:
            table = _factors(optimizer, schedule, self.steps)
            self._captured = CapturedSteps(self.loss, optimizer, table.to(self.rates.device))
            return optimizer
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }


def _factors(optimizer: StackedAdam, schedule: LRScheduler, steps: range) -> Tensor:
    """[steps, 3]: `StackedAdam.factors` of each step, by a schedule that is at the first."""
    factors = [optimizer.factors(steps.start + 1)]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Detected call of `lr_scheduler.step")
        for step in steps[1:]:
            schedule.step()
            factors.append(optimizer.factors(step + 1))
    return torch.tensor(factors)


def _schedule(name: str, optimizer: StackedAdam, steps: int) -> LRScheduler:
    """A schedule of so many steps, as `trainer.schedule` names it; each rate is computed from the
    number of the step alone, so that one that is resumed is the same.
    """
    if name == "one_cycle":
        return OneCycleLR(optimizer, max_lr=1.0, total_steps=steps)
    if name == "cosine":
        return LambdaLR(optimizer, lambda step: (1 + math.cos(math.pi * step / steps)) / 2)
    return LambdaLR(optimizer, lambda _: 1.0)
