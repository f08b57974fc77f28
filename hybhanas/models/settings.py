"""How an HQNN is trained, as settings."""

from __future__ import annotations

from dataclasses import dataclass

from hybhanas.errors import ConfigError, unknown

AUTO = "auto"
ACCELERATORS = (AUTO, "cpu", "cuda")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSettings:
    """How an HQNN is trained.

    Args:
        epochs: passes over the training split while searching.
        final_epochs: passes when a member of the front is trained to the end.
        learning_rate: peak of the one-cycle schedule, unless the architecture has its own.
        patience: a network stops early after so many epochs without a better validation accuracy;
            None: never.
        accelerator: `auto` takes a GPU when there is one.
        population: networks trained at once, at most; `auto` for as many as pay, see
            `hybhanas.models.plan`.
        shares: as many workers as groups are planned for; it decides on the last digits of results,
            and so is not the number of those that there are.
        threads: of torch on the CPU; circuits of this size run fastest, and repeat exactly, on 1.
    """

    epochs: int
    final_epochs: int
    learning_rate: float
    patience: int | None
    accelerator: str
    population: int | str
    shares: int
    threads: int

    def __post_init__(self) -> None:
        for name in ("epochs", "final_epochs", "shares", "threads"):
            if getattr(self, name) < 1:
                raise ConfigError(
                    f"trainer.{name}={getattr(self, name)} is not accepted: at least 1"
                )
        if self.patience is not None and self.patience < 1:
            raise ConfigError(
                f"trainer.patience={self.patience} is not accepted: at least 1, or null for never"
            )
        if self.population != AUTO and (isinstance(self.population, str) or self.population < 1):
            raise ConfigError(
                f"trainer.population={self.population} is not accepted: auto, or at least 1"
            )
        if not 0 < self.learning_rate < 1:
            raise ConfigError(
                f"trainer.learning_rate={self.learning_rate} is not accepted: between 0 and 1"
            )
        if self.accelerator not in ACCELERATORS:
            raise unknown("trainer.accelerator", self.accelerator, ACCELERATORS)
        if self.accelerator == "cuda" and processor_of(AUTO) != "cuda":
            raise ConfigError("trainer.accelerator=cuda is not accepted: torch sees no GPU here")

    @property
    def processor(self) -> str:
        """What `accelerator` means on this machine: cuda or cpu."""
        return processor_of(self.accelerator)


def processor_of(accelerator: str) -> str:
    """What a trainer's `accelerator` means on this machine: cuda or cpu."""
    if accelerator != AUTO:
        return accelerator
    import torch  # seconds, and not needed to check any other setting

    return "cuda" if torch.cuda.is_available() else "cpu"
