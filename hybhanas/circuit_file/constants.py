"""Values of OpenQASM 3 that are known before a circuit runs."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from typing import Any

from openqasm3 import ast
from qiskit.circuit import ParameterExpression
from qiskit_qasm3_import import types
from qiskit_qasm3_import.exceptions import ConversionError, raise_from_node
from qiskit_qasm3_import.expression import ValueResolver

_FUNCTIONS = {
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "arcsin": math.asin, "arccos": math.acos,
    "arctan": math.atan, "exp": math.exp, "log": math.log, "sqrt": math.sqrt,
    "floor": math.floor, "ceiling": math.ceil,
}  # fmt: skip
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge, "&&": lambda a, b: bool(a and b), "||": lambda a, b: bool(a or b),
}  # fmt: skip
_KEYWORDS = {
    "DurationOf": "durationof",
    "SizeOf": "sizeof",
    "ImaginaryLiteral": "a number with im",
    "ComplexType": "a complex number",
}
_NUMBERS = (types.Int, types.Uint, types.Float, types.Angle)
_WHOLE = (types.Int, types.Uint)
_MAX_EXPONENT = 1024


def called(node: ast.QASMNode) -> str:
    """What a part of a text is called where it is refused."""
    kind = type(node).__name__
    if kind in _KEYWORDS:
        return _KEYWORDS[kind]
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", kind).lower()
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


class Constants(ValueResolver):
    """Qiskit's values of expressions, with functions, powers, remainders and comparisons."""

    def known(self, node: ast.Expression, what: str) -> bool | int | float:
        """The value of what a statement decides by.

        Raises:
            ConversionError: only a run can say, or it is no value.
        """
        if self._is_measured(node):
            raise_from_node(
                node,
                f"{what} decides by a measured value, and how long a machine takes for that no "
                "calibration says; accepted: conditions and loops on constants",
            )
        value, kind = self.resolve(node)
        if isinstance(value, bool | int | float) and getattr(kind, "const", False):
            return value
        raise ConversionError(f"{what} decides by something that is not a constant", node)

    def _is_measured(self, node: Any) -> bool:
        if isinstance(node, list | tuple):
            return any(self._is_measured(one) for one in node)
        if isinstance(node, ast.Identifier):
            symbol = self._context.symbol_table.get(node.name, node)
            return isinstance(getattr(symbol, "type", None), types.Bit | types.BitArray)
        return isinstance(node, ast.QuantumMeasurement) or (
            isinstance(node, ast.QASMNode) and self._is_measured(list(vars(node).values()))
        )

    def generic_visit(self, node: ast.QASMNode, context: None = None) -> Any:
        """Names what has no value before a circuit runs."""
        raise ConversionError(f"{called(node)} has no value that is known here", node)

    def visit_FunctionCall(self, node: ast.FunctionCall) -> tuple[Any, Any]:
        """A function of one number."""
        name = node.name.name
        if name in ("mod", "pow") and len(node.arguments) == 2:
            power = ast.BinaryOperator["%" if name == "mod" else "**"]
            call = ast.BinaryExpression(power, *node.arguments)
            call.span = node.span
            return self.visit(call)
        if name not in _FUNCTIONS or len(node.arguments) != 1:
            raise_from_node(node, f"a function {name} of {len(node.arguments)} values is not read")
        value, kind = self.visit(node.arguments[0])
        if not isinstance(kind, _NUMBERS):
            raise_from_node(node, f"{name} takes a number")
        if isinstance(value, ParameterExpression):
            if name == "sqrt":
                return value**0.5, types.Float(const=False)
            if not hasattr(value, name):
                raise_from_node(node, f"{name} of an input is not read")
            return getattr(value, name)(), types.Float(const=False)
        try:
            result = _FUNCTIONS[name](value)
        except (ValueError, OverflowError):
            raise_from_node(node, f"{name} of {value} is no number")
        whole = name in ("floor", "ceiling")
        return result, types.Int(const=True) if whole else types.Float(const=True)

    def visit_Cast(self, node: ast.Cast) -> tuple[Any, Any]:
        """A value as another type."""
        value, kind = self.visit(node.argument)
        return converted(value, kind, node)

    def visit_UnaryExpression(self, node: ast.UnaryExpression) -> tuple[Any, Any]:
        """Signs, and `!` of what is known."""
        value, kind = self.visit(node.expression)
        if node.op is ast.UnaryOperator["!"] and isinstance(value, bool | int):
            return not value, types.Bool(const=True)
        if node.op is ast.UnaryOperator["-"] and isinstance(kind, _NUMBERS):
            return -value, types.Int(kind.const) if isinstance(kind, types.Uint) else kind
        raise ConversionError(f"the operator {node.op.name} is not read of this value", node)

    def visit_BinaryExpression(self, node: ast.BinaryExpression) -> tuple[Any, Any]:
        """Arithmetic, and comparisons of what is known."""
        name = node.op.name
        if name in ("+", "-", "*", "/"):
            try:
                return super().visit_BinaryExpression(node)
            except ZeroDivisionError:
                raise ConversionError("division by zero", node) from None
        left, left_kind = self.visit(node.lhs)
        right, right_kind = self.visit(node.rhs)
        if name in _COMPARISONS and _are_known(left, right):
            return _COMPARISONS[name](left, right), types.Bool(const=True)
        if name == "%" and _are_known(left, right):
            if right == 0:
                raise_from_node(node, "division by zero")
            return left % right, left_kind
        if name == "**" and isinstance(left_kind, _NUMBERS) and isinstance(right_kind, _NUMBERS):
            return _power(left, left_kind, right, right_kind, node)
        raise ConversionError(f"the operator {name} is not read of these values", node)


