"""A data set whose splits are held in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hybhanas.data.fitted import Fitted
from hybhanas.data.splits import Splits

if TYPE_CHECKING:
    from hybhanas.data.loaders import Loader


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class InMemoryData:
    """Splits that are ready for training; a `hybhanas.data.protocol.SearchData`.

    Only the loaders need torch, so that an architecture can be costed for a data set without it.

    Args:
        splits: scaled by the training split.
        batch_size: samples of a training batch.
        seed: of the order of batches.
        hash: of all that determines the batches.
        notes: what was repaired in the data, a line each.
        fitted: makes features of further samples, as a user has them.
    """

    splits: Splits
    batch_size: int
    seed: int
    hash: str
    notes: Sequence[str] = ()
    fitted: Fitted

    @property
    def features(self) -> int:
        """Length of one sample."""
        return int(self.splits.train.features.shape[1])

    @property
    def class_names(self) -> Sequence[str]:
        """As the data name them, in the order of their numbers."""
        return self.fitted.class_names

    @property
    def classes(self) -> int:
        """Number of classes; the training split holds samples of each."""
        return len(self.class_names)

    @property
    def train_samples(self) -> int:
        """Samples of the training split."""
        return len(self.splits.train)

    @property
    def validation_samples(self) -> int:
        """Samples of the validation split."""
        return len(self.splits.validation)

    def train_dataloader(self, epoch: int = 0) -> Loader:
        """Batches from an epoch on, in an order that depends on the seed and the epoch alone."""
        from hybhanas.data.loaders import shuffled

        return shuffled(self.splits.train, self.batch_size, self.seed, epoch)

    def val_dataloader(self) -> Loader:
        """The validation split in large batches."""
        from hybhanas.data.loaders import in_order

        return in_order(self.splits.validation)

    def test_dataloader(self) -> Loader:
        """The test split in large batches."""
        from hybhanas.data.loaders import in_order

        return in_order(self.splits.test)
