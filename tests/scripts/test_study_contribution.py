"""The page on contributions: what it says of findings, and a reduced run of its command."""

from __future__ import annotations

import pytest

from hybhanas.architecture import Architecture
from hybhanas.evidence.verdict import Contribution, Rival
from scripts import study_contribution
from scripts.study_contribution import SETS, main, numbers, page, picture, table


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


def test_the_page_says_plainly_where_circuits_earn_their_seconds():
    assert "earns its seconds on wine" in page({"wine": found(0.01), "digits": found(0.9)})
    nowhere = page({"digits": found(0.9)})
    assert "earns its seconds on none of them" in nowhere
    assert found(0.9).verdict in nowhere


def test_the_picture_has_a_mark_for_each_seed_of_a_network_and_none_for_what_was_not_trained():
    of_wine = numbers({"wine": found(0.01)})
    assert list(of_wine.accuracy) == [0.9, 0.92, 0.8, 0.82, 0.7, 0.7, 0.9, 0.9]
    drawn = picture(of_wine)
    labels = [text.get_text() for text in drawn.legends[0].get_texts()]
    assert labels == ["the network", "classical twin", "frozen circuit", "SVM"]
    marks = [dots.get_offsets()[:, 1].tolist() for dots in drawn.axes[0].collections]
    assert marks[1] == [80, 82]


def test_the_page_of_the_repository_has_every_set():
    text = study_contribution.PAGE.read_text()
    assert all(f"\n| {name} | " in text for name in SETS)


@pytest.mark.slow
def test_a_reduced_run_prints_a_row(tmp_path, capsys):
    main(["--sets", "wine", "--reduced", "--folder", str(tmp_path)])
    assert "| wine | `none" in capsys.readouterr().out
