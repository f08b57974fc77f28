"""The formats of an export by name, and how their files are written: all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from hybhanas import atomic
from hybhanas.errors import CandidateError, ConfigError, unknown
from hybhanas.export import circuits, onnx_halves, pennylane_file, torchquantum_file
from hybhanas.export.network import Halves, Network

FORMATS: Mapping[str, Callable[[Halves], Mapping[str, bytes]]] = {
    "qasm3": lambda halves: {
        "circuit.qasm": circuits.to_qasm3(halves, circuits.parameterised(halves))
    },
    "qpy": lambda halves: {"circuit.qpy": circuits.to_qpy(circuits.parameterised(halves))},
    "torchquantum": torchquantum_file.files,
    "pennylane": pennylane_file.files,
    "onnx": onnx_halves.files,
}
"""What writes each format: the content of its files by their names."""


def contents(
    network: Network, formats: Sequence[str] | None = None, features: np.ndarray | None = None
) -> tuple[dict[str, bytes], list[str]]:
    """Makes the files of a trained network in other tools' formats; none is written yet.

    Args:
        network: trained.
        formats: names in `FORMATS`; None: all whose packages are installed and that have the
            circuit's gates.
        features: prepared samples [samples, features] whose circuits are made besides, bound.

    Returns:
        What the files hold, by name; and why formats were left out that `formats` did not name.

    Raises:
        ConfigError: a format that is unknown or not possible here; its text is one line.
    """
    halves = Halves.of(network)
    made: dict[str, bytes] = {}
    left_out = []
    for word in FORMATS if formats is None else formats:
        if word not in FORMATS:
            raise unknown("format", word, FORMATS)
        try:
            made |= _made(word, halves)
        except ConfigError as error:
            if formats is not None:
                raise
            left_out.append(str(error))
    for i, circuit in enumerate(() if features is None else circuits.bound(halves, features)):
        made[f"sample_{i}.qasm"] = circuits.to_qasm3(halves, circuit)
    return made, left_out


def write(folder: Path, made: Mapping[str, bytes]) -> list[Path]:
    """Writes files, each whole or not at all; those of the same names are replaced."""
    for name, content in made.items():
        atomic.write_bytes(folder / name, content)
    return [folder / name for name in made]


def _made(word: str, halves: Halves) -> Mapping[str, bytes]:
    try:
        return FORMATS[word](halves)
    except ImportError as error:
        raise ConfigError(
            f"format={word} is not accepted: {error.name} is not installed: "
            f"pip install 'hybhanas[{word}]'"
        ) from None
    except CandidateError as error:
        raise ConfigError(f"format={word} is not accepted: {error}") from None
