"""Reading back: plain files alone, bounded, strict JSON, and the types that a class declares."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from hybhanas.stored import checked, read_bytes, read_json


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "file.json"
    path.write_text('{"a": 1}')
    return path


def test_a_plain_file_is_read(path):
    assert read_json(path) == {"a": 1}


@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe", "folder", "socket"])
def test_what_is_no_plain_file_is_refused_at_once(path, tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    other = tmp_path / "other"
    if kind == "link":
        other.symlink_to(path)
    elif kind == "dangling link":
        other.symlink_to("nowhere")
    elif kind == "pipe":
        os.mkfifo(other)
    elif kind == "folder":
        other.mkdir()
    else:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind("other")
    with pytest.raises(ValueError, match="other is (a link|not a plain file)"):
        read_bytes(other)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(path):
    os.truncate(path, 2**40)  # a hole: it takes no room
    with pytest.raises(ValueError, match="has more than 50,000,000 bytes"):
        read_bytes(path)


def test_a_missing_file_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "none")


def test_another_users_file_is_refused_where_only_own_ones_are_read(path, monkeypatch):
    assert read_bytes(path, only_own=True)
    if os.geteuid() == 0:
        os.chown(path, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(ValueError, match="is another user's"):
        read_bytes(path, only_own=True)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[1,]",
        '{"a": NaN}',
        "-Infinity",
        "[" * 100_000,
        "\xff\xfe",
        '{"a": 1e}',
        "9" * 9999,
    ],
)
def test_what_is_no_strict_json_is_a_value_error(path, content):
    path.write_text(content)
    with pytest.raises(ValueError, match=r".+"):
        read_json(path)


@dataclass
class Inner:
    number: int


@dataclass
class Outer:
    count: int
    share: float
    word: str
    flag: bool
    inner: Inner
    rows: Sequence[int]
    by_name: Mapping[str, float]
    maybe: int | None = None


GOOD = {
    "count": 1, "share": 0.5, "word": "a", "flag": True, "inner": {"number": 1}, "rows": [1, 2],
    "by_name": {"a": 1},
}  # fmt: skip


def test_the_fields_of_a_dataclass_in_their_types_are_accepted():
    assert checked(Outer, GOOD) is GOOD
    assert checked(Outer, GOOD | {"maybe": None, "share": 1})
    assert checked(Outer, json.loads(json.dumps(GOOD | {"maybe": 3})))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": True}, "count is True"),
        ({"count": 1.0}, "count is 1.0"),
        ({"count": None}, "count is None"),
        ({"share": float("inf")}, "share is inf"),
        ({"share": False}, "share is False"),
        ({"word": ["a"]}, "word is "),
        ({"flag": 1}, "flag is 1"),
        ({"inner": [1]}, "inner is "),
        ({"rows": [1, "x"]}, "rows is "),
        ({"rows": "12"}, "rows is '12'"),
        ({"by_name": {"a": "x"}}, "by_name is "),
        ({"maybe": "x" * 10_000}, r"maybe is 'x{56}\.\.\."),
        ({"more": 1}, "'more' is no field of a Outer"),
    ],
)
def test_the_first_field_that_is_wrong_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        checked(Outer, GOOD | change)


def test_a_missing_field_is_named_and_something_else_is_refused():
    with pytest.raises(ValueError, match="share is missing"):
        checked(Outer, {name: value for name, value in GOOD.items() if name != "share"})
    with pytest.raises(ValueError, match=r"\[1\] stands where there should be a Outer"):
        checked(Outer, [1])
