"""Where samples come from and how they are prepared, as settings; light to import."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hybhanas.data.settings import Preparation

if TYPE_CHECKING:
    from hybhanas.data.in_memory import InMemoryData
    from hybhanas.data.samples import Encoder, Given


@dataclass(frozen=True, kw_only=True)
class Source(Preparation, ABC):
    """Where a data set comes from, besides how it is split and prepared."""

    def check(self) -> None:
        """Checks what can be checked without reading: that files are there.

        Raises:
            ConfigError: a file that is not.
        """

    @abstractmethod
    def read(self) -> Given:
        """The samples, as they are.

        Raises:
            ConfigError: there are none, or some that cannot be learned from.
        """

    @abstractmethod
    def encoder(self, features: Any) -> Encoder:
        """What turns samples into numbers, fitted to the features of the training split."""

    def load(self) -> InMemoryData:
        """Reads, splits and prepares.

        Raises:
            ConfigError: data that cannot be learned from; the message says where.
        """
        from hybhanas.data.prepare import prepared

        self.check()
        return prepared(self.read(), self.encoder, self)
