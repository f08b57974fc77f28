"""Which pairs of qubits a layer entangles: the words for it, and the pairs that each stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from hybhanas.errors import ConfigError, unknown
from hybhanas.registry import Registry

Pairs = tuple[tuple[int, int], ...]

Pattern = Callable[[int], Iterable[tuple[int, int]]]
"""qubits -> (control, target) pairs, in order of application."""

PATTERNS = Registry[Pattern]("architecture.entanglement")
"""The words that take no range."""

PAIR_FILTERS = {"all": slice(None), "odd": slice(0, None, 2), "even": slice(1, None, 2)}
"""The modes of a word with a range, and which of the pairs each keeps; they count from 1."""

_RANGED = re.compile(f"({'|'.join(PAIR_FILTERS)})_([1-9][0-9]*)")


def register_entanglement(word: str, pattern: Pattern) -> None:
    """Makes a word of `entanglement` stand for a pattern, a function of any number of qubits.

    Example:
        >>> def brickwork(qubits):
        ...     return [(q, q + 1) for q in range(0, qubits - 1, 2)]
        >>> register_entanglement("brickwork", brickwork)
        >>> entangled_pairs("brickwork", 4)
        ((0, 1), (2, 3))

    Raises:
        ConfigError: see `hybhanas.registry.Registry.add`; or a word that reads as one with a range.
    """
    if _RANGED.fullmatch(word):
        raise ConfigError(
            f"architecture.entanglement={word} cannot be registered: it is a mode and a range"
        )
    PATTERNS.add(word, pattern)
    entangled_pairs.cache_clear()
    first_word.cache_clear()


@cache
def entangled_pairs(word: str, qubits: int) -> Pairs:
    """The (control, target) pairs of one layer, in order of application.

    Args:
        word: `linear` chains neighbours; `ring` closes the chain; `full` takes every pair;
            `pairwise` takes the even neighbours, then the odd ones (two steps of depth); `star`
            takes qubit 0 with every other; `none` takes no pair; other words may be registered. A
            mode and a range, as in `odd_2`, take each qubit i with qubit i + 2, around the end:
            `all` of these pairs, the `odd` ones (the first, the third, ...) or the `even` ones. A
            range is at most `qubits` - 1, larger ones mean that.
        qubits: the width of the circuit.

    Raises:
        ConfigError: an unknown word, or a registered one whose pairs are none of these qubits.
    """
    if word in PATTERNS:
        pairs = tuple((int(a), int(b)) for a, b in PATTERNS[word](qubits))
        for pair in pairs:
            if pair[0] == pair[1] or not all(0 <= qubit < qubits for qubit in pair):
                raise ConfigError(
                    f"architecture.entanglement={word} gives the pair {pair} on {qubits} qubits: "
                    f"accepted are two different qubits of 0 to {qubits - 1}"
                )
        return pairs
    if ranged := _RANGED.fullmatch(word):
        reach = min(int(ranged[2]), qubits - 1)
        around = [(i, (i + reach) % qubits) for i in range(qubits)]
        return tuple(around[PAIR_FILTERS[ranged[1]]]) if qubits > 1 else ()
    accepted = (*PATTERNS, *(f"{mode}_<range>" for mode in PAIR_FILTERS))
    raise unknown("architecture.entanglement", word, accepted)


@cache
def first_word(word: str, qubits: int) -> str:
    """The word that stands for all words of the same pairs: a pattern if there is one, else the
    mode with the least range.
    """
    pairs = entangled_pairs(word, qubits)
    if not pairs:
        return "none"
    ranged = (f"{mode}_{reach}" for mode in PAIR_FILTERS for reach in range(1, qubits))
    return next(name for name in (*PATTERNS, *ranged) if entangled_pairs(name, qubits) == pairs)


def _linear(qubits: int) -> Pairs:
    return tuple((i, i + 1) for i in range(qubits - 1))


def _ring(qubits: int) -> Pairs:
    return _linear(qubits) + (((qubits - 1, 0),) if qubits > 2 else ())


def _full(qubits: int) -> Pairs:
    return tuple((i, j) for i in range(qubits) for j in range(i + 1, qubits))


def _pairwise(qubits: int) -> Pairs:
    chain = _linear(qubits)
    return chain[::2] + chain[1::2]


def _star(qubits: int) -> Pairs:
    return tuple((0, i) for i in range(1, qubits))


def _none(qubits: int) -> Pairs:
    return ()


for _word, _pattern in (
    ("linear", _linear),
    ("ring", _ring),
    ("full", _full),
    ("pairwise", _pairwise),
    ("star", _star),
    ("none", _none),
):
    PATTERNS.add(_word, _pattern)
