"""The comparison with Qiskit's estimate: equal as shipped, 16 times on a repaired machine."""

from __future__ import annotations

import pytest

from scripts import page
from scripts import validate_circuit_time as script


def test_no_circuit_comes_twice_and_each_is_measured_on_all_its_qubits():
    made = list(script.circuits(20, 20))
    assert {c.num_qubits for c in made} == set(range(2, 21))
    assert all(c.count_ops()["measure"] == c.num_qubits for c in made)
    assert len(list(script.circuits(20, 1))) == len(script.FAMILIES)  # one width, each family once


def test_torino_is_equal_to_both_targets_to_a_billionth():
    rows = list(script.compare("torino", 10))
    assert len(rows) == 10
    assert {row.group for row in rows} == {"repaired, durations as shipped"}
    for row in rows:
        assert row.ours_s == pytest.approx(row.repaired_s, rel=script.PROMISED)
        assert row.ours_s == pytest.approx(row.shipped_s, rel=script.PROMISED)
    assert len({row.ours_s for row in rows}) == 10  # and not always the same number


def test_toronto_is_a_sixteenth_of_what_is_shipped():
    rows = list(script.compare("toronto", 3))
    assert {row.group for row in rows} == {"durations changed"}
    assert [row.ours_s / row.shipped_s for row in rows] == pytest.approx([1 / 16] * 3)


def test_what_is_not_compared_is_listed_with_its_reason():
    rows = [row for name in ("athens", "almaden", "kyoto") for row in script.compare(name, 2)]
    text = script.report(rows)
    assert "4 circuits on 2 of 3 snapshots" in text
    assert "| of the repaired calibration | 2 | 4 | 0 | 1 |" in text
    assert "| as shipped, no repair | 1 | 2 | 0 | 1 |" in text
    assert "no estimate: Duration not found for measure | 1 | almaden |" in text
    assert "| has no usable two-qubit gate | 1 | kyoto |" in text


def test_a_circuit_that_one_machine_refuses_is_counted_and_the_others_compared():
    rows = list(script.compare("cairo", 20))
    refused = [row for row in rows if row.ours_s is None]
    assert 0 < len(refused) < len(rows) == 20
    assert "no rules are known" in refused[0].why


def test_the_page_holds_command_and_table(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(page, "DOCS", tmp_path)
    monkeypatch.setattr(page, "PAGE", tmp_path / "validation.md")
    page.PAGE.write_text("before\n<!-- circuit_time -->\n<!-- /circuit_time -->\nafter\n")
    given = ["--machines", "athens", "--circuits", "3", "--page"]
    script.main(given)
    text = page.PAGE.read_text()
    assert capsys.readouterr().out.strip() in text
    assert f"```bash\npython scripts/validate_circuit_time.py {' '.join(given)}" in text


def test_nothing_to_compare_is_one_line(capsys):
    with pytest.raises(SystemExit, match="2"):
        script.main(["--machines", "kyoto"])
    assert "kyoto: has no usable two-qubit gate" in capsys.readouterr().err
