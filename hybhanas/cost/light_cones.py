"""Which rotations of a circuit an expectation value depends on.

All Clifford gates are moved to the end of the circuit, past the rotations, whose generators become
other Pauli strings. What is left is a product of exp(-i angle/2 P) on |0...0>, and an observable
that is a Pauli string O as well. Going back from O, its string can only become a product of O and
of generators that did not commute with it. So the rotations that it depends on, its light cone, are
those that anticommute with O or with a later rotation of the cone. Signs do not matter to that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import or_, xor

import numpy as np

from hybhanas.cost.generators import Clifford, Rows, Step, Turn, is_free

BLOCK = 2048
"""Strings whose commutation with all others is found at once; bounds the memory."""


@dataclass(frozen=True, slots=True)
class Element:
    """A rotation, a fixed gate that is no Clifford gate, or a measurement, at the circuit's start.

    Args:
        strings: of its generator, or of its matrix.
        step: the position of its instruction in `hybhanas.cost.generators.steps`.
        part: its position among the parts of that instruction.
        frequencies: of its angle.
    """

    strings: tuple[int, ...]
    step: int
    part: int
    frequencies: tuple[float, ...]


class Frame:
    """X and Z of each qubit as the strings at the circuit's start that they were, without signs.

    A string is an integer: bit q is X of qubit q, bit q + width its Z.
    """

    def __init__(self, width: int):
        self.width = width
        self._rows = [1 << q + width * z for q in range(width) for z in (0, 1)]

    def string(self, rows: Rows, at: Sequence[int]) -> int:
        """A string on the qubits `at`, as it was at the start."""
        total = 0
        for row in rows:
            total ^= self._rows[2 * at[row >> 1] + (row & 1)]
        return total

    def apply(self, gate: Clifford, at: Sequence[int]) -> None:
        """Moves past a Clifford gate."""
        new = [self.string(image, at) for image in gate.images]
        for row, string in enumerate(new):
            self._rows[2 * at[row >> 1] + (row & 1)] = string

    def quarter_turn(self, string: int) -> None:
        """Moves past a rotation about `string` by an odd multiple of pi/2."""
        self._rows = [
            row ^ string if anticommute(row, string, self.width) else row for row in self._rows
        ]


def anticommute(one: int, other: int, width: int) -> bool:
    """Whether two strings anticommute."""
    return bool(((one >> width & other) ^ (other >> width & one)).bit_count() & 1)


@dataclass(frozen=True, slots=True)
class Unrolled:
    """A circuit with its Clifford gates moved to its end.

    Args:
        elements: in order.
        bits: of each measured classical bit the string of its Z, and how many elements precede.
        width: qubits.
        before: of each element a mask of the earlier ones that it anticommutes with.
        direct: of each classical bit a mask of the elements that anticommute with its Z.
        several: a mask of the elements with several strings.
    """

    elements: tuple[Element, ...]
    bits: dict[int, tuple[int, int]]
    width: int
    before: tuple[int, ...]
    direct: dict[int, int]
    several: int

    def cone(self, product: Collection[int]) -> int:
        """A mask of the elements that a product of Z depends on, given by its classical bits.

        A string anticommutes with a product if it does so with an odd number of factors. Of several
        strings some may, wherever one anticommutes with a factor.
        """
        direct = [self.direct[bit] for bit in product]
        cone, waiting = 0, reduce(xor, direct) | self.several & reduce(or_, direct)
        while waiting:
            last = waiting.bit_length() - 1
            cone |= 1 << last
            waiting = waiting ^ 1 << last | self.before[last]
        return cone

    def support(self, bit: int, cone: int) -> int:
        """The qubits, a bit each, that a classical bit's Z and its cone act on at the start."""
        total = self.bits[bit][0]
        for j in ones(cone):
            for string in self.elements[j].strings:
                total |= string
        return (total | total >> self.width) & (1 << self.width) - 1


def unroll(steps: Iterable[Step], width: int) -> Unrolled:
    """Moves the Clifford gates of a circuit on `width` qubits to its end.

    Rotations that only give |0...0> a phase are in no cone.
    """
    frame = Frame(width)
    elements: list[Element] = []
    bits: dict[int, tuple[int, int]] = {}
    for index, step in enumerate(steps):
        if isinstance(step.action, Clifford):
            frame.apply(step.action, step.qubits)
            continue
        if step.clbit is not None:
            bits[step.clbit] = frame.string((1,), step.qubits), len(elements)
        for place, part in enumerate(step.action.parts):
            strings = tuple(frame.string(rows, step.qubits) for rows in part.paulis)
            turns = _quarter_turns(step, part)
            if turns is None and strings:
                elements.append(Element(strings, index, place, part.frequencies))
            elif turns is not None and turns % 2:
                frame.quarter_turn(strings[0])
    order = sorted(bits)
    rows = [e.strings for e in elements] + [(bits[bit][0],) for bit in order]
    masks = _anticommuting(rows, width)
    before = _before(elements, masks, width)
    live = sum(1 << j for j, mask in enumerate(before) if mask is not None)
    direct = {
        bit: masks[len(elements) + i] & live & (1 << bits[bit][1]) - 1
        for i, bit in enumerate(order)
    }
    several = sum(1 << j for j, element in enumerate(elements) if len(element.strings) > 1)
    return Unrolled(
        tuple(elements), bits, width, tuple(mask or 0 for mask in before), direct, several
    )


def ones(mask: int) -> Iterator[int]:
    """The positions of a mask's ones, from 0 on."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _quarter_turns(step: Step, part: Turn) -> int | None:
    """How many times pi/2 a Pauli rotation turns by; None of anything else."""
    if step.angle is None or is_free(step.angle) or len(part.paulis) != 1:
        return None
    turns = float(step.angle) * part.frequencies[0] / (np.pi / 2)
    return round(turns) if abs(turns - round(turns)) < 1e-9 else None


def _before(elements: Sequence[Element], masks: Sequence[int], width: int) -> list[int | None]:
    """Of each element the earlier ones that it anticommutes with; None of one without effect.

    Strings of Z leave |0...0> as it is, and nothing before that matters is in their way.
    """
    x = (1 << width) - 1
    live = 0
    before: list[int | None] = []
    for j, element in enumerate(elements):
        earlier = masks[j] & live
        if not earlier and not any(string & x for string in element.strings):
            before.append(None)
        else:
            live |= 1 << j
            before.append(earlier)
    return before


def _anticommuting(rows: Sequence[tuple[int, ...]], width: int) -> list[int]:
    """For each group of strings a mask of the groups some of whose strings anticommute with one."""
    strings = [string for group in rows for string in group]
    if not strings:
        return []
    size = (2 * width + 7) // 8
    raw = b"".join([string.to_bytes(size, "little") for string in strings])
    packed = np.frombuffer(raw, np.uint8).reshape(len(strings), size)
    bits = np.unpackbits(packed, axis=1, bitorder="little")[:, : 2 * width].astype(np.float32)
    crossed = np.concatenate([bits[:, width:], bits[:, :width]], axis=1)
    counts = [len(group) for group in rows]
    starts = np.cumsum([0, *counts[:-1]])
    masks: list[int] = []
    for first in range(0, len(strings), BLOCK):
        odd = (bits[first : first + BLOCK] @ crossed.T) % 2 > 0
        if len(strings) > len(rows):
            odd = np.logical_or.reduceat(odd, starts, axis=1)
        packed = np.packbits(odd, axis=1, bitorder="little")
        masks += [int.from_bytes(row.tobytes(), "little") for row in packed]
    one_by_one = iter(masks)
    return [reduce(or_, islice(one_by_one, count)) for count in counts]
