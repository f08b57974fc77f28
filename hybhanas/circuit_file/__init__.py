"""Reading a quantum circuit from a file: OpenQASM 2, OpenQASM 3 or QPY."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

from hybhanas.circuit_file.limits import MAX_BYTES
from hybhanas.circuit_file.source import (
    CircuitFileError,
    assembled,
    decoded,
    unpacked,
    without_comments,
)
from hybhanas.errors import ConfigError, printable

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

_VERSION = re.compile(r"^\s*OPENQASM\s+(\d)")
_DIALECTS = (
    ("2", re.compile(r'\b[qc]reg\s+\w+\s*\[|\binclude\s+"qelib1\.inc"')),
    ("3", re.compile(r'\bqubit\b\s*(\[|\w)|\binclude\s+"stdgates\.inc"')),
)
ACCEPTED = "an OpenQASM 2 or 3 text that names its version, or a QPY file of one circuit"

log = logging.getLogger(__name__)


def read_circuit(path: Path) -> QuantumCircuit:
    """Reads a circuit as the file has it.

    The format is recognised by the content, not by the name; gzip, byte order marks and Latin-1 are
    understood. An `include` reaches the standard library and files of OpenQASM beside this one.

    Args:
        path: of the file.

    Raises:
        ConfigError: no such file, or one that is not read; the text says where and why.
    """
    name = printable(path)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        if "OPENQASM" in name or any(words.search(str(path)) for _, words in _DIALECTS):
            raise ConfigError(
                "circuit is the text of a program, not a path; accepted: a path, or what "
                "qiskit.qasm2.loads or qiskit.qasm3.loads makes of the text"
            ) from None
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"circuit={name} cannot be read: {reason}") from None
    kind = "a circuit"
    try:
        content = unpacked(content)
        if content.startswith(b"QISKIT"):
            from hybhanas.circuit_file import qpy_file

            kind = "QPY"
            circuit = qpy_file.read(content)
            if (said := qpy_file.lost_units(circuit)) is not None:
                log.warning("circuit=%s: %s", name, said)
            return circuit
        text = decoded(content)
        version = _version(text)
        if version is None:
            raise ConfigError(f"circuit={name} is not accepted: {ACCEPTED}")
        kind = f"OpenQASM {version}"
        if version == "2":
            from hybhanas.circuit_file import openqasm2

            return openqasm2.read(assembled(text, path.parent, openqasm2.LIBRARIES))
        from hybhanas.circuit_file import openqasm3

        return openqasm3.read(assembled(text, path.parent, openqasm3.LIBRARIES))
    except CircuitFileError as error:
        reason = printable(error)
        raise ConfigError(f"circuit={name} cannot be read as {kind}: {reason}") from None


def _version(text: str) -> str | None:
    """2 or 3, as the text says or as its first words show; None of any other."""
    text = without_comments(text)
    found = _VERSION.match(text)
    if found is not None:
        return found[1] if found[1] in "23" else None
    return next((version for version, words in _DIALECTS if words.search(text)), None)
