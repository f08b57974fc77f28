"""Batches whose samples stay on a GPU, where each is put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from hybhanas.data.loaders import SplitLoader
from hybhanas.data.protocol import Batches

CHUNK = 4096
"""Samples that are prepared at once."""


class ResidentBatches:
    """The batches of a loader, in its order, from samples that are on a device.

    All samples are prepared and copied once, and of an epoch the order alone.

    Args:
        loader: of a split.
        device: where the samples are kept.
    """

    def __init__(self, loader: SplitLoader, device: torch.device):
        dataset = loader.dataset
        assert isinstance(dataset, TensorDataset)
        rows = torch.arange(len(dataset)).split(CHUNK)  # type: ignore[no-untyped-call]
        parts = [loader.collate_fn(dataset[some]) for some in rows]
        self._samples = [torch.cat(part).to(device) for part in zip(*parts, strict=True)]
        self._order, self._device = loader.sampler, device

    def __iter__(self) -> Iterator[Sequence[Tensor]]:
        batches = list(self._order)
        ends = accumulate((len(batch) for batch in batches), initial=0)
        order = torch.tensor([row for batch in batches for row in batch], device=self._device)
        for start, end in pairwise(ends):
            yield [part.index_select(0, order[start:end]) for part in self._samples]

    def __len__(self) -> int:
        return len(self._order)  # type: ignore[arg-type]


def resident(batches: Batches, device: torch.device) -> Batches:
    """Batches with samples on a device; those of another loader than this package's are returned as
    they are, and copied one by one.
    """
    return ResidentBatches(batches, device) if isinstance(batches, SplitLoader) else batches