def _power(left: Any, left_kind: Any, right: Any, right_kind: Any, node: Any) -> tuple[Any, Any]:
    if isinstance(right, ParameterExpression) or abs(right) > _MAX_EXPONENT:
        raise_from_node(node, f"an exponent of {right} is not accepted")
    const = left_kind.const and right_kind.const
    if isinstance(left, ParameterExpression):
        return left**right, types.Float(const)
    if isinstance(left_kind, _WHOLE) and isinstance(right_kind, _WHOLE) and right >= 0:
        if left.bit_length() * right > _MAX_EXPONENT:
            raise_from_node(node, f"{left} ** {right} is too large")
        return left**right, types.Int(const)
    if (left < 0 and right != int(right)) or (left == 0 and right < 0):
        raise_from_node(node, f"{left} ** {right} is no number")
    return float(left) ** right, types.Float(const)


def _are_known(*values: Any) -> bool:
    return all(isinstance(value, bool | int | float) for value in values)


def converted(value: Any, kind: types.Type, node: Any) -> tuple[Any, types.Type]:
    """A value as the type that a declaration or a cast names."""
    found = _as_type(value, kind, node.type)
    if found is not None:
        return found
    name = type(node.type).__name__.removesuffix("Type").lower()
    raise ConversionError(f"a variable of type {name} with this value is not read", node)


def _as_type(value: Any, kind: types.Type, wanted: Any) -> tuple[Any, types.Type] | None:
    if isinstance(wanted, ast.DurationType) and isinstance(kind, types.Duration):
        return value, kind
    if isinstance(value, ParameterExpression) and isinstance(wanted, ast.FloatType | ast.AngleType):
        return value, types.Float(const=False)
    if isinstance(value, bool | int | float):
        if isinstance(wanted, ast.IntType | ast.UintType) and math.isfinite(value):
            return int(value), types.Int(const=True)
        if isinstance(wanted, ast.FloatType | ast.AngleType):
            return float(value), types.Float(const=True)
        if isinstance(wanted, ast.BoolType | ast.BitType):
            return bool(value), types.Bool(const=True)
    return None
