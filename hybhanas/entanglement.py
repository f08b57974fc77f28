"""Which pairs of qubits a layer entangles: the words for it, and the pairs that each stands for."""

from __future__ import annotations

import re
from functools import cache

from hybhanas.errors import unknown

PATTERNS = ("linear", "ring", "full", "pairwise", "star", "none")
"""The words that take no range."""

KEPT = {"all": slice(None), "odd": slice(0, None, 2), "even": slice(1, None, 2)}
"""The modes of a word with a range, and what each keeps of the pairs; they count from 1."""


@cache
def entangled_pairs(word: str, qubits: int) -> tuple[tuple[int, int], ...]:
    """The (control, target) pairs of one layer, in order of application.

    Args:
        word: `linear` chains neighbours; `ring` closes the chain; `full` takes every pair;
            `pairwise` takes the even neighbours, then the odd ones (two steps of depth); `star`
            takes qubit 0 with every other; `none` takes no pair. A mode and a range, as in
            `odd_2`, take each qubit i with qubit i + 2, around the end: `all` of these pairs, the
            `odd` ones (the first, the third, ...) or the `even` ones. A range is at most
            `qubits` - 1, larger ones mean that.
        qubits: the width of the circuit.

    Raises:
        ConfigError: an unknown word.
    """
    chain = [(i, i + 1) for i in range(qubits - 1)]
    if word == "linear":
        pairs = chain
    elif word == "ring":
        pairs = chain + ([(qubits - 1, 0)] if qubits > 2 else [])
    elif word == "full":
        pairs = [(i, j) for i in range(qubits) for j in range(i + 1, qubits)]
    elif word == "pairwise":
        pairs = chain[::2] + chain[1::2]
    elif word == "star":
        pairs = [(0, i) for i in range(1, qubits)]
    elif word == "none":
        pairs = []
    elif ranged := re.fullmatch(f"({'|'.join(KEPT)})_([1-9][0-9]*)", word):
        reach = min(int(ranged[2]), qubits - 1)
        around = [(i, (i + reach) % qubits) for i in range(qubits)]
        pairs = around[KEPT[ranged[1]]] if qubits > 1 else []
    else:
        accepted = (*PATTERNS, *(f"{mode}_<range>" for mode in KEPT))
        raise unknown("architecture.entanglement", word, accepted)
    return tuple(pairs)


@cache
def first_word(word: str, qubits: int) -> str:
    """The word that stands for all words of the same pairs: a pattern if there is one, else the
    mode with the least range.
    """
    pairs = entangled_pairs(word, qubits)
    if not pairs:
        return "none"
    ranged = (f"{mode}_{reach}" for mode in KEPT for reach in range(1, qubits))
    return next(name for name in (*PATTERNS, *ranged) if entangled_pairs(name, qubits) == pairs)
