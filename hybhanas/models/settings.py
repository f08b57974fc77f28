"""How an HQNN is trained, as settings."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hybhanas.errors import ConfigError, check_at_most, unknown
from hybhanas.presets import preset
from hybhanas.quantum.simulators import SIMULATORS
from hybhanas.settings import NO_EFFECT

AUTO = "auto"
ACCELERATORS = (AUTO, "cpu", "cuda")
SCHEDULES = ("one_cycle", "cosine", "constant")
NOISES = ("none", "survival")
MOST_SHARES = MOST_THREADS = 1024
MOST_SEEDS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSettings:
    """How an HQNN is trained: by Adam, under a schedule of the learning rate.

    Raises:
        ConfigError: a value that is not accepted.

    Example:
        >>> TrainSettings(epochs=5).final_epochs
        30
    """

    epochs: int = 12  # passes over the training split while searching
    final_epochs: int = 30  # passes when a member of the front is trained to the end
    # Seeds of the initial weights that a search trains each member of its front to the end with;
    # from two on the front has means and standard deviations. A finished search may be resumed with
    # more: only these are trained.
    final_seeds: int = field(default=1, metadata=NO_EFFECT)
    learning_rate: float = 0.03  # peak of the schedule; an architecture may have its own
    # Of the learning rate. one_cycle: rises for 30 % of the steps, then falls to zero; cosine:
    # falls from the peak to zero; constant: stays.
    schedule: str = "one_cycle"
    # survival: each expectation value is scaled by what the cost model says that noise leaves of it
    # on the backend, in training and in every score; none: as on a machine without noise.
    noise: str = "none"
    # Training sees means over so many shots instead of expectation values; null: these themselves.
    shots: int | None = None
    patience: int | None = None  # early stopping: epochs without a better validation accuracy
    accelerator: str = AUTO  # auto takes a GPU if there is one; or cpu, cuda
    # Networks trained at once, at most; auto: as many as pay, see `hybhanas.models.plan`.
    population: int | str = AUTO
    # Workers that a generation is divided for. It decides on the last digits of results, and so is
    # a setting of its own rather than the number of workers there are; raise it for more workers.
    shares: int = 2
    threads: int = 1  # of torch on the CPU; small circuits run fastest, and repeat exactly, on one

    @classmethod
    def preset(cls, name: str, **changes: Any) -> TrainSettings:
        """The option `trainer=NAME` of conf/, such as `default`, but for the changes."""
        return cls(**(preset("trainer", name) | changes))

    def __post_init__(self) -> None:
        counts = ("epochs", "final_epochs", "final_seeds", "shares", "threads")
        for name, otherwise in (
            *((name, "") for name in counts),
            ("patience", ", or null for never"),
            ("shots", ", or null for no shot noise"),
        ):
            value = getattr(self, name)
            if not (value is None and otherwise) and value < 1:
                raise ConfigError(f"trainer.{name}={value} is not accepted: at least 1{otherwise}")
        for name, accepted in (
            ("schedule", SCHEDULES), ("noise", NOISES), ("accelerator", ACCELERATORS),
        ):  # fmt: skip
            if getattr(self, name) not in accepted:
                raise unknown(f"trainer.{name}", getattr(self, name), accepted)
        check_at_most("trainer.final_seeds", self.final_seeds, MOST_SEEDS)
        check_at_most("trainer.shares", self.shares, MOST_SHARES)
        check_at_most("trainer.threads", self.threads, MOST_THREADS)
        if self.population != AUTO and (isinstance(self.population, str) or self.population < 1):
            raise ConfigError(
                f"trainer.population={self.population} is not accepted: auto, or at least 1"
            )
        if not 0 < self.learning_rate < 1:
            raise ConfigError(
                f"trainer.learning_rate={self.learning_rate} is not accepted: between 0 and 1"
            )
        if self.accelerator == "cuda" and processor_of(AUTO) != "cuda":
            raise ConfigError("trainer.accelerator=cuda is not accepted: torch sees no GPU here")

    @property
    def stops_early(self) -> bool:
        """Whether a network may stop before the last epoch; it is then validated after each."""
        return self.patience is not None

    def is_stale(self, accuracies: Sequence[float]) -> bool:
        """Whether a network stops early.

        Args:
            accuracies: on the validation split, one of each epoch so far.

        Example:
            >>> TrainSettings(patience=2).is_stale([0.5, 0.75, 0.75, 0.5])
            True
        """
        if self.patience is None or not accuracies:
            return False
        return len(accuracies) - 1 - accuracies.index(max(accuracies)) >= self.patience

    def without_early_stopping(self) -> TrainSettings:
        """The same, but that every network is trained to the last epoch."""
        return replace(self, patience=None)

    def check_rungs(self, rungs: Sequence[int]) -> None:
        """Checks the rungs of successive halving against the other settings of training.

        Raises:
            ConfigError: a rung at or after the last epoch, or early stopping by `patience` as well.
        """
        if rungs and rungs[-1] >= self.epochs:
            raise ConfigError(
                f"search.rungs={[*rungs]} is not accepted: below trainer.epochs={self.epochs}"
            )
        if rungs and self.patience is not None:
            raise ConfigError(
                f"search.rungs={[*rungs]} is not accepted with trainer.patience={self.patience}:"
                " one way to stop early, the other null or []"
            )

    def check_tabulated(self) -> None:
        """Checks that a table of networks can hold what training gives: every epoch, no noise.

        Raises:
            ConfigError: training that may stop early, or that sees noise or shots.
        """
        for name, wanted in (("patience", None), ("noise", "none"), ("shots", None)):
            if (value := getattr(self, name)) != wanted:
                raise ConfigError(
                    f"trainer.{name}={value} is not accepted: {wanted or 'null'}, since a table"
                    " has the accuracy without noise after every epoch"
                )

    @property
    def processor(self) -> str:
        """What `accelerator` means on this machine: cuda or cpu."""
        return processor_of(self.accelerator)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorSettings:
    """What runs circuits while training.

    Raises:
        ConfigError: an unknown name.
    """

    # fused: the circuits of a generation as one program; torchquantum: gate by gate, the reference.
    name: str = "fused"

    def __post_init__(self) -> None:
        if self.name not in SIMULATORS:
            raise unknown("simulator.name", self.name, SIMULATORS)


def processor_of(accelerator: str) -> str:
    """What a trainer's `accelerator` means on this machine: cuda or cpu."""
    if accelerator != AUTO:
        return accelerator
    return "cuda" if gpus() else "cpu"


def gpus() -> int:
    """How many GPUs this process may use; asking binds it to none of them."""
    if not _has_gpu_driver():
        return 0
    import torch

    return torch.cuda.device_count()


def take_gpu(number: int) -> None:
    """Has this process, which has not used a GPU yet, use one of several, counted round."""
    if (count := gpus()) > 1:
        visible = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")
        names = visible if len(visible) == count else [str(i) for i in range(count)]
        os.environ["CUDA_VISIBLE_DEVICES"] = names[number % count]


def _has_gpu_driver() -> bool:
    """Whether torch may see a GPU; without a driver it is not asked, since importing it takes
    seconds.
    """
    if sys.platform != "linux" or Path("/dev/kfd").exists():  # the latter is AMD's
        return True
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True
