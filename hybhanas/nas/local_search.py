"""Local search: mutations of the front so far, a baseline without a model."""

from __future__ import annotations

from collections.abc import Sequence

from hybhanas.architecture import Architecture
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.strategy import SearchSettings, Strategy, mutated
from hybhanas.search_space import SearchSpace


class LocalSearch(Strategy):
    """Every generation is members of the front with one or two genes changed.

    The first generation is sampled, and so is what the neighbours of the front do not fill.
    """

    def __init__(self, space: SearchSpace, settings: SearchSettings):
        super().__init__(space, settings)
        self._genomes: dict[Architecture, tuple[int, ...]] = {}
        self._front: list[Evaluation] = []

    def ask(self) -> list[Architecture]:
        """See `Strategy.ask`."""
        parents = [self._genomes[member.architecture] for member in self._front]
        count = self.settings.population if parents else 0
        asked = mutated(self.space, parents, count, self._rng, self._asked)
        missing, known = self.settings.population - len(asked), self._asked | asked.keys()
        for genome in self.sampled(missing, known):
            asked[self.space.decode(genome)] = genome
        self._genomes |= asked
        self._asked.update(asked)
        return list(asked)

    def tell(self, evaluations: Sequence[Evaluation]) -> None:
        """See `Strategy.tell`."""
        self._front = self.objectives.front([*self._front, *evaluations])
