"""The leaderboard in a reduced form: every strategy on a shipped table."""

from __future__ import annotations

import re

import pytest

from scripts import leaderboard as script
from scripts import page
from tests.helpers import ROOT
from tests.helpers.benchmarks import SHIPPED


def test_every_strategy_is_on_the_leaderboard_and_finds_most_of_the_front(capsys):
    script.main([
        str(SHIPPED / "digits_small.parquet"), "search.population=8", "--backend", "ibm_fez",
        "--seeds", "2", "--evaluations", "24",
    ])  # fmt: skip
    said = capsys.readouterr().out
    assert "digits on ibm_fez, qpu_time; truth: the mean over seeds 1, 2, 3, of which" in said
    assert "64 architectures, 768 epochs in total" in said
    for name in script.STRATEGIES:
        (to_90,) = re.findall(rf"\| `{name}` \| (\d+) \(", said)
        assert 12 <= int(to_90) <= 24 * 12, "each has 90 % before its evaluations are spent"


def test_a_table_or_a_backend_that_is_not_there_is_named(capsys, tmp_path):
    for given, named in (
        ([str(tmp_path / "none.parquet")], "none.parquet does not exist"),
        ([str(SHIPPED / "iris_small.parquet"), "--backend", "ibm_fz"], "did you mean ibm_fez"),
    ):
        with pytest.raises(SystemExit):
            script.main(given)
        assert named in capsys.readouterr().err


def test_the_page_gets_table_and_picture(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(page, "DOCS", tmp_path)
    (tmp_path / "benchmark.md").write_text("<!-- leaderboard -->\n<!-- /leaderboard -->\n")
    table = str(SHIPPED / "iris_small.parquet")
    script.main([table, "--seeds", "2", "--strategies", "random", "--page"])
    assert capsys.readouterr().out.strip() in (tmp_path / "benchmark.md").read_text()
    assert (tmp_path / "leaderboard.png").read_bytes().startswith(b"\x89PNG")
    assert "<!-- leaderboard -->" in (ROOT / "docs" / "benchmark.md").read_text()
