"""Fitting the planner's seconds: what is printed, from real trainings."""

from __future__ import annotations

import re

from hybhanas.models.work import SECONDS
from scripts import fit_plan


def test_the_fit_names_every_part_and_how_far_estimates_are_off(capsys):
    fit_plan.main(["--groups", "6"])
    printed = capsys.readouterr().out
    assert printed.startswith("6 groups, of which a step takes ")
    for part in SECONDS["cpu"]:
        assert re.search(rf"^{part} +\d\.\d\de-\d\d +\d\.\d\de[-+]\d\d$", printed, re.MULTILINE)
    middle = re.search(r"estimated over measured, fitted: (\d\.\d\d)", printed)
    assert middle is not None
    assert 0.5 < float(middle[1]) < 1.5
