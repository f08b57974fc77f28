"""SearchSpace: the choices a search may take, and the way from a genome to an Architecture."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.presets import preset

_CHOICES = tuple(field.name for field in fields(Architecture))


@dataclass(frozen=True, kw_only=True)
class SearchSpace:
    """The values each gene of an architecture may take, in the order of Architecture's fields.

    A genome is a tuple of indices into these lists, one per field; with `entanglement_per_layer`
    there is a gene of entanglement for each layer of the deepest circuit, and those of layers that
    an architecture lacks make no difference. Several genomes may decode to one architecture:
    decoding always gives the canonical one. A value that stands in a list twice is drawn twice as
    often.

    Example:
        >>> choices = {field.name: [getattr(Architecture(qubits=2), field.name)]
        ...            for field in fields(Architecture)}
        >>> space = SearchSpace(**(choices | {"encoding": ["ry", "iqp"], "depth": [1, 2, 3]}))
        >>> space.size, str(space.decode(space.sample(np.random.default_rng(0))))
        (6, '2q x3 iqp rz_ry_rz cx/linear z > linear')

    Raises:
        ConfigError: an empty list, or a value that Architecture does not accept.
    """

    qubits: Sequence[int]
    depth: Sequence[int]
    encoding: Sequence[str]
    reuploading: Sequence[bool]
    rotations: Sequence[str]
    entangler: Sequence[str]
    entanglement: Sequence[str]
    measurement: Sequence[str]
    hidden_layers: Sequence[int]
    hidden_width: Sequence[int]
    activation: Sequence[str]
    readout: Sequence[str]
    encoder: Sequence[str] = ("linear",)
    learning_rate: Sequence[float | None] = (None,)  # null: the trainer's
    entanglement_per_layer: bool = False  # a word for each layer, instead of one for all
    amplitude_qubits: int | None = None  # amplitude encoding takes no more; null: no such bound

    @classmethod
    def preset(cls, name: str, **changes: Any) -> SearchSpace:
        """The option `search_space=NAME` of conf/, such as `hqnn`, but for the changes."""
        return cls(**(preset("search_space", name) | changes))

    def __post_init__(self) -> None:
        for name in _CHOICES:
            values = getattr(self, name)
            if not values:
                raise ConfigError(f"search_space.{name}=[] is not accepted: at least one value")
            for value in values:
                try:
                    Architecture(**({"qubits": 1} | {name: value}))
                except ConfigError as error:
                    raise ConfigError(
                        str(error).replace("architecture.", "search_space.")
                    ) from None
            object.__setattr__(self, name, tuple(values))
        if self.amplitude_qubits is not None and self.amplitude_qubits < 1:
            raise ConfigError(
                f"search_space.amplitude_qubits={self.amplitude_qubits} is not accepted: "
                "at least 1, or null for no bound"
            )

    @property
    def genes(self) -> tuple[str, ...]:
        """The names of the genes, in genome order."""
        return tuple(self._values)

    @property
    def choices(self) -> tuple[int, ...]:
        """How many values each gene has, in genome order."""
        return tuple(len(values) for values in self._values.values())

    @cached_property
    def _values(self) -> dict[str, Sequence[Any]]:
        """The values of each gene, in genome order."""
        values: dict[str, Sequence[Any]] = {}
        for name in _CHOICES:
            of_layers = name == "entanglement" and self.entanglement_per_layer
            genes = self._layer_genes if of_layers else (name,)
            values |= dict.fromkeys(genes, getattr(self, name))
        return values

    @property
    def _layer_genes(self) -> tuple[str, ...]:
        return tuple(f"entanglement_{layer}" for layer in range(1, max(self.depth) + 1))

    @property
    def size(self) -> int:
        """The number of genomes; the number of distinct architectures is at most this."""
        return int(np.prod(self.choices, dtype=object))

    def decode(self, genome: Sequence[int]) -> Architecture:
        """The canonical architecture of a genome (one index per gene)."""
        chosen: dict[str, Any] = {
            gene: values[int(index)]
            for (gene, values), index in zip(self._values.items(), genome, strict=True)
        }
        if self.entanglement_per_layer:
            words = [chosen.pop(gene) for gene in self._layer_genes]
            chosen["entanglement"] = "-".join(words[: chosen["depth"]])
        architecture = Architecture(**chosen)
        if self.amplitude_qubits is not None and architecture.by_amplitude:
            qubits = min(architecture.qubits, self.amplitude_qubits)
            architecture = replace(architecture, qubits=qubits)
        return architecture.canonical()

    def encode(self, architecture: Architecture) -> tuple[int, ...]:
        """A genome that decodes to an architecture.

        Raises:
            ConfigError: there is none; its text names a choice that the space does not have.
        """
        canonical = architecture.canonical()
        chosen: dict[str, Any] = canonical.to_dict()
        if self.entanglement_per_layer:
            chosen |= dict(zip(self._layer_genes, canonical.entanglement_by_layer, strict=False))
        absent = {g: v for g, v in self._values.items() if g in chosen and chosen[g] not in v}
        # A choice that makes no difference need not be one of the space: any value stands for it.
        indices = [
            range(len(values)) if gene in absent else [values.index(chosen[gene])]
            if gene in chosen else [0]
            for gene, values in self._values.items()
        ]  # fmt: skip
        for genome in itertools.product(*indices):
            if self.decode(genome) == canonical:
                return genome
        wrong = [
            f"{gene}={chosen[gene]} is none of {list(values)}"
            for gene, values in absent.items()
            if gene in self._layer_genes or _matters(canonical, gene, values)
        ]
        bound = f"amplitude_qubits={self.amplitude_qubits}"
        raise ConfigError(f"{architecture} is not one of search_space: {'; '.join(wrong) or bound}")

    def sample(self, rng: np.random.Generator) -> tuple[int, ...]:
        """A genome drawn uniformly."""
        return tuple(int(rng.integers(count)) for count in self.choices)

    def architectures(self) -> Iterator[Architecture]:
        """Every distinct architecture once, in genome order; meant for small spaces."""
        seen = set()
        for genome in itertools.product(*(range(count) for count in self.choices)):
            architecture = self.decode(genome)
            if architecture not in seen:
                seen.add(architecture)
                yield architecture


def _matters(architecture: Architecture, name: str, values: Sequence[Any]) -> bool:
    """Whether none of the values of a choice gives the same network."""
    return all(
        replace(architecture, **{name: value}).canonical() != architecture for value in values
    )
