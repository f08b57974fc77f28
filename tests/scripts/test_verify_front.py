"""The table of networks under noise, in small."""

from __future__ import annotations

import pytest

from scripts import verify_front


@pytest.mark.slow
def test_a_row_a_member_and_machine(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(verify_front, "SEARCH", {"population": 4, "generations": 2})
    verify_front.main(["--members", "1", "--samples", "4", "--folder", str(tmp_path)])
    printed = capsys.readouterr().out
    assert printed.count("\n| ibm_brisbane |") == 1
    assert printed.count("\n| ibm_boston |") == 1
    assert "The median of |P / seen - 1| is" in printed
