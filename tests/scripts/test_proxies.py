"""Stand-ins for time: by hand where a reader can, and two machines through the whole script."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from hybhanas.architecture import Architecture
from scripts import page
from scripts import proxies as script


def reports(*log10_total_s: float) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            time=SimpleNamespace(log10_total_s=x),
            circuit=SimpleNamespace(depth=1, two_qubit_gates=i),
        )
        for i, x in enumerate(log10_total_s)
    ]


def test_architectures_are_distinct_canonical_and_those_of_the_seed():
    first, again, other = (script.drawn(60, seed) for seed in (1, 1, 2))
    assert len(set(first)) == 60
    assert first == again != other
    assert all(a == a.canonical() for a in first)


def test_the_proxies_of_one_small_network_by_hand():
    architecture = Architecture(qubits=2, rotations="ry", entanglement="linear")
    found = {name: value.item() for name, value in script.logical([architecture]).items()}
    assert found == {
        # dense layers 64 to 2 and 2 to 10, a product and a sum each
        "classical FLOPs": 2 * (64 * 2 + 2 * 10),
        # four rotations of 14 and, for two observables, 8 operations on each of 4 amplitudes
        "FLOPs with simulation": 2 * (64 * 2 + 2 * 10) + 4 * (4 * 14 + 8),
        "parameters": (64 * 2 + 2) + 2 + (2 * 10 + 10),
        "logical depth": 3,  # RY of the input, RY of the weight, CX
        "logical gates": 5,
        "logical two-qubit gates": 1,
    }


def test_rank_correlation_and_the_cheapest_by_hand():
    times = reports(*range(20))
    rising, falling = np.arange(20), -np.arange(20)
    found = script.taus({"rising": rising, "falling": falling}, {"here": times})
    assert found["rising"] == [pytest.approx(1)]
    assert found["falling"] == [pytest.approx(-1)]
    assert found["physical two-qubit gates"] == [pytest.approx(1)]
    assert script.shared(rising, times) == 1
    assert script.shared(falling, times) == 0
    swapped = np.array([0, 2, 1, *range(3, 20)])  # of the two cheapest, one
    assert script.shared(swapped, times) == 0.5


def test_alike_are_pairs_less_than_a_hundredth_apart():
    flops = np.array([5000, 1000, 1011, 1009])
    assert script.alike(flops).tolist() == [[1, 3], [3, 2]]  # 1000 and 1011 are not
    assert script.alike(flops[:2]).shape == (0, 2)


def test_the_page_holds_command_tables_and_picture(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(page, "DOCS", tmp_path)
    monkeypatch.setattr(page, "PAGE", tmp_path / "validation.md")
    page.PAGE.write_text("<!-- proxies -->\n<!-- /proxies -->\n")
    backends = ["ibm_torino", "ionq_forte"]
    script.main(
        ["--architectures", "6", "--cost-model", "qpu_time", "--backends", *backends, "--page"]
    )
    text = page.PAGE.read_text()
    assert capsys.readouterr().out.strip() in text
    assert "cost_model=qpu_time" in text
    assert "| proxy | ibm_torino | ionq_forte |" in text
    rows = [line for line in text.splitlines() if line.startswith("| ionq_forte")]
    assert "| 0.0% | 0.0% |" in rows[0]  # every pair is coupled: nothing to route
    for line in text.splitlines():  # a bar in an architecture's name makes no column
        if line.startswith("| ibm_torino") and "`" in line:
            assert line.replace(r"\|", "").count("|") == 6
    assert (tmp_path / "pictures" / "proxies.png").read_bytes().startswith(b"\x89PNG")
