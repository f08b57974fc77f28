"""What a circuit file may ask for, so that no file keeps a computer busy for hours."""

from __future__ import annotations

MAX_BYTES = 20_000_000
"""Of a file, with its includes, and unpacked."""

MAX_BYTES_OPENQASM3 = 1_000_000
"""Of an OpenQASM 3 text, whose parser takes a minute for so many."""

MAX_QUBITS = 5_000
"""That a file may declare."""

MAX_BITS = 100_000
"""Classical ones that a file may declare."""

MAX_NESTING = 64
"""Of brackets, of includes, and of gates that are defined by other gates."""

MAX_EXPRESSION = 4_000
"""Characters between a pair of parentheses: parsers descend once for each operator."""

MAX_CONTROLS = 16
"""That `ctrl @` may add to a gate."""

MAX_CONTROLLED = 25_000
"""Instructions in all of the gates under `ctrl` and `pow`, which take long to write out."""
