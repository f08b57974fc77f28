"""The leaderboard in a reduced form: every strategy on a shipped table."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from hybhanas import bench
from scripts import leaderboard as script
from scripts import page
from scripts.compare_searches import Game, compared
from tests.helpers import ROOT
from tests.helpers.benchmarks import SHIPPED


def test_every_strategy_is_on_the_leaderboard_and_finds_most_of_the_front(capsys):
    script.main([
        str(SHIPPED / "digits_small.parquet"), "search.population=8", "--backend", "ibm_fez",
        "--seeds", "2", "--evaluations", "24",
    ])  # fmt: skip
    said = capsys.readouterr().out
    assert (
        "digits on ibm_fez, qpu_time; truth: the mean over seeds 1, 2, 3; searches see seed 1 of"
        in said
    )
    assert "64 architectures, 768 epochs in total" in said
    for name in script.STRATEGIES:
        (to_90,) = re.findall(rf"\| `{re.escape(name)}` \| (\d+) \(", said)
        assert 12 <= int(to_90) <= 24 * 12, "each has 90 % before its evaluations are spent"


MEDIUM = (
    "search.population=20", "search.reference_point.error=0.3",
    "search.reference_point.log10_total_s=7", "search.reference_point.parameters=3000",
    "+search.ideal_point.log10_total_s=4",
)  # fmt: skip


def test_the_model_has_more_of_the_front_than_plain_nsga2_after_200_evaluations():
    table = bench.load(SHIPPED / "digits_medium.parquet")
    game = Game.of(table, "ibm_brisbane", "qpu_time")
    runs = compared(("nsga2", "model", "model search.gain=log"), MEDIUM, game, 1, 200)
    plain, box, log = (of_seeds[0][-1] for of_seeds in runs.values())
    # Medians of 20 seeds are 0.979, 0.996 and 0.994; lower quartiles of the latter 0.994 and 0.991.
    assert plain[0] == log[0] == box[0] == 200 * 30
    assert plain[1] < min(log[1], box[1])
    assert min(log[1], box[1]) > 0.985


def test_a_search_that_sees_the_truth_knows_the_front_of_what_it_trained(capsys):
    table = str(SHIPPED / "iris_small.parquet")
    script.main([table, "--noiseless", "--seeds", "1", "--strategies", "random"])
    assert "truth: the mean over seeds 1, 2, 3; searches see the truth." in capsys.readouterr().out
    noiseless = Game.of(bench.load(Path(table)), "ibm_fez", "qpu_time", noiseless=True)
    assert noiseless.known == noiseless.true


def test_a_table_or_a_backend_that_is_not_there_is_named(capsys, tmp_path):
    for given, named in (
        ([str(tmp_path / "none.parquet")], "none.parquet does not exist"),
        ([str(SHIPPED / "iris_small.parquet"), "--backend", "ibm_fz"], "did you mean ibm_fez"),
    ):
        with pytest.raises(SystemExit):
            script.main(given)
        assert named in capsys.readouterr().err


def test_an_override_of_something_else_than_the_search_is_refused(capsys):
    table = str(SHIPPED / "iris_small.parquet")
    for given in (["trainer.epochs=3"], ["search=nsga2"], ["--strategies", "model dataset=wine"]):
        with pytest.raises(SystemExit):
            script.main([table, *given])
        said = capsys.readouterr().err
        assert f"{given[-1].split()[-1]} is not accepted: overrides are of search. alone" in said


def test_the_page_gets_table_and_picture(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(page, "DOCS", tmp_path)
    marks = "<!-- leaderboard -->\n<!-- /leaderboard -->\n"
    (tmp_path / "benchmark.md").write_text(marks + marks.replace("board", "board_generated"))
    table = str(SHIPPED / "iris_small.parquet")
    for given in (["--page", "leaderboard_generated"], ["--page"]):
        script.main([table, "--seeds", "2", "--strategies", "random", *given])
        assert capsys.readouterr().out.strip() in (tmp_path / "benchmark.md").read_text()
    assert (tmp_path / "pictures" / "leaderboard.png").read_bytes().startswith(b"\x89PNG")
    assert not (tmp_path / "pictures" / "leaderboard_generated.png").exists()
    text = (ROOT / "docs" / "benchmark.md").read_text()
    assert "<!-- leaderboard -->" in text
    assert "<!-- leaderboard_generated -->" in text


@pytest.mark.parametrize("part", ["leaderboard", "leaderboard_generated"])
def test_the_page_says_of_a_table_what_the_table_holds(part, monkeypatch, capsys):
    """Its command with one seed of random search describes the same front and hypervolume."""
    monkeypatch.chdir(ROOT)
    text = (ROOT / "docs" / "benchmark.md").read_text()
    section = text.partition(f"<!-- {part} -->")[2].partition(f"<!-- /{part} -->")[0]
    command = shlex.split(re.findall(r"```bash\n(.*)\n", section)[0])
    given = command[2 : command.index("--strategies")]
    script.main([*given, "--strategies", "random", "--seeds", "1"])
    said = capsys.readouterr().out
    (described,) = re.findall(r"\n(.*; truth: .*)Epochs of training until", said)
    assert described in section
