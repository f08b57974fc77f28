"""Early stopping of some networks of a population."""

from __future__ import annotations

import pytorch_lightning as pl
from pytorch_lightning.trainer.states import TrainerFn

from hybhanas.models.module import PopulationModule


class EarlyStopping(pl.Callback):
    """Early stopping: removes networks that no longer improve from the population, keeping their
    current weights.

    Args:
        patience: a network stops after so many validations without a better accuracy, or when a
            logit is not finite; None: never.

    Attributes:
        epochs: of this training, after which each network stopped that did, by its member number
            in the population.
    """

    def __init__(self, patience: int | None):
        self.patience = patience
        self.epochs: dict[int, int] = {}
        self._best: dict[int, float] = {}
        self._worse: dict[int, int] = {}

    @property
    def active(self) -> bool:
        """Whether networks may stop."""
        return self.patience is not None

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Decides by the accuracies of a validation during training."""
        if self.patience is None or trainer.state.fn != TrainerFn.FITTING:
            return
        assert isinstance(pl_module, PopulationModule)
        members = pl_module.population.members
        stay, known = [], len(self.epochs)
        for row, (member, accuracy) in enumerate(zip(members, pl_module.accuracies, strict=True)):
            if member in self.epochs:  # has stopped, and is trained along
                continue
            best = self._best.get(member, -1.0)
            better = accuracy is None or accuracy > best
            self._worse[member] = 0 if better else self._worse[member] + 1
            self._best[member] = max(best, accuracy or 0.0)
            if accuracy is not None and self._worse[member] < self.patience:
                stay.append(row)
            else:
                self.epochs[member] = trainer.current_epoch + 1
        if len(self.epochs) > known:
            pl_module.population.write_back()
            if stay:
                pl_module.keep(stay)
            else:
                trainer.should_stop = True
