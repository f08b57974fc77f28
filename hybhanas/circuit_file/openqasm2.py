"""OpenQASM 2, by Qiskit's parser and in its legacy dialect, which public files use."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any

from qiskit import QuantumCircuit, qasm2
from qiskit.circuit import Delay, Gate
from qiskit.circuit.library import IGate

from hybhanas.circuit_file.limits import MAX_BITS, MAX_NESTING, MAX_QUBITS
from hybhanas.circuit_file.source import CircuitFileError, Source

LIBRARIES = ("qelib1.inc",)
"""Includes that the parser knows."""

_REGISTER = re.compile(r"\b([qc])reg\s+\w+\s*\[\s*(\d+)\s*\]")
_DECLARED = re.compile(r"\b(gate|opaque)\s+(\w+)\s*(?:\(([^()]*)\))?\s*([^{;]*)")
_PLACE = re.compile(r"^<?[^:]*>?:(\d+),(\d+): (.*)", re.DOTALL)
_DYNAMIC = re.compile(r"\b(if)\s*\(")
_WITHOUT_ANGLES = re.compile(r"(?:^|[;{})])\s*(\w+)(?:\s+|\s*\(\s*\)\s*)[a-zA-Z_]")
_OPAQUE = re.compile(r"\bopaque\s+(\w+)\s*(?:\([^()]*\))?\s*\w+(?:\s*,\s*\w+)*\s*;")
_OF_DELAYS = re.compile(r"delay_\d+")
"""Names by which Qiskit tells delays of different lengths in one text."""

_MAX_CYCLES = 10**15
"""Of a delay as a text writes it; up to here every whole number is a float of its own."""


class _ArgumentError(Exception):
    """A gate is called with a number that it does not take."""

    def __init__(self, gate: str, value: float, accepted: str):
        super().__init__(f"{gate}({value:g}) is not accepted: {accepted}")
        self.gate, self.value = gate, value


def read(source: Source) -> QuantumCircuit:
    """The circuit of a text.

    A gate that the text defines is what it says, also where Qiskit has another of that name.

    Raises:
        CircuitFileError: why it cannot be read.
    """
    _check_registers(source)
    declared = {
        found[2]: (found[1], len(_listed(found[3])), len(_listed(found[4])))
        for found in _DECLARED.finditer(source.text)
    }
    _check_angles(source, declared)
    known = _known(declared)
    try:
        circuit = qasm2.loads(
            _without_opaque({custom.name for custom in known}, source.text),
            include_path=(),
            custom_instructions=known,
            custom_classical=qasm2.LEGACY_CUSTOM_CLASSICAL,
        )
        _check_definitions(circuit, source, declared)
    except CircuitFileError:
        raise
    except qasm2.QASM2ParseError as error:
        raise CircuitFileError(_explained(str(error.message), source)) from None
    except _ArgumentError as error:
        place = _line_of(error.gate, source, error.value)
        raise CircuitFileError(f"{place}: {error}") from None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # also a panic of the parser, which is no Exception
        if isinstance(error, IndexError) and "store" in declared:
            raise CircuitFileError(
                f"{_line_of('store', source)}: gate store is not read: Qiskit keeps this name for "
                "itself"
            ) from None
        raise CircuitFileError(_of_qiskit(error)) from None
    if (found := _DYNAMIC.search(source.text)) is not None and _is_dynamic(circuit):
        line = source.text.count("\n", 0, found.start(1)) + 1
        raise CircuitFileError(
            f"{source.where(line)}: an if decides by a measured value, and how long a machine "
            "takes for that no calibration says; accepted: circuits without if"
        )
    return circuit


def _listed(names: str | None) -> list[str]:
    return [name for name in (names or "").split(",") if name.strip()]


def _check_registers(source: Source) -> None:
    sizes = {"q": 0, "c": 0}
    for found in _REGISTER.finditer(source.text):
        sizes[found[1]] += int(found[2])
        for kind, most, what in (("q", MAX_QUBITS, "qubits"), ("c", MAX_BITS, "classical bits")):
            if sizes[kind] > most:
                line = source.text.count("\n", 0, found.start()) + 1
                raise CircuitFileError(
                    f"{source.where(line)}: it declares {sizes[kind]:,} {what}; accepted: at most "
                    f"{most:,}"
                )


def _known(declared: dict[str, tuple[str, int, int]]) -> list[Any]:
    """Qiskit's instructions, where the text does not define them itself."""
    known = []
    for custom in qasm2.LEGACY_CUSTOM_INSTRUCTIONS:
        kind, *numbers = declared.get(custom.name, ("opaque", custom.num_params, custom.num_qubits))
        if kind == "opaque" and numbers == [custom.num_params, custom.num_qubits]:
            own = _CONSTRUCTORS.get(custom.name, custom.constructor)
            builtin = custom.builtin or custom.name in declared
            known.append(replace(custom, constructor=own, builtin=builtin))
    return known + [
        qasm2.CustomInstruction(name, 1, 1, partial(_delay, name), builtin=True)
        for name, declaration in declared.items()
        if declaration == ("opaque", 1, 1) and _OF_DELAYS.fullmatch(name)
    ]


