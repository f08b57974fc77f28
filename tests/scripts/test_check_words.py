"""The check of words: it names the place and the better term, and leaves ordinary text alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scripts.check_words import WORDS, found, read
from tests.helpers import ROOT

PYTHON = '''"""A search goes
on from its records, which is dearer."""
there = [2, 0, 1]
seats_at_work = 3  # there are workers
'''


def test_words_are_found_across_lines_in_identifiers_and_as_names():
    places = {(line, " ".join(word.split())) for line, word, _ in found("a.py", PYTHON, read())}
    assert places == {(1, "goes on from"), (2, "dearer"), (3, "there"), (4, "at_work")}


def test_a_name_of_python_is_an_ordinary_word_on_a_page():
    assert not list(found("a.md", "There and back: met twice, said and told.", read()))


def test_no_recommended_term_is_on_the_list_itself():
    for word in read():
        assert not list(found("a.md", word.better, read())), word.better


def test_a_line_without_an_arrow_is_refused(tmp_path):
    (tmp_path / "words.txt").write_text("dear expensive\n")
    with pytest.raises(ValueError, match="is not `pattern -> better`"):
        read(tmp_path / "words.txt")


def test_the_command_names_file_and_line_and_exits_with_1(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("fine\n\nToo dear to train.\n")
    command = [sys.executable, ROOT / "scripts" / "check_words.py", page]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 1
    assert outcome.stdout == f"{page}:3: dear -> expensive\n"
    page.write_text("Too expensive to train.\n")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert WORDS.is_file()
