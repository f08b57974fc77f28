"""OpenQASM 3, by the parser of its authors and Qiskit's converter."""

from __future__ import annotations

import contextlib
import io
import re
from typing import Any

import openqasm3
from openqasm3.parser import QASM3ParsingError
from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit_qasm3_import import ConversionError

from hybhanas.circuit_file.converter import Converter
from hybhanas.circuit_file.limits import MAX_BYTES_OPENQASM3, MAX_QUBITS
from hybhanas.circuit_file.source import CircuitFileError, Source

LIBRARIES = ("stdgates.inc",)
"""Includes that the converter knows."""

_PLACE = re.compile(r"^L?(\d+)(?::C|,)(\d+): (.*)", re.DOTALL)
_PHYSICAL = re.compile(r"\$(\d+)")


def read(source: Source) -> QuantumCircuit:
    """The circuit of a text.

    Raises:
        CircuitFileError: why it cannot be read.
    """
    if len(source.text) > MAX_BYTES_OPENQASM3:
        raise CircuitFileError(
            f"it has {len(source.text):,} bytes; accepted: at most {MAX_BYTES_OPENQASM3:,} of "
            "OpenQASM 3 (OpenQASM 2 and QPY are read faster)"
        )
    for found in _PHYSICAL.finditer(source.text):
        if int(found[1][:9]) >= MAX_QUBITS or len(found[1]) > 9:
            line = source.text.count("\n", 0, found.start()) + 1
            raise CircuitFileError(
                f"{source.where(line)}: qubit {found[0][:20]} is beyond the last that is accepted, "
                f"${MAX_QUBITS - 1}"
            )
    converter = Converter()
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # ANTLR prints what it also raises
            tree = openqasm3.parse(source.text)
        return converter.convert(tree).circuit
    except (QASM3ParsingError, ConversionError) as error:
        raise CircuitFileError(_explained(error, source)) from None
    except RecursionError:
        raise CircuitFileError("expressions or scopes are nested too deeply") from None
    except Exception as error:  # of Qiskit while it builds a statement, which has no place
        reason = _reason(error)
        if converter.at is None:
            raise CircuitFileError(reason) from None
        place = source.where(converter.at.start_line, converter.at.start_column + 1)
        raise CircuitFileError(f"{place}: {reason}") from None


def _explained(error: Exception, source: Source) -> str:
    found = _PLACE.match(str(error))
    if found is not None:
        place = source.where(int(found[1]), int(found[2]) + 1)
        reason = found[3]
        if reason == "type error":
            reason = "no operation is known for values of these types"
        return f"{place}: {reason}"
    token = _offending(error)
    if token is None:
        return " ".join(str(error).split()) or "it is not OpenQASM 3"
    recognition, offending = token
    place = source.where(offending.line, offending.column + 1)
    if offending.type == -1:
        return f"{place}: the text ends in the middle of a statement{_expected(recognition)}"
    return f"{place}: {offending.text[:40]} is not expected here{_expected(recognition)}"


def _offending(error: BaseException | None) -> tuple[Any, Any] | None:
    """What ANTLR stumbled over, which it hides in the arguments of causes."""
    while error is not None:
        for held in (error, *error.args):
            token = getattr(held, "offendingToken", None)
            if token is not None:
                return held, token
        error = error.__cause__ or error.__context__
    return None


def _expected(recognition: Any) -> str:
    """What would have been accepted there, if it is a short list."""
    try:
        parser = recognition.recognizer
        names = [
            parser.literalNames[kind] if 0 <= kind < len(parser.literalNames) else "<INVALID>"
            for interval in recognition.getExpectedTokens().intervals
            for kind in interval
        ]
    except (AttributeError, IndexError, TypeError):
        return ""
    plain = [name.strip("'") for name in names if name != "<INVALID>"]
    if ";" in plain:
        return "; is a ; missing before it?"
    return (
        f"; expected {' or '.join(plain)}"
        if 0 < len(plain) <= 3 and len(plain) == len(names)
        else ""
    )


_PYTHONS = {
    ZeroDivisionError: "division by zero",
    IndexError: "an index is out of range",
    OverflowError: "a number is too large",
    MemoryError: "it needs more memory than there is",
}


def _reason(error: Exception) -> str:
    """Qiskit's message, or for Python's own errors what they mean here."""
    for kind, meaning in _PYTHONS.items():
        if isinstance(error, kind):
            return meaning
    if isinstance(error, QiskitError):
        return " ".join(str(error.message).split())[:200]
    return "this statement cannot be read"