def _without_opaque(known: set[str], text: str) -> str:
    """The text with spaces for the opaque declarations of what is known: Qiskit's parser takes each
    gate that is defined after one for the gate before it.
    """

    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", found[0]) if found[1] in known else found[0]

    return _OPAQUE.sub(blank, text)


def _delay(name: str, cycles: float) -> Delay:
    if not (0 <= cycles <= _MAX_CYCLES and float(cycles).is_integer()):
        raise _ArgumentError(
            name, cycles, f"a whole number of machine cycles, 0 to {_MAX_CYCLES:,}"
        )
    return Delay(int(cycles), "dt")


def _lengths(number: float) -> IGate:
    """The identity for a number of gate lengths. No machine waits for them: Qiskit's passes leave
    identities out, however many.
    """
    if not float(number).is_integer():
        raise _ArgumentError("u0", number, "a whole number of gate lengths")
    return IGate()


_CONSTRUCTORS = {"delay": partial(_delay, "delay"), "u0": _lengths}


def _is_dynamic(circuit: QuantumCircuit) -> bool:
    return any(step.is_control_flow() for step in circuit.data)


def _of_qiskit(error: BaseException) -> str:
    """What an error means that Qiskit leaves to Python or to Rust."""
    if isinstance(error, MemoryError):
        return "it needs more memory than there is"
    return f"Qiskit's parser cannot read it ({type(error).__name__})"


def _explained(message: str, source: Source) -> str:
    """A parser's message with the place as a person looks for it."""
    found = _PLACE.match(message)
    if found is None:
        return message
    return f"{source.where(int(found[1]), int(found[2]) + 1)}: {found[3]}"


def _check_angles(source: Source, declared: dict[str, tuple[str, int, int]]) -> None:
    """Refuses calls without angles of gates that take some, which the parser lets pass."""
    takes = {custom.name: custom.num_params for custom in qasm2.LEGACY_CUSTOM_INSTRUCTIONS}
    takes |= {name: parameters for name, (_, parameters, _) in declared.items()}
    takes["U"] = 3
    for found in _WITHOUT_ANGLES.finditer(source.text):
        if angles := takes.get(found[1], 0):
            line = source.text.count("\n", 0, found.start(1)) + 1
            raise CircuitFileError(
                f"{source.where(line)}: gate {found[1]} takes {angles} "
                f"angle{'s' if angles > 1 else ''}, not 0"
            )


def _check_definitions(
    circuit: QuantumCircuit, source: Source, declared: dict[str, tuple[str, int, int]]
) -> None:
    """Builds one definition of each gate: the parser leaves what is wrong in them to them."""
    waiting = [(step.operation, 1) for step in _each_once(circuit)]
    seen = set()
    while waiting:
        gate, depth = waiting.pop()
        if (gate.name, len(gate.params)) in seen or gate.name not in declared:
            continue
        seen.add((gate.name, len(gate.params)))
        if declared[gate.name][0] == "opaque":
            if type(gate) is Gate and gate.definition is None:
                raise CircuitFileError(
                    f"{_line_of(gate.name, source)}: gate {gate.name} is opaque: without a "
                    "definition nothing is known of it"
                )
            continue
        if depth > MAX_NESTING:
            raise CircuitFileError(f"gates are defined by gates more than {MAX_NESTING} deep")
        waiting += [(step.operation, depth + 1) for step in _each_once(gate.definition)]


def _each_once(circuit: QuantumCircuit) -> list[Any]:
    """One instruction of each name and number of angles."""
    found = {(step.name, len(step.params)): step for step in circuit.data}
    return list(found.values())


def _line_of(gate: str, source: Source, argument: float | None = None) -> str:
    """Where a gate is called: with that argument, or else with an expression, or else first."""

    def rank(call: re.Match[str]) -> int:
        try:
            return 0 if float(call[2] or "nan") == argument else 2
        except ValueError:
            return 1

    calls = re.finditer(rf"(?:^|[;{{}})])\s*({gate})\b\s*(?:\((.*?)\))?", source.text)
    position = min(calls, key=rank).start(1)
    return source.where(source.text.count("\n", 0, position) + 1)
