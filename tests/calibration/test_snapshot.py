"""Snapshots: every machine that qiskit-ibm-runtime ships loads, or says why not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hybhanas.calibration import Calibration, snapshot
from hybhanas.calibration.backend import Backend
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
            calibration = Calibration.load(Snapshot(snapshot=name))
        except ConfigError as error:
            refused[name] = str(error)
        else:
            assert calibration.qubits
            assert calibration.date < datetime.now(UTC)
    assert "excluded 144 gates" in refused.pop("kyoto")
    assert set(refused) == NO_READOUT_LENGTH
    assert all("calibration.fallback_readout_s" in reason for reason in refused.values())


def test_brisbane_has_the_figures_of_its_snapshot():
    brisbane = Calibration.load(Snapshot(snapshot="brisbane"))
    assert (len(brisbane.qubits), brisbane.excluded) == (127, frozenset())
    assert f"{brisbane.date:%Y-%m-%d}" == "2025-02-26"
    assert brisbane.two_qubit_gates == ("ecr",)
    assert brisbane.gates["sx"][0,].duration_s == 60e-9
    assert brisbane.rep_delay_s == 250e-6
    assert [str(repair) for repair in brisbane.repairs] == [
        "T2 > 2 T1: clipped to 2 T1 on 2 qubits (102, 119)",
        "ecr error >= 1: excluded 1 gate (25-24)",
    ]


@pytest.mark.parametrize("name", ["brisbane", "fake_brisbane", "FakeBrisbane"])
def test_a_snapshot_has_several_spellings_and_one_hash(name):
    shipped = Calibration.load("ibm_brisbane")
    assert Calibration.load(Snapshot(snapshot=name)).hash == shipped.hash


def test_an_unknown_snapshot_is_named_with_the_nearest():
    with pytest.raises(ConfigError, match=r"backend.snapshot=brisban .*did you mean brisbane"):
        Snapshot(snapshot="brisban").read()


def test_toronto_is_repaired_by_a_factor_of_sixteen():
    toronto = Calibration.load(Snapshot(snapshot="toronto"))
    assert "all durations divided by 16" in str(toronto.repairs[0])
    assert toronto.gates["sx"][0,].duration_s == pytest.approx(35.56e-9, rel=1e-3)


def test_an_option_that_needs_a_snapshots_name_is_one_line():
    with pytest.raises(ConfigError, match="backend=snapshot is not accepted: it needs the name"):
        Backend.preset("snapshot")


@pytest.mark.parametrize("asked", ["kawasaki", "fake_kawasaki", "FakeKawasaki", "IBM_Kawasaki"])
def test_a_machine_that_is_known_by_its_snapshot_alone_is_not_called_fake(asked):
    assert Calibration.load(asked).name == "kawasaki"
    assert Calibration.load(Snapshot(snapshot=asked)).name == "kawasaki"


@pytest.mark.parametrize("given", [None, 3, ["ibm_fez"], {}])
def test_a_calibration_is_loaded_from_a_name_or_a_source(given):
    with pytest.raises(ConfigError, match="^source=.* is not accepted: a backend's name, or a Cal"):
        Calibration.load(given)
