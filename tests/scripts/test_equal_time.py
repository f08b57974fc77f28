"""A strategy and random search at equal time: tiny searches, and the table by hand."""

from __future__ import annotations

import math

import pytest

from scripts.equal_time import Compared, Outcome, main, report, searched

TINY = (
    "dataset=iris", "search_space=small", "trainer.epochs=1", "search.population=4",
    "search.generations=2", "seed=1",
)  # fmt: skip


def test_a_search_ends_with_the_generation_in_which_its_time_runs_out():
    """This process has taken some CPU time already, so that one generation is enough."""
    first = searched([*TINY, "search=random"], 0.001)
    both = searched([*TINY, "search=random"], math.inf)
    assert (first.evaluations, both.evaluations) == (4, 8)
    assert first.hypervolume <= both.hypervolume
    assert 0 < first.cpu_s < both.cpu_s


def test_the_table_says_medians_and_leads_with_the_same_seed():
    """Leads of 0.01, 0.03 and 0.05, of medians 0.62 and 0.59."""
    found = [
        Compared(seed, Outcome(120, 60.0, other), Outcome(140, 61.6, random))
        for seed, other, random in ((1, 0.61, 0.60), (2, 0.62, 0.59), (3, 0.63, 0.58))
    ]
    text = report("nsga2", found)
    assert "| seed | `nsga2` | networks | CPU s | `random` | its networks |" in text
    assert "| 1 | 0.6100 | 120 | 60 | 0.6000 | 140 | 62 | +0.0100 |" in text
    assert "`nsga2` 0.6200 (median; quartiles 0.6150 to 0.6250; mean 0.6200, standard" in text
    assert "The medians differ by +0.0300." in text
    assert "same seed is +0.0300 (median; quartiles +0.0200 to +0.0400; mean +0.0300, stan" in text


@pytest.mark.parametrize("given", [("--seeds", "1"), ("--jobs", "0")])
def test_too_few_seeds_or_jobs_are_refused_in_a_line(given, capsys):
    with pytest.raises(SystemExit):
        main([*given])
    assert " ".join([*given]) + ": at least" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("dataset=wnie", "dataset=wnie is unknown (did you mean wine?)"),
        ("trainer.epohcs=3", "trainer.epohcs is unknown (did you mean trainer.epochs?)"),
        ("search=random", "search=random is not accepted"),
        ("dataset=csv", "dataset.path=null is not accepted: the path of a table"),
    ],
)
def test_what_is_not_accepted_is_one_line(given, named, capsys):
    with pytest.raises(SystemExit, match="2"):
        main([given])
    *_, last = capsys.readouterr().err.splitlines()
    assert named in last
