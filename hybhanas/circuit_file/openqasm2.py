"""OpenQASM 2, by Qiskit's parser and in its legacy dialect, which public files use."""

from __future__ import annotations

import re
from typing import Any

from qiskit import QuantumCircuit, qasm2
from qiskit.circuit import Gate

from hybhanas.circuit_file.limits import MAX_BITS, MAX_NESTING, MAX_QUBITS
from hybhanas.circuit_file.source import CircuitFileError, Source

LIBRARIES = ("qelib1.inc",)
"""Includes that the parser knows."""

_REGISTER = re.compile(r"\b([qc])reg\s+\w+\s*\[\s*(\d+)\s*\]")
_DECLARED = re.compile(r"\b(gate|opaque)\s+(\w+)\s*(?:\(([^()]*)\))?\s*([^{;]*)")
_PLACE = re.compile(r"^<?[^:]*>?:(\d+),(\d+): (.*)", re.DOTALL)
_DYNAMIC = re.compile(r"\b(if)\s*\(")


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
    known = [custom for custom in qasm2.LEGACY_CUSTOM_INSTRUCTIONS if _is_meant(custom, declared)]
    try:
        circuit = qasm2.loads(
            source.text,
            include_path=(),
            custom_instructions=known,
            custom_classical=qasm2.LEGACY_CUSTOM_CLASSICAL,
        )
    except qasm2.QASM2ParseError as error:
        raise CircuitFileError(_explained(str(error.message), source)) from None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # also a panic of the parser, which is no Exception
        raise CircuitFileError(_of_qiskit(error)) from None
    if (found := _DYNAMIC.search(source.text)) is not None and _is_dynamic(circuit):
        line = source.text.count("\n", 0, found.start(1)) + 1
        raise CircuitFileError(
            f"{source.where(line)}: an if decides by a measured value, and how long a machine "
            "takes for that no calibration says; accepted: circuits without if"
        )
    _check_definitions(circuit, source, declared)
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


def _is_meant(custom: Any, declared: dict[str, tuple[str, int, int]]) -> bool:
    """Whether a name stands for Qiskit's instruction: where the text does not define it itself."""
    if custom.name not in declared:
        return True
    kind, parameters, qubits = declared[custom.name]
    return kind == "opaque" and (parameters, qubits) == (custom.num_params, custom.num_qubits)


def _is_dynamic(circuit: QuantumCircuit) -> bool:
    return any(step.is_control_flow() for step in circuit.data)


def _of_qiskit(error: BaseException) -> str:
    """What an error means that Qiskit leaves to Python or to Rust."""
    if isinstance(error, TypeError):  # such as its CUGate without angles
        return "a gate is called with fewer or more angles than it takes"
    if isinstance(error, MemoryError):
        return "it needs more memory than there is"
    return f"Qiskit's parser cannot read it ({type(error).__name__})"


def _explained(message: str, source: Source) -> str:
    """A parser's message with the place as a person looks for it."""
    found = _PLACE.match(message)
    if found is None:
        return message
    return f"{source.where(int(found[1]), int(found[2]) + 1)}: {found[3]}"


def _check_definitions(
    circuit: QuantumCircuit, source: Source, declared: dict[str, tuple[str, int, int]]
) -> None:
    """Builds one definition of each gate: the parser leaves calls with too few angles to them."""
    waiting = [(step.operation, 1) for step in _each_once(circuit)]
    seen = set()
    while waiting:
        gate, depth = waiting.pop()
        if (gate.name, len(gate.params)) in seen or gate.name not in declared:
            continue
        seen.add((gate.name, len(gate.params)))
        kind, parameters, _ = declared[gate.name]
        if kind == "opaque":
            if type(gate) is Gate and gate.definition is None:
                raise CircuitFileError(
                    f"{_line_of(gate.name, source)}: gate {gate.name} is opaque: without a "
                    "definition nothing is known of it"
                )
            continue
        if len(gate.params) != parameters:
            raise CircuitFileError(
                f"{_line_of(gate.name, source)}: gate {gate.name} takes {parameters} angles, not "
                f"{len(gate.params)}"
            )
        if depth > MAX_NESTING:
            raise CircuitFileError(f"gates are defined by gates more than {MAX_NESTING} deep")
        waiting += [(step.operation, depth + 1) for step in _each_once(gate.definition)]


def _each_once(circuit: QuantumCircuit) -> list[Any]:
    """One instruction of each name and number of angles."""
    found = {(step.name, len(step.params)): step for step in circuit.data}
    return list(found.values())


def _line_of(gate: str, source: Source) -> str:
    """Where a gate is called without angles, or else first named."""
    for pattern in (rf"(?<!gate )(?<!opaque )\b({gate})\s+[a-zA-Z_]", rf"\b({gate})\b"):
        found = re.search(pattern, source.text)
        if found is not None:
            return source.where(source.text.count("\n", 0, found.start(1)) + 1)
    return "somewhere"
