"""From the bytes of a file to a text without comments whose lines know where they come from."""

from __future__ import annotations

import codecs
import re
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path

from hybhanas.circuit_file.limits import MAX_BYTES, MAX_EXPRESSION, MAX_NESTING
from hybhanas.stored import read_bytes

GZIP = b"\x1f\x8b"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_COMMENT = re.compile(r'"[^"\n]*"|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
INCLUDED = (".inc", ".qasm")
"""Endings of files that a circuit may include: text of OpenQASM, and no one's secrets."""

_INCLUDE = re.compile(r'\binclude\b(?:\s*(?:"([^"\n]*)"|\'([^\'\n]*)\')\s*;)?')


class CircuitFileError(Exception):
    """Why a file holds no circuit that can be read, as one clause; `str` of it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text as parsers take it.

    Args:
        text: without comments, spaces in their place; included files in the places of their
            `include` statements.
        origins: for each line of `text`, the file's name (empty for the first file) and the
            line there, from 1.
    """

    text: str
    origins: tuple[tuple[str, int], ...]

    def where(self, line: int, column: int | None = None) -> str:
        """A place as a person looks for it; `line` counts from 1 in `text`."""
        if not 1 <= line <= len(self.origins):
            return "at its end"
        name, number = self.origins[line - 1]
        place = f"line {number}" if column is None else f"line {number}, column {column}"
        return f"{name}, {place}" if name else place


def unpacked(content: bytes) -> bytes:
    """The bytes of a file, those of a gzip archive decompressed.

    Raises:
        CircuitFileError: a damaged archive, or more than MAX_BYTES.
    """
    if content.startswith(GZIP):
        engine = zlib.decompressobj(wbits=31)
        try:
            content = engine.decompress(content, MAX_BYTES + 1)
        except zlib.error:
            raise CircuitFileError("it is a damaged gzip archive") from None
        if len(content) <= MAX_BYTES and not engine.eof:
            raise CircuitFileError("it is a gzip archive that is cut short")
    if len(content) > MAX_BYTES:
        raise CircuitFileError(f"it has more than {MAX_BYTES:,} bytes")
    return content


def decoded(content: bytes) -> str:
    """A text in UTF-8, in UTF-16 with a byte order mark, or else in Latin-1."""
    encoding = "utf-16" if content.startswith(_UTF16) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def without_comments(text: str) -> str:
    """The text with spaces for comments, so that every line and column stays where it is.

    Raises:
        CircuitFileError: a comment that does not end.
    """

    def blank(found: re.Match[str]) -> str:
        if found[0].startswith("/*") and not (len(found[0]) > 3 and found[0].endswith("*/")):
            line = text.count("\n", 0, found.start()) + 1
            raise CircuitFileError(f"line {line}: a comment is not closed")
        return found[0] if found[0][0] == '"' else re.sub(r"[^\n]", " ", found[0])

    return _COMMENT.sub(blank, text)


def assembled(text: str, folder: Path, libraries: tuple[str, ...]) -> Source:
    """A text with the files that it includes.

    Only files of OpenQASM in `folder` itself can be included, and no links: a stranger's circuit
    reads nothing else.

    Args:
        text: of the first file.
        folder: where included files lie.
        libraries: names that the parser itself knows; their statements stay.

    Raises:
        CircuitFileError: an include that is not accepted, brackets that are nested too deeply, or
            more than MAX_BYTES in all.
    """
    assembler = _Assembler(folder, libraries)
    assembler.add(without_comments(text), ())
    source = Source("\n".join(assembler.lines), tuple(assembler.origins))
    _check_nesting(source)
    return source


class _Assembler:
    """Lines of a text and of what it includes, with their origins."""

    def __init__(self, folder: Path, libraries: tuple[str, ...]):
        self.lines: list[str] = []
        self.origins: list[tuple[str, int]] = []
        self._folder, self._libraries = folder, libraries
        self._size = 0

    def add(self, text: str, within: tuple[str, ...]) -> None:
        """Adds a text; `within`: the names of the files that include it, outermost first."""
        name = within[-1] if within else ""
        self._size += len(text)
        if self._size > MAX_BYTES:
            raise CircuitFileError(f"it has more than {MAX_BYTES:,} bytes with what it includes")
        for number, line in enumerate(text.split("\n"), 1):
            where = f"{name}, line {number}" if name else f"line {number}"
            position = 0
            for found in _INCLUDE.finditer(line):
                wanted = found[1] if found[1] is not None else found[2]
                if wanted is None:
                    raise CircuitFileError(
                        f'{where}: an include is written include "FILE"; in one line'
                    )
                if wanted in self._libraries:
                    continue
                if len(within) >= MAX_NESTING or wanted in within:
                    raise CircuitFileError(f"{where}: {wanted} includes itself")
                self._put(line[position : found.start()], name, number)
                self.add(_beside(wanted, self._folder, where), (*within, wanted))
                position = found.end()
            self._put(" " * position + line[position:], name, number)

    def _put(self, line: str, name: str, number: int) -> None:
        self.lines.append(line)
        self.origins.append((name, number))


def _beside(name: str, folder: Path, where: str) -> str:
    """The text of a file in the folder, if it is a plain file of OpenQASM."""
    if not name.lower().endswith(INCLUDED) or set(name) & set("/\\\0"):
        raise CircuitFileError(
            f"{where}: include {_shortened(name)} is not accepted: the standard library, or a file "
            f"beside the circuit whose name ends in {' or '.join(INCLUDED)}"
        )
    path = folder / name
    try:
        status = path.lstat()
    except (OSError, ValueError):
        raise CircuitFileError(
            f"{where}: include {_shortened(name)}: no such file beside the circuit"
        ) from None
    if not stat.S_ISREG(status.st_mode):
        raise CircuitFileError(f"{where}: include {name} is not accepted: it is not a plain file")
    try:
        text = without_comments(decoded(unpacked(read_bytes(path, MAX_BYTES))))
    except (OSError, ValueError) as error:
        raise CircuitFileError(f"{where}: include {name}: {error}") from None
    except CircuitFileError as error:
        raise CircuitFileError(f"{where}: include {name}: {error}") from None
    return re.sub(r"^(\s*)OPENQASM\s+[\d.]+\s*;", r"\1", text)


def _shortened(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:57]}..."


def _check_nesting(source: Source) -> None:
    """Refuses what a parser that calls itself for each bracket and operator would die of."""
    opened: list[tuple[str, int]] = []
    for found in re.finditer(r"[(){}\[\]\n]", source.text):
        mark = found[0]
        if mark in "([{":
            opened.append((mark, found.start()))
            if len(opened) > MAX_NESTING:
                line = source.text.count("\n", 0, found.start()) + 1
                raise CircuitFileError(
                    f"{source.where(line)}: brackets are nested more than {MAX_NESTING} deep"
                )
        elif mark in ")]}" and opened:
            bracket, start = opened.pop()
            if bracket in "([" and found.start() - start > MAX_EXPRESSION:
                line = source.text.count("\n", 0, start) + 1
                raise CircuitFileError(
                    f"{source.where(line)}: an expression has more than {MAX_EXPRESSION:,} "
                    "characters"
                )
