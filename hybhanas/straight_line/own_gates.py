"""Gates that a circuit defines itself, told from Qiskit's of the same name."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import (
    AnnotatedOperation,
    ControlledGate,
    Gate,
    Instruction,
    ParameterExpression,
)
from qiskit.circuit.annotated_operation import ControlModifier, PowerModifier
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import Operator
from qiskit.transpiler.passes import HighLevelSynthesis

from hybhanas.errors import CandidateError
from hybhanas.straight_line.limits import (
    MAX_INSTRUCTIONS,
    MAX_NESTING,
    MAX_STATE_QUBITS,
    MAX_UNITARY_QUBITS,
)

_STANDARD = get_standard_gate_name_mapping()
_BY_AMPLITUDES = (
    "initialize",
    "state_preparation",
    "isometry",
    "multiplexer",
    "diagonal",
    "ucgate",
)
RESERVED = frozenset((
    "barrier", "measure", "reset", "delay",
    "if_else", "while_loop", "for_loop", "switch_case", "box", "break_loop", "continue_loop",
    "unitary", *_BY_AMPLITUDES,
    "FullAdder", "HalfAdder", "IntComp", "ModularAdder", "Multiplier", "PauliEvolution",
    "WeightedSum", "annotated", "clifford", "linear_function", "mcmt", "mcx", "permutation", "qft",
))  # fmt: skip
"""Names by which Qiskit's passes, or this project, know what an instruction does."""

_CHECKED_QUBITS = 4
_TRUSTED_AFTER = 8
"""Calls of one definition that were found equal to Qiskit's gate before the rest is believed."""


@dataclass(frozen=True, slots=True)
class Nature:
    """What is known of a gate's definition: how many instructions it has in the end, and whether
    a name inside stands for another gate than Qiskit's, so that it must be written out.
    """

    size: int
    is_ambiguous: bool


class OwnGates:
    """Knows the gates of one circuit; see the methods."""

    def __init__(self) -> None:
        self._natures: dict[Any, Nature] = {}
        self._equal: Counter[Any] = Counter()
        self._rng = np.random.default_rng(1)

    def nature(self, gate: Any) -> Nature:
        """What a gate's definition is like, found without expanding it.

        Raises:
            CandidateError: it is nested too deeply, too large, or has a definition that cannot be
                built.
        """
        return self._known(gate, 0)[0]

    def definition(self, operation: Any) -> QuantumCircuit | None:
        """As `defined`, of an operation that is checked as by `nature` first."""
        return self._known(operation, 0)[1]

    def _known(self, gate: Any, depth: int) -> tuple[Nature, QuantumCircuit | None]:
        if gate.name in _STANDARD and _is_qiskits(gate):
            return Nature(1, False), None
        if depth > MAX_NESTING:
            raise CandidateError(f"gates are defined by gates more than {MAX_NESTING} deep")
        check_amplitudes(gate)
        if isinstance(gate, AnnotatedOperation):
            self._check_modifiers(gate, depth)
        definition = defined(gate)
        if definition is None:
            return Nature(1, False), None
        key = _structure(gate.name, definition)
        if key not in self._natures:
            size = 0
            ambiguous = (
                not isinstance(gate, Instruction)
                or gate.name in _STANDARD
                or (gate.name in RESERVED and is_users(gate))
            )
            for step in definition.data:
                inside = self._known(step.operation, depth + 1)[0]
                size += inside.size
                _check_size(gate, size)  # before more is built, which can take minutes
                ambiguous = ambiguous or inside.is_ambiguous
            self._natures[key] = Nature(max(size, 1), ambiguous)
        return self._natures[key], definition

    def _check_modifiers(self, gate: AnnotatedOperation, depth: int) -> None:
        """Raises CandidateError for a gate with modifiers that is too large to be written out."""
        size: float = self._known(gate.base_op, depth + 1)[0].size
        qubits = gate.base_op.num_qubits
        for one in gate.modifiers:
            if isinstance(one, ControlModifier):
                qubits += one.num_ctrl_qubits
            elif isinstance(one, PowerModifier):
                _check_power(one.power, qubits)
                size *= max(abs(one.power), 1)
        _check_size(gate, size)

    def qiskits(self, gate: Any) -> Gate | None:
        """Qiskit's gate of that name, if the definition is its own up to a global phase."""
        standard = _STANDARD.get(gate.name)
        definition = defined(gate)
        if (
            not isinstance(standard, Gate)
            or definition is None
            or standard.num_qubits != gate.num_qubits
            or len(standard.params) != len(gate.params)
            or gate.num_qubits > _CHECKED_QUBITS
        ):
            return None
        key = _structure(gate.name, definition)
        if self._equal[key] < 0:
            return None
        if self._equal[key] < _TRUSTED_AFTER and not self._is_equal(gate, definition):
            self._equal[key] = -1
            return None
        self._equal[key] += 1
        found: Gate = type(standard)(*gate.params)
        return found

    def _is_equal(self, gate: Any, definition: QuantumCircuit) -> bool:
        values = {p: float(self._rng.uniform(0.1, 3.0)) for p in definition.parameters}
        for angle in gate.params:
            if isinstance(angle, ParameterExpression):
                for p in angle.parameters:
                    values.setdefault(p, float(self._rng.uniform(0.1, 3.0)))
        used = {p: values[p] for p in definition.parameters}
        angles = [_bound(angle, values) for angle in gate.params]
        if not all(math.isfinite(angle) for angle in angles):
            return False
        try:
            ours = Operator(definition.assign_parameters(used))
            return bool(ours.equiv(Operator(type(_STANDARD[gate.name])(*angles))))
        except Exception:  # of a definition that is no unitary
            return False


