"""Early stopping of some networks of a population."""

from __future__ import annotations

import pytorch_lightning as pl
from pytorch_lightning.trainer.states import TrainerFn

from hybhanas.models.module import PopulationModule
from hybhanas.models.settings import TrainSettings


class EarlyStopping(pl.Callback):
    """Early stopping: removes networks that no longer improve from the population, keeping their
    current weights.

    Args:
        settings: of training; `TrainSettings.is_stale` decides. A network with a logit that is not
            finite stops as well.

    Attributes:
        epochs: of this training, after which each network stopped that did, by its member number
            in the population.
    """

    def __init__(self, settings: TrainSettings):
        self.active = settings.stops_early
        self.epochs: dict[int, int] = {}
        self._settings = settings
        self._accuracies: dict[int, list[float]] = {}

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Decides by the accuracies of a validation during training."""
        if not self.active or trainer.state.fn != TrainerFn.FITTING:
            return
        assert isinstance(pl_module, PopulationModule)
        members = pl_module.population.members
        stay, known = [], len(self.epochs)
        for row, (member, accuracy) in enumerate(zip(members, pl_module.accuracies, strict=True)):
            if member in self.epochs:  # has stopped, and is trained along
                continue
            accuracies = self._accuracies.setdefault(member, [])
            if accuracy is not None:
                accuracies.append(accuracy)
            if accuracy is None or self._settings.is_stale(accuracies):
                self.epochs[member] = trainer.current_epoch + 1
            else:
                stay.append(row)
        if len(self.epochs) > known:
            pl_module.population.write_back()
            if stay:
                pl_module.keep(stay)
            else:
                trainer.should_stop = True
