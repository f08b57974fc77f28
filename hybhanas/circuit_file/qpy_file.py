"""QPY, by Qiskit, after a look at what the file says it holds."""

from __future__ import annotations

import io
import re
import struct
import warnings
from collections.abc import Iterator
from typing import Any

import qiskit
from qiskit import QuantumCircuit, qpy
from qiskit.circuit import ControlFlowOp
from qiskit.exceptions import QiskitError

from hybhanas.circuit_file.limits import MAX_BITS, MAX_QUBITS
from hybhanas.circuit_file.source import CircuitFileError
from hybhanas.straight_line.genuine import is_delay

MAGIC = b"QISKIT"

# The start of a file and of its first circuit, as qiskit.qpy documents the format:
# https://docs.quantum.ibm.com/api/qiskit/qpy
_FILE = struct.Struct("!6sBBBBQ")
_CIRCUIT = struct.Struct("!H1cHII")

_CONSTRUCTOR = re.compile(r"\A(\w+)\.__init__\(\) missing")

SHOWN = 3
"""Lengths of delays in a line, at most."""

_NO_UNIT = "QPY does not keep the unit of a delay"


def read(content: bytes) -> QuantumCircuit:
    """The circuit of a file that holds one.

    Raises:
        CircuitFileError: why it cannot be read.
    """
    version = _check_header(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a newer Qiskit wrote it: an error would follow
            (circuit,) = qpy.load(io.BytesIO(content))
    except QiskitError as error:
        reason = " ".join(str(error.message).split())[:200]
        if not reason or "parsing error" in reason or not reason.isprintable():
            raise _damaged(version) from None
        raise CircuitFileError(reason) from None
    except RecursionError:
        raise CircuitFileError("its circuits are nested too deeply") from None
    except TypeError as error:
        found = _CONSTRUCTOR.match(str(error))
        raise (_lost(found[1]) if found else _damaged(version)) from None
    except BaseException as error:  # Python's own, of a reader that trusts its input
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise _damaged(version) from None
    _check_widths(circuit)
    return circuit


def lost_units(circuit: QuantumCircuit) -> str | None:
    """A line about delays that were in seconds when the file was written, if there are any.

    Qiskit reads their lengths as cycles; only those of cycles are ints.

    Raises:
        CircuitFileError: a length that is no whole number, of which Qiskit makes nothing.
    """
    lengths = [length for length in _delays(circuit) if isinstance(length, float)]
    if not lengths:
        return None
    for length in lengths:
        if not length.is_integer():
            raise CircuitFileError(f"{_NO_UNIT}, and {length:g} dt are not a whole number")
    shown = ", ".join(f"{length:g}" for length in sorted(set(lengths))[:SHOWN])
    return f"{_NO_UNIT}: {shown} taken as dt, as Qiskit does"


def _delays(circuit: QuantumCircuit) -> Iterator[Any]:
    """The lengths of all delays, those of loops and boxes among them."""
    for step in circuit.data:
        if is_delay(step):
            yield step.params[0]
        elif isinstance(step.operation, ControlFlowOp):
            for block in step.operation.blocks:
                yield from _delays(block)


def _check_widths(circuit: QuantumCircuit) -> None:
    """Refuses a gate that Qiskit builds again on another number of qubits than it acts on."""
    for step in circuit.data:
        if step.is_standard_gate() or is_delay(step):
            continue
        if step.operation.num_qubits != len(step.qubits):
            raise _lost(step.name)


def _lost(gate: str) -> CircuitFileError:
    return CircuitFileError(
        f"Qiskit {qiskit.__version__} does not keep in QPY what {gate} is made of; decompose it "
        "before it is written"
    )


def _damaged(version: int) -> CircuitFileError:
    return CircuitFileError(
        f"it is damaged or cut short, or holds what Qiskit {qiskit.__version__} does not know "
        f"(QPY version {version})"
    )


def _check_header(content: bytes) -> int:
    """Refuses what would not fit into memory, before Qiskit makes room for it."""
    if len(content) < _FILE.size:
        raise CircuitFileError("it is cut short")
    _, version, _, _, _, circuits = _FILE.unpack_from(content)
    if version > qpy.QPY_VERSION:
        raise CircuitFileError(
            f"its version is {version}; Qiskit {qiskit.__version__} reads up to {qpy.QPY_VERSION}"
        )
    if circuits != 1:
        raise CircuitFileError(f"it holds {circuits:,} circuits; accepted: one")
    start = _FILE.size + (version >= 10) + (version >= 5) + 8 * (version >= 16)
    if len(content) < start + _CIRCUIT.size:
        raise CircuitFileError("it is cut short")
    _, _, _, qubits, bits = _CIRCUIT.unpack_from(content, start)
    for count, most, what in ((qubits, MAX_QUBITS, "qubits"), (bits, MAX_BITS, "classical bits")):
        if count > most:
            raise CircuitFileError(f"it declares {count:,} {what}; accepted: at most {most:,}")
    return int(version)
