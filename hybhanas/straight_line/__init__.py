"""Any Qiskit circuit as the straight line of instructions that a machine runs."""

from hybhanas.straight_line.line import StraightLine, straight_line
from hybhanas.straight_line.observables import Products, measured_lines

__all__ = ["Products", "StraightLine", "measured_lines", "straight_line"]
