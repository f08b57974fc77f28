"""No regular expression of the package takes long on any text: all of them are timed."""

from __future__ import annotations

import ast
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import ROOT

Pattern = tuple[str, re.RegexFlag, tuple[str, ...]]

LENGTH, LIMIT_S = 50_000, 1.0
WAYS = {
    "compile": ("match", "fullmatch", "search"),
    "match": ("match",),
    "fullmatch": ("fullmatch",),
}
"""How a pattern is tried; what is not named here searches."""

FUNCTIONS = {"compile", "match", "fullmatch", "search", "sub", "finditer", "findall", "split"}


def patterns(path: Path) -> Iterator[tuple[str, Pattern]]:
    """Where a file calls `re`, and what with; a word stands for what is put into an f-string."""
    for node in ast.walk(ast.parse(path.read_text())):
        called = node.func if isinstance(node, ast.Call) else None
        if (
            isinstance(called, ast.Attribute)
            and isinstance(called.value, ast.Name)
            and (called.value.id, called.attr in FUNCTIONS) == ("re", True)
        ):
            flags = re.NOFLAG
            for argument in (*node.args[1:], *(keyword.value for keyword in node.keywords)):
                for name in re.findall(r"\bre\.([A-Z]+)\b", ast.unparse(argument)):
                    flags |= re.RegexFlag[name]
            ways = WAYS.get(called.attr, ("search",))
            yield f"{path.name}:{node.lineno}", (text_of(node.args[0]), flags, ways)


def text_of(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(v) if isinstance(v, ast.Constant) else "word" for v in node.values)
    return ""  # a variable: its pattern stands elsewhere


def all_patterns() -> dict[str, Pattern]:
    files = sorted((ROOT / "hybhanas").rglob("*.py"))
    return {where: found for path in files for where, found in patterns(path) if found[0]}


def adversarial(pattern: str) -> Iterator[str]:
    """Texts that nearly match: what a pattern names, repeated alone and in pairs, and an end that
    it does not name.
    """
    named = dict.fromkeys(re.findall(r"[A-Za-z]{2,}", pattern))
    marks = dict.fromkeys(re.sub(r"\\[a-zA-Z]|[A-Za-z0-9\\]", "", pattern))
    pieces = [*named, *marks, *' a0_\n"/*', "/*", "*/", "/**/", "//\n", "${", "a=", "a,", "a."]
    pairs = [first + second for first in pieces for second in (" ", "a", "0", "\n", ",")]
    for piece in dict.fromkeys([*pieces, *pairs]):
        for start in ("", *[f"{word} " for word in named][:3]):
            text = start + piece * (LENGTH // len(piece))
            yield text[:LENGTH] + "\0"


@pytest.fixture
def limit():
    """Ends what takes longer; the engine looks for signals while it matches."""

    def over(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, over)
    yield lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.slow
@pytest.mark.parametrize("where", all_patterns())
def test_a_pattern_takes_no_longer_than_a_second_on_any_text(limit, where):
    pattern, flags, ways = all_patterns()[where]
    compiled = re.compile(pattern, flags)
    for text in adversarial(pattern):
        for name in ways:
            limit(LIMIT_S)
            started = time.process_time()
            try:
                getattr(compiled, name)(text)
            except TimeoutError:
                pytest.fail(f"{where}: {name} of {pattern!r} on {text[:40]!r}...")
            finally:
                limit(0)
            assert time.process_time() - started < LIMIT_S


def test_an_exponential_and_a_quadratic_pattern_are_found(limit):
    for pattern in (r"^(?:\s|/\*.*?\*/)*OPENQASM", r"\w+\s*\w+\s*="):
        with pytest.raises(TimeoutError):
            for text in adversarial(pattern):
                limit(LIMIT_S / 4)
                re.compile(pattern, re.DOTALL).search(text)
