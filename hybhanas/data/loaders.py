"""Splits in memory as torch data loaders."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice

import numpy as np
import torch
from torch.utils.data import (
    BatchSampler,
    DataLoader,
    RandomSampler,
    SequentialSampler,
    TensorDataset,
)

from hybhanas.data.splits import Split
from hybhanas.data.steps import Step, applied

EVALUATION_BATCH = 1024

Loader = DataLoader[tuple[torch.Tensor, ...]]


class SplitLoader(Loader):
    """Batches of a split: of its tensors, by the indices of a BatchSampler, each sample prepared
    like any other.
    """


def shuffled(split: Split, batch_size: int, seed: int, epoch: int) -> Loader:
    """Batches from an epoch on, in an order that depends on the seed and the epoch alone."""
    data = _tensors(split)
    order = RandomSampler(data, generator=torch.Generator().manual_seed(seed))
    batches = BatchSampler(order, batch_size, drop_last=False)
    for _ in range(epoch):  # draws what earlier epochs drew: an order that is asked for more than
        list(islice(batches, len(batches)))  # its last batch draws another
    return _loader(data, batches, split.steps)


def in_order(split: Split) -> Loader:
    """Large batches, for evaluation."""
    data = _tensors(split)
    batches = BatchSampler(SequentialSampler(data), EVALUATION_BATCH, False)
    return _loader(data, batches, split.steps)


def _tensors(split: Split) -> TensorDataset:
    return TensorDataset(torch.from_numpy(split.features), torch.from_numpy(split.classes))


def _loader(data: TensorDataset, batches: BatchSampler, steps: Sequence[Step]) -> Loader:
    """A loader that indexes the tensors once a batch instead of collating single samples."""
    convert = partial(_after_steps, steps=steps) if steps else None
    return SplitLoader(data, sampler=batches, batch_size=None, collate_fn=convert)


def _after_steps(batch: Sequence[torch.Tensor], steps: Sequence[Step]) -> list[torch.Tensor]:
    features, classes = batch
    values = applied(steps, features.numpy()).astype(np.float32, copy=False)
    return [torch.from_numpy(values), classes]
