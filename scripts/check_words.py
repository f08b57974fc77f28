"""Finds words in code, comments, settings and pages for which the field has its own terms.

    python scripts/check_words.py             # all of the repository
    python scripts/check_words.py README.md   # one file

`words.txt` lists what to avoid and what to write instead. Exits 1 if anything is found.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
WORDS = Path(__file__).with_name("words.txt")
SEARCHED = (
    "*.md", "*.py", "*.toml", "Makefile", "conf/**/*.yaml", "docs/**/*.md", "docs/*.py",
    "examples/**/*", "hybhanas/**/*.py", "outputs/README.md", "scripts/**/*.py", "scripts/*.sh",
    "tests/**/*.py",
)  # fmt: skip
SELF = ("scripts/check_words.py", "tests/scripts/test_check_words.py")
"""These hold the words as examples."""


@dataclass(frozen=True, slots=True)
class Word:
    """A pattern to avoid.

    Args:
        pattern: matches it.
        better: the field's term.
        in_names: whether only identifiers of Python are searched, which it must match in full.
    """

    pattern: re.Pattern[str]
    better: str
    in_names: bool


def read(path: Path = WORDS) -> list[Word]:
    """The words of a list.

    Raises:
        ValueError: a line is not `pattern -> better`.
    """
    words = []
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        pattern, arrow, better = line.partition(" -> ")
        if not arrow:
            raise ValueError(f"{path}: {line!r} is not `pattern -> better`")
        in_names = pattern.startswith("name: ")
        text = pattern.removeprefix("name: ").strip()
        if not in_names:
            text = text.replace(" ", r"[\s_#>]+")
            text = rf"(?<![a-z])(?:{text})(?![a-z])"
        words.append(Word(re.compile(text, 0 if in_names else re.IGNORECASE), better, in_names))
    return words


def found(name: str, text: str, words: Sequence[Word]) -> Iterator[tuple[int, str, str]]:
    """Line, word and better term of each occurrence in a file's text."""
    for word in words:
        if not word.in_names:
            for match in word.pattern.finditer(text):
                yield text.count("\n", 0, match.start()) + 1, match[0], word.better
    if name.endswith(".py"):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NAME:
                for word in words:
                    if word.in_names and word.pattern.fullmatch(token.string):
                        yield token.start[0], token.string, word.better


def main() -> None:
    """See above."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="all of the repository by default")
    files = parser.parse_args().files or sorted({p for g in SEARCHED for p in ROOT.glob(g)})
    words, count = read(), 0
    for path in files:
        path = path.resolve()
        name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
        if name in SELF or not path.is_file():
            continue
        for line, word, better in sorted(found(name, path.read_text(), words)):
            print(f"{name}:{line}: {' '.join(word.split())} -> {better}")
            count += 1
    sys.exit(1 if count else 0)


if __name__ == "__main__":
    main()
