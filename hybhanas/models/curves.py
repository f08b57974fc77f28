"""How networks do after every epoch of their training."""

from __future__ import annotations

import pytorch_lightning as pl
from pytorch_lightning.trainer.states import TrainerFn

from hybhanas.models.logits import losses
from hybhanas.models.module import PopulationModule


class Curves(pl.Callback):
    """Keeps the scores of a population after every epoch; for `training.train(after_epoch=...)`
    without early stopping.

    Attributes:
        accuracies: after each epoch, of each network in the caller's order, the fraction of the
            validation split whose class it predicts; None where a logit is not finite.
        losses: likewise, its mean cross-entropy.
    """

    def __init__(self) -> None:
        self.accuracies: list[list[float | None]] = []
        self.losses: list[list[float | None]] = []

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Keeps those of a validation during training."""
        if trainer.state.fn != TrainerFn.FITTING:
            return
        assert isinstance(pl_module, PopulationModule)
        accuracies = pl_module.accuracies
        means = losses(*pl_module.seen).tolist()
        known = [
            None if accuracy is None else loss
            for accuracy, loss in zip(accuracies, means, strict=True)
        ]
        in_order = pl_module.population.in_callers_order
        self.accuracies.append(in_order(accuracies))
        self.losses.append(in_order(known))
