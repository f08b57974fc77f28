"""Small damage to texts, bytes, JSON and folders, from a seeded generator."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

TOKENS = (
    "/*", "*/", "//", '"', "'", "\0", "\\", ";", "{", "}", "(", ")", "[", "]", "=", ",", "$0",
    "${x}", "1e999", "-1", "0", "99999999999999999999", "1/0", "pi", "qreg q[4294967295];",
    "qubit[1000000] r;", "u0(1e18) q[0];", 'include "/etc/passwd";', "gate", "opaque", "if",
    "for", "measure", "barrier", "reset", "ctrl @", "inv @", "pow(1e9) @", "delay[1s]",
    "\n" * 2000, "(" * 500, "\u202e", "\ud800", "🙂", "OPENQASM 9;", "OPENQASM 2.0;",
)  # fmt: skip

NONSENSE: tuple[Any, ...] = (
    None, True, -1, 0, 10**30, -0.5, 1e308, float("inf"), float("nan"), "", "x", "../../etc", [],
    [[]], {}, {"_target_": "os.system"}, "${oc.env:HOME}", [0] * 2000, "x" * 3000,
)  # fmt: skip


def text(rng: random.Random, content: str) -> str:
    """A text with one to four things wrong, mostly one."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        lines = content.split("\n")
        at, line = rng.randrange(len(content) + 1), rng.randrange(len(lines))
        content = rng.choice(
            (
                lambda at=at, c=content: c[:at] + rng.choice(TOKENS) + c[at:],
                lambda at=at, c=content: c[:at] + c[at + rng.randint(1, 12) :],
                lambda at=at, c=content: c[:at],
                lambda at=at, c=content: c[at:] + c[:at],
                lambda i=line, ls=lines: "\n".join([*ls[:i], *ls[i + 1 :]]),
                lambda i=line, ls=lines: "\n".join([*ls[:i], ls[i], *ls[i:]]),
                lambda i=line, ls=lines: "\n".join([*ls[i:], *ls[:i]]),
            )
        )()
    return content


def data(rng: random.Random, content: bytes) -> bytes:
    """Bytes of which some are changed, cut off, doubled or gone."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        at = rng.randrange(len(changed) + 1)
        kind = rng.randrange(5)
        if kind == 0 and at < len(changed):
            changed[at] = rng.randrange(256)
        elif kind == 1:
            changed[at : at + 8] = rng.choice((b"\xff" * 8, b"\0" * 8, b"\x7f" + b"\xff" * 7))
        elif kind == 2 and rng.random() < 0.2:
            del changed[at:]
        elif kind == 3:
            del changed[at : at + rng.randint(1, 40)]
        else:
            changed[at:at] = changed[at : at + rng.randint(1, 40)]
    return bytes(changed)


def value(rng: random.Random, plain: Any) -> Any:
    """JSON types with one to three of their values exchanged, removed or added."""
    plain = json.loads(json.dumps(plain))
    for _ in range(rng.randint(1, 3)):
        parent = plain
        while True:
            keys = [*parent] if isinstance(parent, dict) else [*range(len(parent))]
            if not keys:
                break
            key = rng.choice(keys)
            if isinstance(parent[key], dict | list) and rng.random() < 0.8:
                parent = parent[key]
                continue
            if rng.random() < 0.2:
                del parent[key]
            else:
                parent[key] = rng.choice(NONSENSE)
            break
        if isinstance(parent, dict) and rng.random() < 0.1:
            parent["more"] = rng.choice(NONSENSE)
    return plain


def folder(rng: random.Random, path: Path) -> str:
    """A folder of which one file is damaged; what was done to which."""
    chosen = rng.choice(sorted(p for p in path.rglob("*") if p.is_file()))
    content = chosen.read_bytes()
    kinds: dict[str, Callable[[], object]] = {
        "cut": lambda: chosen.write_bytes(content[: rng.randrange(len(content) + 1)]),
        "bytes": lambda: chosen.write_bytes(data(rng, content)),
        "gone": chosen.unlink,
        "a link": lambda: (chosen.unlink(), chosen.symlink_to("/etc/passwd")),
        "a pipe": lambda: (chosen.unlink(), os.mkfifo(chosen)),
        "a folder": lambda: (chosen.unlink(), chosen.mkdir()),
        "a pickle": lambda: chosen.write_bytes(b"\x80\x04cos\nsystem\n(S'touch executed'\ntR."),
        "deep": lambda: chosen.write_bytes(b"[" * 100_000),
        "text": lambda: chosen.write_text(text(rng, content.decode("latin-1")), errors="replace"),
        "another's": lambda: shutil.copy(rng.choice([*path.glob("records/*.json")]), chosen),
    }  # fmt: skip
    if chosen.suffix == ".json":
        for name in ("json", "values", "nonsense"):
            kinds[name] = lambda: chosen.write_text(json.dumps(value(rng, json.loads(content))))
    kind = rng.choice(sorted(kinds))
    with contextlib.suppress(shutil.SameFileError):
        kinds[kind]()
    return f"{chosen.relative_to(path)}: {kind}"
