"""Qiskit's converter of OpenQASM 3, extended by what is known before a circuit runs: constants,
loops over them, and conditions on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from openqasm3 import ast
from qiskit.circuit import ClassicalRegister, Clbit, QuantumRegister, Qubit
from qiskit_qasm3_import import types
from qiskit_qasm3_import.data import Scope, Symbol
from qiskit_qasm3_import.exceptions import raise_from_node
from qiskit_qasm3_import.state import LocalScope, State

from hybhanas.circuit_file.constants import Constants, called, converted
from hybhanas.circuit_file.gate_converter import GateConverter
from hybhanas.circuit_file.limits import MAX_BITS, MAX_QUBITS
from hybhanas.straight_line.limits import MAX_INSTRUCTIONS

_NOT_READ = {
    "ClassicalAssignment": "an assignment to a variable",
    "SubroutineDefinition": "a subroutine (def)",
    "ExternDeclaration": "an extern function",
    "ReturnStatement": "a return",
    "CalibrationDefinition": "a pulse definition (defcal)",
    "CalibrationStatement": "a pulse block (cal)",
    "CalibrationGrammarDeclaration": "a pulse grammar (defcalgrammar)",
    "ExpressionStatement": "a call of a function",
    "EndStatement": "an end before the last line",
    "Pragma": "a pragma",
}


class _BreakError(Exception):
    """The rest of a loop is left out."""


class _ContinueError(Exception):
    """The rest of a round is left out."""


class _EndError(Exception):
    """The rest of the text is left out."""


class Converter(GateConverter):
    """Converts the syntax tree of a text to a circuit.

    Attributes:
        at: the span of the statement that was read last, for errors.
    """

    def __init__(self) -> None:
        super().__init__()
        self.at: ast.Span | None = None
        self._visited = 0

    def visit(self, node: ast.QASMNode, context: State | None = None) -> Any:
        """Visits a node; counts statements, since loops repeat them."""
        if isinstance(node, ast.Statement):
            self.at = node.span or self.at
            self._count(node, 0 if context is None else len(context.circuit.data))
        return super().visit(node, context)

    def _count(self, node: ast.QASMNode, grown: int = 0) -> None:
        """Counts a statement, or a round of a loop, which may be empty."""
        self._visited += 1
        if max(self._visited, grown) > MAX_INSTRUCTIONS:
            raise_from_node(node, f"here are more than {MAX_INSTRUCTIONS:,} instructions")

    def generic_visit(self, node: ast.QASMNode, context: State | None = None) -> Any:
        """Names what Qiskit has nothing for."""
        what = _NOT_READ.get(type(node).__name__) or called(node)
        raise_from_node(node, f"{what} is not read")

    def visit_Pragma(self, node: ast.Pragma, context: State) -> State:
        """A pragma speaks to compilers."""
        return context

    def visit_EndStatement(self, node: ast.EndStatement, context: State) -> State:
        """Nothing comes after the last statement anyway."""
        if context.scope is not Scope.GLOBAL:
            self.generic_visit(node, context)
        raise _EndError

    def visit_Program(self, node: ast.Program, context: State) -> State:
        """Visits statements up to an `end`."""
        for statement in node.statements:
            try:
                context = self.visit(statement, context)
            except _EndError:
                break
        return context

    # Constants

    def _resolve_generic(self, node: ast.Expression, context: State, strict: bool) -> Any:
        return Constants(context, strict).resolve(node)

    def visit_ConstantDeclaration(self, node: ast.ConstantDeclaration, context: State) -> State:
        """Keeps the value of a constant under its name."""
        self._name_constant(node, context)
        return context

    def visit_ClassicalDeclaration(self, node: ast.ClassicalDeclaration, context: State) -> State:
        """Declares bits, or names a value; nothing changes it, since assignments are not read."""
        if not isinstance(node.type, ast.BitType):
            if isinstance(node.type, ast.ArrayType | ast.ComplexType | ast.StretchType):
                raise_from_node(node, f"{called(node.type).removesuffix(' type')} is not read")
            if node.init_expression is None:
                raise_from_node(node, "a variable without a value is not read")
            self._name_constant(node, context)
            return context
        if node.type.size is not None:
            self._check_size(node.type.size, context, MAX_BITS, len(context.circuit.clbits))
        if node.init_expression is None or isinstance(node.init_expression, ast.QuantumMeasurement):
            return super().visit_ClassicalDeclaration(node, context)
        Constants(context).resolve(node.init_expression)  # a value that nothing here reads
        plain = ast.ClassicalDeclaration(node.type, node.identifier)
        plain.span = node.span
        return super().visit_ClassicalDeclaration(plain, context)

    def _name_constant(self, node: Any, context: State) -> None:
        value, kind = Constants(context).resolve(node.init_expression)
        value, kind = converted(value, kind, node)
        context.symbol_table.insert(Symbol(node.identifier.name, value, kind, context.scope, node))

    def visit_IODeclaration(self, node: ast.IODeclaration, context: State) -> State:
        """Outputs are declarations; inputs are parameters."""
        if node.io_identifier is not ast.IOKeyword.output:
            return super().visit_IODeclaration(node, context)
        if not isinstance(node.type, ast.BitType):
            raise_from_node(node, "an output that is no bit is not read")
        plain = ast.ClassicalDeclaration(node.type, node.identifier)
        plain.span = node.span
        return self.visit_ClassicalDeclaration(plain, context)

    # Registers and gates

    def _check_size(self, size: ast.Expression, context: State, most: int, already: int) -> None:
        count = self._resolve_constant_int(size, context)
        if count < 1:
            raise_from_node(size, f"a register of {count} is not accepted: at least 1")
        if count + already > most:
            raise_from_node(
                size, f"it declares {count + already:,} qubits or bits; accepted: at most {most:,}"
            )

    def visit_QubitDeclaration(self, node: ast.QubitDeclaration, context: State) -> State:
        """Declares qubits, up to a bound."""
        if node.size is not None:
            self._check_size(node.size, context, MAX_QUBITS, context.circuit.num_qubits)
        return super().visit_QubitDeclaration(node, context)

    def visit_QuantumMeasurementStatement(
        self, node: ast.QuantumMeasurementStatement, context: State
    ) -> State:
        """Measures into bits; where none are named, into new ones."""
        if node.target is not None:
            return super().visit_QuantumMeasurementStatement(node, context)
        measured = self._resolve_qarg(node.measure.qubit, context)
        count = 1 if isinstance(measured, Qubit) else len(measured)
        bits = [Clbit() for _ in range(count)]
        context.circuit.add_bits(bits)
        context.circuit.measure(measured, bits[0] if isinstance(measured, Qubit) else bits)
        return context

    def visit_Box(self, node: ast.Box, context: State) -> State:
        """A box without a time of its own."""
        if node.duration is not None:
            raise_from_node(
                node, "a box with a time of its own is not costed; accepted: delays in it"
            )
        node.annotations = []
        return super().visit_Box(node, context)

    def visit_AliasStatement(self, node: ast.AliasStatement, context: State) -> State:
        """A name for some qubits or bits; a single one has no register."""
        value, kind = self._resolve_generic(node.value, context, strict=True)
        if isinstance(kind, types.Qubit | types.Bit | types.HardwareQubit):
            context.symbol_table.insert(Symbol(node.target.name, value, kind, context.scope, node))
            return context
        if isinstance(value, QuantumRegister | ClassicalRegister) and not len(value):
            raise_from_node(node, "an alias of nothing is not accepted")
        return super().visit_AliasStatement(node, context)

    # Loops and conditions

    def visit_ForInLoop(self, node: ast.ForInLoop, context: State) -> State:
        """Repeats the body, its variable a constant in each round."""
        try:
            for value in self._rounds(node, context):
                self._count(node)
                with LocalScope(context) as inner:
                    symbol = Symbol(
                        node.identifier.name, value, types.Int(const=True), Scope.LOCAL, node
                    )
                    inner.symbol_table.insert(symbol)
                    try:
                        for statement in node.block:
                            self.visit(statement, inner)
                    except _ContinueError:
                        continue
        except _BreakError:
            pass
        return context

    def _rounds(self, node: ast.ForInLoop, context: State) -> Iterable[int]:
        if not isinstance(node.type, ast.IntType | ast.UintType):
            raise_from_node(node, "a loop whose variable is no integer is not read")
        values, kind = self._resolve_generic(node.set_declaration, context, strict=True)
        if isinstance(kind, types.Sequence):
            return values
        if not isinstance(kind, types.Range):
            raise_from_node(node, "a loop over anything but a range or a set is not read")
        if values.start is None or values.stop is None:
            raise_from_node(node, "the range of a loop needs a start and an end")
        if values.step == 0:
            raise_from_node(node, "the range of a loop has step 0")
        rounds = range(values.start, values.stop, values.step or 1)
        if len(rounds) > MAX_INSTRUCTIONS:
            raise_from_node(
                node, f"a loop of {len(rounds):,} rounds; accepted: at most {MAX_INSTRUCTIONS:,}"
            )
        return rounds

    def visit_BreakStatement(self, node: ast.BreakStatement, context: State) -> State:
        """Ends the loop."""
        raise _BreakError

    def visit_ContinueStatement(self, node: ast.ContinueStatement, context: State) -> State:
        """Ends the round."""
        raise _ContinueError

    def _run(self, statements: Sequence[ast.QASMNode], context: State) -> None:
        """Visits the statements of a block, whose names end with it."""
        with LocalScope(context) as inner:
            for statement in statements:
                self.visit(statement, inner)

    def visit_CompoundStatement(self, node: ast.CompoundStatement, context: State) -> State:
        """A block that belongs to no other statement; its names end with it."""
        self._run(node.statements, context)
        return context

    def visit_BranchingStatement(self, node: ast.BranchingStatement, context: State) -> State:
        """Takes the branch of a constant condition."""
        holds = Constants(context).known(node.condition, "an if")
        self._run(node.if_block if holds else node.else_block, context)
        return context

    def visit_WhileLoop(self, node: ast.WhileLoop, context: State) -> State:
        """Runs one round where the condition holds: as values do not change, a `break` ends it."""
        if Constants(context).known(node.while_condition, "a while"):
            with suppress(_ContinueError):
                try:
                    self._run(node.block, context)
                except _BreakError:
                    return context
            raise_from_node(node, "a while that never ends is not accepted")
        return context

    def visit_SwitchStatement(self, node: ast.SwitchStatement, context: State) -> State:
        """Takes the case of a constant."""
        target = Constants(context).known(node.target, "a switch")
        for values, block in node.cases:
            if any(self._resolve_constant_int(value, context) == target for value in values):
                self._run(block.statements, context)
                return context
        if node.default is not None:
            self._run(node.default.statements, context)
        return context