def check_amplitudes(operation: Any) -> None:
    """Raises CandidateError for a matrix or amplitudes of too many qubits."""
    if is_users(operation):
        return
    most = MAX_STATE_QUBITS if operation.name in _BY_AMPLITUDES else MAX_UNITARY_QUBITS
    if operation.name in (*_BY_AMPLITUDES, "unitary") and operation.num_qubits > most:
        raise CandidateError(
            f"the circuit has a {operation.name} of {operation.num_qubits} qubits, which takes "
            f"exponentially many gates; accepted: at most {most} qubits"
        )


def _check_power(power: float, qubits: int) -> None:
    if not math.isfinite(power):
        raise CandidateError(f"the power of a gate is {power}; accepted: a finite number")
    if not float(power).is_integer() and qubits > MAX_UNITARY_QUBITS:  # Qiskit builds its matrix
        raise CandidateError(
            f"the circuit has the power {power:g} of a gate of {qubits} qubits, which takes "
            f"exponentially many gates; accepted: a whole number, or at most {MAX_UNITARY_QUBITS} "
            "qubits"
        )


def _check_size(gate: Any, size: float) -> None:
    if size > MAX_INSTRUCTIONS:
        raise CandidateError(
            f"{_called(gate)} stands for at least {size:,.0f} instructions; accepted: at most "
            f"{MAX_INSTRUCTIONS:,}"
        )


def defined(gate: Any) -> QuantumCircuit | None:
    """A gate's definition; of an operation that is no instruction, as a Clifford or a gate with
    modifiers, what Qiskit's transpiler makes of it.

    Raises:
        CandidateError: it has one that cannot be built.
    """
    try:
        return gate.definition if isinstance(gate, Instruction) else _synthesised(gate)
    except CandidateError:
        raise
    except Exception as error:  # of definitions that are built when they are asked for
        reason = " ".join(str(getattr(error, "message", error)).split())[:120]
        reason = reason or type(error).__name__  # as of a MemoryError
        raise CandidateError(f"{_called(gate)} cannot be built: {reason}") from None


def _called(gate: Any) -> str:
    return "a gate with modifiers" if isinstance(gate, AnnotatedOperation) else f"gate {gate.name}"


def _synthesised(operation: Any) -> QuantumCircuit | None:
    circuit = QuantumCircuit(operation.num_qubits, operation.num_clbits)
    circuit.append(operation, circuit.qubits, circuit.clbits)
    circuit = HighLevelSynthesis()(circuit)
    known = all(isinstance(step.operation, Instruction) for step in circuit.data)
    return circuit if known else None


def _is_qiskits(gate: Any) -> bool:
    return bool(getattr(gate, "_standard_gate", None) is not None)


def is_own(gate: Any) -> bool:
    """Whether a gate has the name of one of Qiskit's, but is none."""
    return gate.name in _STANDARD and not _is_qiskits(gate)


def is_users(operation: Any) -> bool:
    """Whether a text or a user defines an operation: it is none of Qiskit's, whatever its name."""
    if type(operation) in (Instruction, Gate, ControlledGate):
        return True
    # the class of one of Qiskit's singletons names no module, its base class does
    kind = getattr(operation, "base_class", type(operation))
    return not kind.__module__.startswith(("qiskit.circuit.", "qiskit.quantum_info."))


def _bound(angle: Any, values: dict[Any, float]) -> float:
    if isinstance(angle, ParameterExpression):
        return float(angle.bind({p: values[p] for p in angle.parameters}))
    return float(angle)


def _structure(name: str, definition: QuantumCircuit) -> Any:
    """Which gates act where, but not their angles."""
    index = {qubit: i for i, qubit in enumerate(definition.qubits)}
    return name, tuple(
        (step.name, len(step.params), tuple(index[q] for q in step.qubits))
        for step in definition.data
    )
