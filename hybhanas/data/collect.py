"""Any LightningDataModule as a data set in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hybhanas.data.prepare import prepared
from hybhanas.data.rows import Numbers
from hybhanas.data.samples import Given, Samples
from hybhanas.data.settings import Preparation
from hybhanas.errors import ConfigError

if TYPE_CHECKING:
    from hybhanas.data.in_memory import InMemoryData


def collected(module: Any, setting: str, seed: int) -> InMemoryData:
    """Passes once over each split of a module and keeps its samples, flattened, as they are.

    Batches are then drawn from memory, in an order that depends on the seed alone. Samples that a
    module changes at random are those of this pass.

    Args:
        module: set up; its loaders give pairs of features [batch, ...] and integer classes [batch].
        setting: that names it, for messages.
        seed: of this pass, and of the order of batches.

    Raises:
        ConfigError: a loader that fails, or gives something else.
    """
    import torch

    parts = {}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for part in ("train", "val", "test"):
            try:
                loader = getattr(module, f"{part}_dataloader")()
                batches = [(features, classes) for features, classes in loader]
            except Exception as error:  # of a stranger's code
                reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
                raise ConfigError(
                    f"{setting} is not accepted: {part}_dataloader gives no pairs of features and "
                    f"classes: {reason}"
                ) from error
            parts[part] = _samples(batches, f"the {part} split of {setting}")
            if part == "train":
                size = getattr(loader, "batch_size", None) or len(batches[0][1])
    settings = Preparation(name=setting, batch_size=size, scale="none", seed=seed)
    given = Given(parts["train"], parts["val"], parts["test"])
    return prepared(given, lambda _: Numbers(), settings)


def _samples(batches: list[tuple[Any, Any]], name: str) -> Samples:
    import torch

    if not batches:
        raise ConfigError(f"{name} is not accepted: it has no batch")
    kinds = {type(value).__name__ for batch in batches for value in batch}
    if kinds != {"Tensor"}:
        raise ConfigError(f"{name} is not accepted: tensors are, not {', '.join(sorted(kinds))}")
    features = torch.cat([features.flatten(1) for features, _ in batches]).float()
    classes = torch.cat([classes for _, classes in batches])
    if classes.is_floating_point() or classes.dim() != 1 or len(classes) != len(features):
        raise ConfigError(
            f"{name} is not accepted: classes are integers [batch], not {classes.dtype} of shape "
            f"{tuple(classes.shape)}"
        )
    if not torch.isfinite(features).all():
        raise ConfigError(f"{name} is not accepted: a value is missing or infinite")
    return Samples(features.numpy(), classes.numpy(), name)
