"""Architecture: the one description of a hybrid quantum-classical neural network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, replace
from itertools import chain, zip_longest
from typing import Any

from hybhanas.ansatz import ENCODINGS, ENTANGLERS, ROTATIONS, Encoding
from hybhanas.entanglement import PATTERNS, entangled_pairs, first_word
from hybhanas.errors import ConfigError, check_at_most, unknown
from hybhanas.gates import AMPLITUDE, Gate

CHOICES: dict[str, Collection[str]] = {
    "encoding": ENCODINGS,
    "rotations": ROTATIONS,
    "entangler": ENTANGLERS,
    "entanglement": PATTERNS,
    "measurement": ("z", "z_zz", "z_first"),
    "encoder": ("linear", "none", "pool"),
    "activation": ("relu", "tanh", "gelu"),
    "readout": ("linear", "mlp"),
}
"""The accepted words of every choice that is a word, registered ones included; entanglement accepts
more, see `hybhanas.entanglement`.
"""

LIMITS = {
    "qubits": (1, 1000),
    "depth": (1, 1000),
    "hidden_layers": (0, 1000),
    "hidden_width": (1, 1_000_000_000),
}
"""The least and the most of every choice that is a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """One HQNN: classical layers, then a parameterised quantum circuit, then a readout.

    The features pass `hidden_layers` dense layers of `hidden_width` and a dense layer to the
    circuit's inputs; with an `encoder` of `none` or `pool` they go there without a trained layer.
    Each of the `depth` circuit layers encodes the inputs (the first one only, or every one with
    `reuploading`), rotates every qubit, and entangles pairs of qubits. The measured expectation
    values pass the readout to one logit per class.

    Two architectures that are the same network are equal once canonical; see `canonical`.

    Example:
        >>> str(Architecture(qubits=4, depth=2, entanglement="ring"))
        '4q x2 ry rz_ry_rz cx/ring z > linear'

    Raises:
        ConfigError: a choice that is not accepted.
    """

    qubits: int  # of the circuit
    depth: int = 1  # layers of the circuit
    encoding: str = "ry"  # rotation axis of the angle encoding, amplitude, or iqp (ZZ feature map)
    reuploading: bool = False  # encode again before every layer
    rotations: str = "rz_ry_rz"  # trainable one-qubit gates of a layer, in order of application
    entangler: str = "cx"  # two-qubit gate of a layer; those that take an angle are trainable
    entanglement: str = "linear"  # pairs of qubits; one word, or one a layer: ring-odd_2-none
    measurement: str = "z"  # Z on every qubit; z_zz adds Z Z on neighbours; z_first: one qubit
    # linear: dense layers, trained. none: the first features, of principal components the largest;
    # pool: means of neighbouring features. Both repeat features if the circuit has more inputs.
    encoder: str = "linear"
    hidden_layers: int = 0  # dense layers before the circuit, besides the one that feeds it
    hidden_width: int = 16  # outputs of each of these layers
    activation: str = "relu"  # behind each of them
    readout: str = "linear"  # a dense layer, or mlp: two with `hidden_width` between them
    learning_rate: float | None = None  # None: the trainer's

    def __post_init__(self) -> None:
        for name, accepted in CHOICES.items():
            if name != "entanglement" and getattr(self, name) not in accepted:
                raise unknown(f"architecture.{name}", getattr(self, name), accepted)
        for name, (least, most) in LIMITS.items():
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise ConfigError(
                    f"architecture.{name}={value} is not accepted: an integer >= {least}"
                )
            check_at_most(f"architecture.{name}", value, most)
        if not isinstance(self.reuploading, bool):
            raise ConfigError(
                f"architecture.reuploading={self.reuploading} is not accepted: true or false"
            )
        words = str(self.entanglement).split("-")
        for word in words:
            entangled_pairs(word, qubits=1)  # raises on an unknown one
        if len(words) not in (1, self.depth):
            raise ConfigError(
                f"architecture.entanglement={self.entanglement} is not accepted: one word for "
                f"all layers, or as many as the depth ({self.depth}) joined by -"
            )
        rate = self.learning_rate
        is_number = isinstance(rate, int | float) and not isinstance(rate, bool)
        if rate is not None and not (is_number and 0 < rate < 1):
            raise ConfigError(
                f"architecture.learning_rate={self.learning_rate} is not accepted: "
                "a number between 0 and 1, or null for the trainer's"
            )

    @property
    def by_amplitude(self) -> bool:
        """Whether the circuit's inputs are the amplitudes of a state; else they are angles."""
        first = next(iter(ENCODINGS[self.encoding](self.qubits, 0)), None)
        return first is not None and first.name == AMPLITUDE

    @property
    def entanglement_by_layer(self) -> tuple[str, ...]:
        """The word of each layer; see `hybhanas.entanglement.entangled_pairs`."""
        words = tuple(self.entanglement.split("-"))
        return words if len(words) == self.depth else words * self.depth

    def canonical(self) -> Architecture:
        """The representative of all architectures that are the same network as this one.

        A choice that makes no difference takes its first word, so that the search never trains
        one network twice under two names.
        """
        change: dict[str, Any] = {}
        uploads_again = self.reuploading and self.depth > 1 and not self.by_amplitude
        change["reuploading"] = uploads_again
        change["encoding"] = _first_encoding(
            self.encoding, self.qubits, self.depth if uploads_again else 1
        )
        words = [first_word(word, self.qubits) for word in self.entanglement_by_layer]
        change["entanglement"] = words[0] if len(set(words)) == 1 else "-".join(words)
        if change["entanglement"] == "none":
            change["entangler"] = "cx"
        if self.qubits == 1:
            change["measurement"] = "z"
        layers = self.hidden_layers if self.encoder == "linear" else 0
        change["hidden_layers"] = layers
        if layers == 0 and self.readout == "linear":
            change |= {"hidden_width": 1, "activation": "relu"}
        return replace(self, **change)

    def to_dict(self) -> dict[str, Any]:
        """The choices by name, ready for JSON."""
        return {name: getattr(self, name) for name in _FIELDS}

    @classmethod
    def from_dict(cls, choices: dict[str, Any]) -> Architecture:
        """The inverse of `to_dict`; raises ConfigError on a key it does not know."""
        for name in choices:
            if name not in _FIELDS:
                raise unknown("architecture key", name, _FIELDS)
        return cls(**choices)

    @property
    def hash(self) -> str:
        """Sixteen hex digits of the SHA-256 of the canonical choices: the architecture's name."""
        choices = self.canonical().to_dict()
        if choices["encoder"] == "linear":  # names are older than this choice
            del choices["encoder"]
        text = json.dumps(choices, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def __str__(self) -> str:
        """One line a person reads, such as `4q x2 ry+ rz_ry_rz cx/ring z | 1x16 relu > linear`."""
        upload = "+" if self.reuploading else ""
        pairs = (
            "no entanglement"
            if self.entanglement == "none"
            else (f"{self.entangler}/{self.entanglement}")
        )
        text = f"{self.qubits}q x{self.depth} {self.encoding}{upload} {self.rotations} {pairs}"
        text += f" {self.measurement}"
        if self.encoder != "linear":
            text = f"{self.encoder} | {text}"
        elif self.hidden_layers:
            text += f" | {self.hidden_layers}x{self.hidden_width} {self.activation}"
        text += f" > {self.readout}"
        if self.readout == "mlp" and (self.encoder != "linear" or not self.hidden_layers):
            text += f" {self.hidden_width} {self.activation}"
        if self.learning_rate is not None:
            text += f" lr {self.learning_rate:g}"
        return text


_FIELDS = tuple(field.name for field in fields(Architecture))


def _first_encoding(word: str, qubits: int, layers: int) -> str:
    """The first word whose gates are the same ones in the layers that encode."""
    own = ENCODINGS[word]

    def gates(encoding: Encoding) -> Iterator[Gate]:
        return chain.from_iterable(encoding(qubits, layer) for layer in range(layers))

    return next(
        name
        for name, other in ENCODINGS.items()
        if other is own or all(a == b for a, b in zip_longest(gates(own), gates(other)))
    )
