"""What a data set must offer to a search."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from hybhanas.data.source import Source
from hybhanas.errors import ConfigError

if TYPE_CHECKING:
    from torch import Tensor


class Batches(Protocol):
    """Batches of float features [batch, features] and integer classes [batch]; torch's DataLoader
    is one.
    """

    def __iter__(self) -> Iterator[Sequence[Tensor]]:
        """A pass over all samples."""
        ...

    def __len__(self) -> int:
        """The number of batches in a pass."""
        ...


class SearchData(Protocol):
    """A classification data set, split and ready for training.

    A LightningDataModule with these attributes is one. Name its class as `_target_` of a file in
    `conf/dataset/`; the other keys of the file are its arguments.

    Attributes:
        hash: names everything that determines the batches: values, splits, order. Records of
            evaluations are named by it, so that a search on other data evaluates again.
        features: length of one sample.
        classes: number of classes, which are numbered from 0.
        train_samples: samples of the training split.
        batch_size: samples of a training batch.
    """

    @property
    def hash(self) -> str: ...  # noqa: D102  described above, as those below

    @property
    def features(self) -> int: ...  # noqa: D102

    @property
    def classes(self) -> int: ...  # noqa: D102

    @property
    def train_samples(self) -> int: ...  # noqa: D102

    @property
    def batch_size(self) -> int: ...  # noqa: D102

    def train_dataloader(self, epoch: int = 0) -> Batches:
        """The training split from an epoch on, in the order that an uninterrupted training would
        see: a search that trains in several stages asks for the rest of the epochs.
        """
        ...

    def val_dataloader(self) -> Batches:
        """The validation split, by which a search compares architectures."""
        ...

    def test_dataloader(self) -> Batches:
        """The test split, which only the final training of the front reads."""
        ...


COUNTS = ("features", "classes", "train_samples", "batch_size")
LOADERS = ("train_dataloader", "val_dataloader", "test_dataloader")


OWN = ("hash", "features", "train_samples")
"""A class with none of these was not written for hybhanas."""


def ready(data: Any, seed: int = 0) -> SearchData:
    """Prepares a data set, loading a `Source` and another as Lightning would, and checks that it
    is a `SearchData`. The samples of a LightningDataModule that knows nothing of that are kept in
    memory.

    Args:
        data: what a configuration's `_target_` gives.
        seed: of the order of batches of the latter.

    Raises:
        ConfigError: it lacks something, which is named.
    """
    if isinstance(data, Source):
        return data.load()
    for hook, arguments in (("prepare_data", [()]), ("setup", [("fit",), ("test",)])):
        if hasattr(data, hook):
            for argument in arguments:
                getattr(data, hook)(*argument)
    setting = f"dataset._target_={type(data).__module__}.{type(data).__qualname__}"
    if not any(hasattr(data, name) for name in OWN) and all(hasattr(data, n) for n in LOADERS):
        from hybhanas.data.collect import collected

        return collected(data, setting, seed)
    missing = [name for name in ("hash", *COUNTS, *LOADERS) if not hasattr(data, name)]
    if not missing and "epoch" not in inspect.signature(data.train_dataloader).parameters:
        missing = ["argument epoch of train_dataloader"]
    if missing:
        raise ConfigError(
            f"{setting} is not accepted: it has no {', no '.join(missing)}; "
            "see hybhanas.data.protocol.SearchData"
        )
    prepared: SearchData = data
    return prepared
