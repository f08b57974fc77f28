"""Snapshots: every machine that qiskit-ibm-runtime ships loads, or says why not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hybhanas.calibration import snapshot
from hybhanas.calibration.snapshot import Snapshot
from hybhanas.errors import ConfigError

NO_READOUT_LENGTH = {
    "almaden",
    "burlington",
    "cambridge",
    "essex",
    "johannesburg",
    "london",
    "poughkeepsie",
    "rochester",
    "singapore",
}


def test_every_snapshot_loads_or_gives_one_of_the_two_known_reasons():
    names = snapshot.available()
    assert len(names) >= 60
    refused = {}
    for name in names:
        try:
            calibration = Snapshot(snapshot=name).load()
        except ConfigError as error:
            refused[name] = str(error)
        else:
            assert calibration.usable_qubits
            assert calibration.date < datetime.now(UTC)
    assert "144 x gate excluded" in refused.pop("kyoto")
    assert set(refused) == NO_READOUT_LENGTH
    assert all("calibration.fallback_readout_s" in reason for reason in refused.values())


def test_brisbane_has_the_figures_of_its_snapshot():
    brisbane = Snapshot(snapshot="brisbane").load()
    assert len(brisbane.qubits) == len(brisbane.usable_qubits) == 127
    assert f"{brisbane.date:%Y-%m-%d}" == "2025-02-26"
    assert brisbane.two_qubit_gates == ("ecr",)
    assert brisbane.gates["sx"][0,].duration_s == 60e-9
    assert brisbane.rep_delay_s == 250e-6
    assert [str(repair) for repair in brisbane.repairs] == [
        "t2_s above 2 t1_s: 2 x cut to 2 t1_s (qubit 102, qubit 119)",
        "ecr error of 1 or more: 1 x gate excluded (ecr 25-24)",
    ]


@pytest.mark.parametrize("name", ["brisbane", "fake_brisbane", "FakeBrisbane"])
def test_a_snapshot_has_several_spellings_and_one_hash(name):
    assert Snapshot(snapshot=name).load().hash == Snapshot(snapshot="brisbane").load().hash


def test_an_unknown_snapshot_is_named_with_the_nearest():
    with pytest.raises(ConfigError, match=r"backend.snapshot=brisban .*did you mean brisbane"):
        Snapshot(snapshot="brisban").load()


def test_toronto_is_repaired_by_a_factor_of_sixteen():
    toronto = Snapshot(snapshot="toronto").load()
    assert "all durations divided by 16" in str(toronto.repairs[0])
    assert toronto.gates["sx"][0,].duration_s == pytest.approx(35.56e-9, rel=1e-3)
