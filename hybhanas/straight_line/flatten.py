"""From any Qiskit circuit to one without loops, boxes, own gates of ambiguous names and times in
machine cycles: one instruction after another, as a machine runs it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import (
    Barrier,
    BoxOp,
    BreakLoopOp,
    ContinueLoopOp,
    ControlFlowOp,
    ControlledGate,
    Delay,
    ForLoopOp,
    Gate,
    Instruction,
    Measure,
    ParameterExpression,
    Reset,
    Store,
)
from qiskit.exceptions import QiskitError

from hybhanas.errors import CandidateError
from hybhanas.straight_line.genuine import is_delay, restore_unitary
from hybhanas.straight_line.limits import (
    MAX_DELAY_S,
    MAX_INSTRUCTIONS,
    MAX_NESTING,
    MAX_PARAMETERS,
)
from hybhanas.straight_line.own_gates import OwnGates, check_amplitudes, defined, is_own

_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "ps": 1e-12}
_DYNAMIC = {"if_else": "an if", "while_loop": "a while", "switch_case": "a switch"}


def flattened(circuit: QuantumCircuit, dt_s: float | None) -> QuantumCircuit:
    """The circuit with everything written out that costing or Qiskit's passes need written out.

    Loops of a fixed count are unrolled, boxes become barriers around what they hold, instructions
    that reset qubits and blocks with free parameters are expanded, gates that a text defines as
    Qiskit does become Qiskit's, others of the same name are expanded. Delays are in seconds.

    Args:
        circuit: it is not changed.
        dt_s: the machine's cycle in seconds; None if it is not known.

    Raises:
        CandidateError: what the circuit has that cannot be costed.
    """
    if len(circuit.parameters) > MAX_PARAMETERS:
        raise CandidateError(
            f"the circuit has {len(circuit.parameters):,} free parameters; accepted: at most "
            f"{MAX_PARAMETERS:,}"
        )
    restore_unitary()
    flat = _Flat(circuit, dt_s)
    try:
        flat.add(circuit, circuit.qubits, circuit.clbits, 0)
    except QiskitError as error:  # of instructions that are built when they are asked for
        reason = " ".join(str(error.message).split())[:200]
        raise CandidateError(f"the circuit cannot be written out: {reason}") from None
    flat.out._layout = circuit.layout
    return flat.out


class _EndedError(Exception):
    """A break, or with `only_round` a continue."""

    def __init__(self, only_round: bool):
        super().__init__()
        self.only_round = only_round


class _Flat:
    """A circuit that grows as another is read."""

    def __init__(self, circuit: QuantumCircuit, dt_s: float | None):
        self.out = QuantumCircuit(circuit.qubits, circuit.clbits, *circuit.qregs, *circuit.cregs)
        self._dt_s = dt_s
        self._own = OwnGates()
        self._size = 0

    def add(
        self, circuit: QuantumCircuit, qubits: Sequence[Any], clbits: Sequence[Any], depth: int
    ) -> None:
        """Adds the instructions of a circuit whose bits are these ones here."""
        if depth > MAX_NESTING:
            raise CandidateError(f"loops, boxes or gates are nested more than {MAX_NESTING} deep")
        if (len(circuit.qubits), len(circuit.clbits)) != (len(qubits), len(clbits)):
            raise CandidateError("an instruction has another number of bits than its definition")
        qubit = dict(zip(circuit.qubits, qubits, strict=True))
        clbit = dict(zip(circuit.clbits, clbits, strict=True))
        for step in circuit.data:
            self._add_step(
                step, [qubit[q] for q in step.qubits], [clbit[c] for c in step.clbits], depth
            )

    def _add_step(self, step: Any, qubits: list[Any], clbits: list[Any], depth: int) -> None:
        if is_delay(step):
            self._append(Delay(self._delay_s(step), "s"), qubits, clbits)
            return
        operation = step.operation
        if step.is_standard_gate() or isinstance(operation, Barrier | Measure | Reset):
            self._append(operation, qubits, clbits)
        elif isinstance(operation, ControlFlowOp | BreakLoopOp | ContinueLoopOp):
            self._add_control_flow(operation, qubits, clbits, depth)
        elif isinstance(operation, Gate):
            self._add_gate(operation, qubits, clbits, depth)
        else:
            check_amplitudes(operation)
            is_instruction = isinstance(operation, Instruction)
            definition = defined(operation) if is_instruction else self._own.definition(operation)
            if definition is None:
                if isinstance(operation, Store):
                    raise CandidateError("the circuit stores classical variables while it runs")
                raise CandidateError(
                    f"the circuit has the instruction {operation.name}, of which "
                    "no machine knows what to do"
                )
            self.add(definition, qubits, clbits, depth + 1)

    def _add_gate(self, gate: Gate, qubits: list[Any], clbits: list[Any], depth: int) -> None:
        nature = self._own.nature(gate)
        if is_own(gate) and (same := self._own.qiskits(gate)) is not None:
            self._append(same, qubits, clbits)
        elif (nature.is_ambiguous or _is_free(gate)) and (definition := defined(gate)) is not None:
            self.add(definition, qubits, clbits, depth + 1)
        elif type(gate) is Gate and gate.definition is None:
            raise CandidateError(
                f"gate {gate.name} has no definition: nothing is known of what it does"
            )
        else:
            self._append(gate, qubits, clbits, nature.size)

    def _add_control_flow(
        self, operation: Any, qubits: list[Any], clbits: list[Any], depth: int
    ) -> None:
        if isinstance(operation, BoxOp):
            if operation.duration is not None:
                raise CandidateError(
                    "the circuit has a box with a time of its own; accepted: delays in it"
                )
            self.out.barrier(qubits)
            self.add(operation.body, qubits, clbits, depth + 1)
            self.out.barrier(qubits)
        elif isinstance(operation, ForLoopOp):
            self._add_loop(operation, qubits, clbits, depth)
        elif isinstance(operation, BreakLoopOp | ContinueLoopOp):
            raise _EndedError(only_round=isinstance(operation, ContinueLoopOp))
        else:
            what = _DYNAMIC.get(operation.name, operation.name)
            raise CandidateError(
                f"the circuit has {what}, which is decided while it runs: how long a machine "
                "takes for that no calibration says"
            )

    def _add_loop(self, loop: ForLoopOp, qubits: list[Any], clbits: list[Any], depth: int) -> None:
        rounds, parameter, body = loop.params
        if not isinstance(rounds, range | tuple | list):
            raise CandidateError("the circuit has a loop whose count is only known while it runs")
        self._count(len(rounds))
        for value in rounds:
            bound = body
            if parameter is not None and parameter in body.parameters:
                bound = body.assign_parameters({parameter: value})
            try:
                self.add(bound, qubits, clbits, depth + 1)
            except _EndedError as ended:
                if not ended.only_round:
                    break

    def _append(self, operation: Any, qubits: list[Any], clbits: list[Any], size: int = 1) -> None:
        self._count(size)
        for parameter in getattr(operation, "params", ()):
            if isinstance(parameter, float) and not math.isfinite(parameter):
                raise CandidateError(f"an angle of {operation.name} is {parameter}")
        self.out._append(operation, qubits, clbits)

    def _count(self, more: int) -> None:
        self._size += more
        if self._size > MAX_INSTRUCTIONS:
            raise CandidateError(
                f"the circuit has more than {MAX_INSTRUCTIONS:,} instructions when it is written "
                "out; accepted: at most so many"
            )

    def _delay_s(self, step: Any) -> float:
        (length,) = step.params
        if isinstance(length, ParameterExpression):
            if length.parameters:
                names = ", ".join(sorted(p.name for p in length.parameters))
                raise CandidateError(
                    f"the circuit waits for a time that is a free parameter, {names}; accepted: a "
                    "number"
                )
            length = float(length)
        unit = step.operation.unit
        if unit == "dt":
            if self._dt_s is None:
                raise CandidateError(
                    f"the circuit waits for {length:g} dt, and the calibration does not say how "
                    f"long a dt is; accepted: delays in ns, us, ms or s"
                )
            seconds = length * self._dt_s
        elif unit in _SECONDS:
            seconds = length * _SECONDS[unit]
        else:
            raise CandidateError(
                "the circuit waits for a time that is an expression; accepted: a number"
            )
        if not 0 <= seconds <= MAX_DELAY_S:
            raise CandidateError(
                f"the circuit waits for {seconds:g} s; accepted: 0 to {MAX_DELAY_S:g} s"
            )
        return float(seconds)


def _is_free(gate: Gate) -> bool:
    """Whether it is a block with free parameters. A gate with controls is none: a gradient of the
    whole gate takes fewer circuits than of what it is made of.
    """
    return not isinstance(gate, ControlledGate) and any(
        isinstance(p, ParameterExpression) and p.parameters for p in gate.params
    )
