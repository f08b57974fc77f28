"""What the `include` statements of a circuit's text reach, and what they do not."""

from __future__ import annotations

import pytest

from hybhanas.circuit_file import read_circuit
from hybhanas.circuit_file.limits import MAX_BYTES
from hybhanas.errors import ConfigError
from tests.helpers.openqasm import PAIR2, PAIR3


@pytest.mark.parametrize(
    "name", [".env", "", ".", "/etc/passwd", "../x.inc", "../circuits/x.inc", "x" * 5000]
)
def test_only_a_file_of_openqasm_beside_the_circuit_is_included(tmp_path, name):
    path = tmp_path / "circuits" / "file"
    path.parent.mkdir()
    for secret in (tmp_path / "x.inc", path.parent / "x.inc", path.parent / ".env"):
        secret.write_text("sk_live_TOPSECRET a;")
    for head in (PAIR2, PAIR3):
        path.write_text(head + f'include "{name}";')
        with pytest.raises(ConfigError, match="whose name ends in .inc or .qasm") as said:
            read_circuit(path)
        assert len(str(said.value)) < 500
        assert "SECRET" not in str(said.value)


def test_an_included_file_is_found_beside_the_circuit_and_named_in_errors(tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    path, own = tmp_path / "file", tmp_path / "own.inc"
    path.write_text(PAIR2 + 'include "no.inc";')
    with pytest.raises(
        ConfigError, match="line 5: include no.inc: no such file beside the circuit"
    ):
        read_circuit(path)
    text = PAIR2 + 'include "own.inc";\nmine q[0];\nbroken q[0];'
    own.write_text("// mine\ngate mine a { h a; }\ngate broken a { no a; }")
    path.write_text(text)
    with pytest.raises(ConfigError, match="own.inc, line 3, column 17: 'no' is not defined"):
        read_circuit(path)
    own.write_text("OPENQASM 2.0;\ngate mine a { h a; }\ngate broken a { s a; }")
    assert read_circuit(path).count_ops() == {"mine": 1, "broken": 1}
    path.write_text(PAIR3 + 'include "own.inc";\nmine q[0];')
    own.write_text("gate mine a { h a; }")
    assert read_circuit(path).count_ops() == {"mine": 1}


@pytest.mark.parametrize("kind", ["link", "folder", "cycle", "bomb"])
def test_no_include_reaches_further(tmp_path, kind):
    path, own = tmp_path / "file", tmp_path / "own.inc"
    path.write_text(PAIR2 + 'include "own.inc";')
    if kind == "link":
        own.symlink_to("/etc/hostname")
        message = "is not a plain file"
    elif kind == "folder":
        own.mkdir()
        message = "is not a plain file"
    elif kind == "cycle":
        own.write_text('include "own.inc";')
        message = "own.inc includes itself"
    else:
        own.write_text('include "a0.inc";')
        for i in range(30):
            (tmp_path / f"a{i}.inc").write_text(f'include "a{i + 1}.inc";\n' * 20)
        (tmp_path / "a30.inc").write_text(" " * 10_000)
        message = f"more than {MAX_BYTES:,} bytes"
    with pytest.raises(ConfigError, match=message):
        read_circuit(path)
