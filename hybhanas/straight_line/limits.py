"""How much of a circuit is costed at most."""

from __future__ import annotations

MAX_INSTRUCTIONS = 100_000
"""After loops are unrolled and gates expanded."""

MAX_PARAMETERS = 20_000
"""Free ones."""

MAX_NESTING = 64
"""Of loops, boxes, and gates that are defined by other gates."""

MAX_DELAY_S = 1.0
"""Of one delay: a thousand times what a superconducting qubit lives."""

MAX_UNITARY_QUBITS = 8
"""Of a gate given by its matrix, which takes 4^n gates."""

MAX_STATE_QUBITS = 12
"""Of a state given by its amplitudes, which takes 2^n gates."""
