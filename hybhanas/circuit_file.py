"""Reading a quantum circuit from a file: OpenQASM 2, OpenQASM 3 or QPY."""

from __future__ import annotations

import io
import re
from pathlib import Path

from qiskit import QuantumCircuit, qasm2, qasm3, qpy

from hybhanas.errors import ConfigError

_VERSION = re.compile(r"^(?:\s|//[^\n]*\n|/\*.*?\*/)*OPENQASM\s+(\d)", re.DOTALL)
ACCEPTED = "an OpenQASM 2 or 3 text that names its version, or a QPY file of one circuit"


def read_circuit(path: Path) -> QuantumCircuit:
    """Reads a circuit; one without a measurement gets every qubit measured at its end.

    Args:
        path: its format is recognised by its content, not by its name.

    Raises:
        ConfigError: no such file, a text that cannot be parsed, or an empty circuit.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"circuit={path} cannot be read: {error.strerror}") from None
    circuit = _parse(path, content)
    if not any(step.name not in ("barrier", "measure") for step in circuit.data):
        raise ConfigError(f"circuit={path} is not accepted: it has no gate")
    if circuit.count_ops().get("measure", 0) == 0:
        circuit.measure_all()
    return circuit


def _parse(path: Path, content: bytes) -> QuantumCircuit:
    if content.startswith(b"QISKIT"):
        kind = "QPY"
    else:
        found = _VERSION.match(content.decode("utf-8", errors="replace"))
        if found is None or found[1] not in "23":
            raise ConfigError(f"circuit={path} is not accepted: {ACCEPTED}")
        kind = f"OpenQASM {found[1]}"
    try:
        if kind == "QPY":
            (circuit,) = qpy.load(io.BytesIO(content))
            return circuit
        text = content.decode("utf-8")
        if kind == "OpenQASM 2":
            return qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
        return qasm3.loads(text)
    except Exception as error:  # whatever a third party's parser makes of a stranger's text
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise ConfigError(f"circuit={path} cannot be read as {kind}: {reason}") from None
