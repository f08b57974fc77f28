"""The page on contributions: what it says of findings, and a reduced run of its command."""

from __future__ import annotations

import pytest

from hybhanas.architecture import Architecture
from hybhanas.evidence.contribution import Contribution, Rival
from hybhanas.reporting.picture import save
from scripts import study_contribution
from scripts.study_contribution import SETS, main, page, picture, table


def found(p_value: float) -> Contribution:
    rivals = [
        Rival("classical twin", 30, (0.8, 0.82), 0.1, 3.0, p_value),
        Rival("frozen circuit", 10, (0.7, 0.7), 0.2, 3.0, p_value),
        Rival("SVM", 300, (0.9, 0.9), 0.0, None, 1.0),
    ]
    return Contribution(Architecture(qubits=2), 20, 6, (0.9, 0.92), tuple(rivals))


def test_the_table_marks_what_the_network_is_better_than():
    *_, row = table({"wine": found(0.01)}).splitlines()
    assert "| 91.0 +- 1.4 | 81.0 +- 1.4 < | 70.0 < | - | - | 90.0 | - | yes |" in row
    assert "6 of 20" in row


def test_the_page_says_plainly_where_circuits_earn_their_seconds(tmp_path):
    assert "earns its seconds on wine" in page({"wine": found(0.01), "digits": found(0.9)})
    nowhere = page({"digits": found(0.9)})
    assert "earns its seconds on none of them" in nowhere
    assert found(0.9).verdict in nowhere
    save(picture({"wine": found(0.01)}), tmp_path / "picture.png")
    assert (tmp_path / "picture.png").stat().st_size > 1000


def test_the_page_of_the_repository_has_every_set():
    text = study_contribution.PAGE.read_text()
    assert all(f"\n| {name} | " in text for name in SETS)


@pytest.mark.slow
def test_a_reduced_run_prints_a_row(tmp_path, capsys):
    main(["--sets", "wine", "--reduced", "--folder", str(tmp_path)])
    assert "| wine | `none" in capsys.readouterr().out
