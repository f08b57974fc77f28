"""Exhaustive search: every architecture of a small space."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.strategy import SearchSettings, Strategy
from hybhanas.search_space import SearchSpace


class ExhaustiveSearch(Strategy):
    """Every architecture once, in genome order.

    Raises:
        ConfigError: the space has more genomes than all generations together, or search.start
            names where to begin.
    """

    def __init__(self, space: SearchSpace, settings: SearchSettings):
        if settings.start:
            raise ConfigError(
                "search.start is not accepted with search=exhaustive, which has an order of its own"
            )
        super().__init__(space, settings)
        least = math.ceil(space.size / self.settings.population)
        if self.settings.generations < least:
            raise ConfigError(
                f"search.generations={self.settings.generations} is not accepted: search_space has "
                f"{space.size:,} genomes; accepted: a smaller space, or at least {least} "
                f"generations of {self.settings.population}"
            )
        self._remaining = space.architectures()

    def ask(self) -> list[Architecture]:
        """See `Strategy.ask`."""
        return list(itertools.islice(self._remaining, self.settings.population))

    def tell(self, evaluations: Sequence[Evaluation]) -> None:
        """Exhaustive search does not learn."""
