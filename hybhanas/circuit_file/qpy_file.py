"""QPY, by Qiskit, after a look at what the file says it holds."""

from __future__ import annotations

import io
import struct
import warnings

import qiskit
from qiskit import QuantumCircuit, qpy
from qiskit.exceptions import QiskitError

from hybhanas.circuit_file.limits import MAX_BITS, MAX_QUBITS
from hybhanas.circuit_file.source import CircuitFileError

MAGIC = b"QISKIT"

# The start of a file and of its first circuit, as qiskit.qpy documents the format:
# https://docs.quantum.ibm.com/api/qiskit/qpy
_FILE = struct.Struct("!6sBBBBQ")
_CIRCUIT = struct.Struct("!H1cHII")


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
    except BaseException as error:  # Python's own, of a reader that trusts its input
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise _damaged(version) from None
    return circuit


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
