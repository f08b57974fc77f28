"""Qiskit's converter of the gates of OpenQASM 3, which counts what they stand for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import copy
from functools import partial
from itertools import groupby
from typing import Any, TypeVar

from openqasm3 import ast
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Parameter
from qiskit_qasm3_import.converter import ConvertVisitor
from qiskit_qasm3_import.exceptions import raise_from_node
from qiskit_qasm3_import.state import State

from hybhanas.circuit_file.limits import MAX_CONTROLLED, MAX_CONTROLS
from hybhanas.errors import CandidateError
from hybhanas.straight_line.limits import MAX_INSTRUCTIONS
from hybhanas.straight_line.own_gates import OwnGates

MAX_POWER_QUBITS = 6
"""Of a gate under `pow`, whose matrix is computed."""

_CONTROLS = (ast.GateModifierName.ctrl, ast.GateModifierName.negctrl)
_Call = TypeVar("_Call", ast.QuantumGate, ast.QuantumPhase)


class _OwnGate(Gate):
    """A gate that a text defines. Its definition is built when it is asked for: gates of gates of
    gates can stand for more instructions than there is memory.
    """

    def __init__(self, name: str, body: QuantumCircuit, order: Sequence[Parameter], *angles: Any):
        super().__init__(name, body.num_qubits, list(angles))
        self._body, self._order = body, order

    def _define(self) -> None:
        angles = dict(zip(self._order, self.params, strict=True))
        self._definition = self._body.assign_parameters(angles)


class _Controls(ast.QuantumGateModifier):
    """Neighbouring `ctrl` and `negctrl`; Qiskit's gate grows manifold with each that is added to a
    gate that has some.
    """

    def __init__(self, parts: list[ast.QuantumGateModifier]):
        super().__init__(parts[0].modifier)
        self.span, self.parts = parts[0].span, parts


def _with_joined_controls(node: _Call) -> _Call:
    joined: list[ast.QuantumGateModifier] = []
    for are_controls, run in groupby(node.modifiers, lambda one: one.modifier in _CONTROLS):
        parts = list(run)
        joined += [_Controls(parts)] if are_controls else parts
    node = copy(node)
    node.modifiers = joined
    return node


class GateConverter(ConvertVisitor):
    """Converts definitions and calls of gates."""

    def __init__(self) -> None:
        super().__init__()
        self._modified: Counter[str] = Counter()
        self._own = OwnGates()

    def visit_QuantumGateDefinition(self, node: ast.QuantumGateDefinition, context: State) -> State:
        """Keeps a gate under its name; its angles come in the order of the text."""
        if node.name.name == "store":
            raise_from_node(node, "gate store is not read: Qiskit keeps this name for itself")
        context = super().visit_QuantumGateDefinition(node, context)
        symbol = context.symbol_table.get(node.name.name, node)
        body = symbol.data._definition
        named = {parameter.name: parameter for parameter in body.parameters}
        order = [named[angle.name] for angle in node.arguments]
        symbol.data = partial(_OwnGate, symbol.name, body, order)
        return context

    def visit_QuantumGate(self, node: ast.QuantumGate, context: State) -> State:
        """Calls a gate with as many angles as it takes."""
        symbol = context.symbol_table.get(node.name.name, node)
        takes = getattr(getattr(symbol, "type", None), "n_classical", None)
        takes = len(takes) if isinstance(takes, list) else takes  # of U it is a list
        if takes is not None and takes != len(node.arguments):
            raise_from_node(
                node,
                f"gate {node.name.name} takes {takes} angle{'' if takes == 1 else 's'}, not "
                f"{len(node.arguments)}",
            )
        return super().visit_QuantumGate(_with_joined_controls(node), context)

    def visit_QuantumPhase(self, node: ast.QuantumPhase, context: State) -> State:
        """A phase, which modifiers can make a gate."""
        return super().visit_QuantumPhase(_with_joined_controls(node), context)

    def _apply_gate_modifier(
        self, modifier: ast.QuantumGateModifier, gate: Gate, context: State
    ) -> Gate:
        is_inverse = modifier.modifier is ast.GateModifierName.inv
        kind, most = ("inv", MAX_INSTRUCTIONS) if is_inverse else ("ctrl or pow", MAX_CONTROLLED)
        try:
            self._modified[kind] += self._own.nature(gate).size - 1
        except CandidateError as error:
            raise_from_node(modifier, str(error))
        if self._modified[kind] > most:
            raise_from_node(
                modifier, f"gates under {kind} stand for more than {most:,} instructions in all"
            )
        if isinstance(modifier, _Controls):
            return self._controlled(modifier, gate, context)
        if modifier.modifier is ast.GateModifierName.pow and gate.num_qubits > MAX_POWER_QUBITS:
            raise_from_node(modifier, f"pow is accepted of at most {MAX_POWER_QUBITS} qubits")
        return super()._apply_gate_modifier(modifier, gate, context)

    def _controlled(self, modifier: _Controls, gate: Gate, context: State) -> Gate:
        controls = state = 0
        for one in modifier.parts:
            more = 1 if one.argument is None else self._resolve_constant_int(one.argument, context)
            if more < 1 or gate.num_qubits + controls + more > MAX_CONTROLS + 1:
                raise_from_node(
                    one, f"{more} more controls are not accepted: at most {MAX_CONTROLS}"
                )
            if one.modifier is ast.GateModifierName.ctrl:
                state |= ((1 << more) - 1) << controls
            controls += more
        return gate.control(controls, ctrl_state=state)
