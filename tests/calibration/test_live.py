"""Live calibrations: fetched, saved as they came, read again; credentials stay where they are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from qiskit_ibm_runtime import fake_provider

from hybhanas.calibration import Calibration, file, live, repaired, snapshot
from hybhanas.errors import ConfigError
from tests.helpers import ROOT

SHIPPED = Path(fake_provider.__file__).parent


class Service:
    """The network's place: it has one machine, which is real but for being a snapshot."""

    def __init__(self, machine: object):
        self.machine = machine

    def backend(self, name: str) -> object:
        if name != self.machine.name:
            raise LookupError(f"no {name} for token sekret")
        return self.machine


def load(name: str, folder: str, service: object, policy: str = "exclude") -> Calibration:
    return repaired(live.fetch(name, folder, service=service), policy, 250e-6)


@pytest.fixture
def service() -> Service:
    return Service(fake_provider.FakeTorino())


def test_what_is_fetched_is_saved_dated_and_read_again(service, tmp_path, caplog):
    calibration = load("fake_torino", str(tmp_path / "new"), service)
    [path] = (tmp_path / "new").iterdir()
    assert path.name == "fake_torino_2025-02-26T202608Z.json"
    assert f"calibration=file calibration.path={path}" in caplog.text
    assert calibration.source == "QiskitRuntimeService"
    assert calibration.hash == Calibration.load(snapshot.Snapshot(snapshot="torino")).hash
    assert Calibration.load(file.CalibrationFile(path=str(path))) == calibration


def test_bad_values_are_saved_as_they_came_and_repaired_on_reading(service, tmp_path):
    calibration = load("fake_torino", str(tmp_path), service)
    [path] = tmp_path.iterdir()
    raw = file.read(str(path))
    broken = [gate for gate in raw.gates["cz"].values() if gate.error == 1]
    assert len(broken) == 22
    assert any("cz error >= 1: excluded 22 gates" in str(repair) for repair in calibration.repairs)
    with pytest.raises(ConfigError, match="calibration.policy=fail"):
        load("fake_torino", str(tmp_path), service, "fail")


def test_a_qubit_that_the_machine_calls_faulty_is_excluded_under_every_policy(tmp_path):
    machine = fake_provider.FakeLimaV2()
    faulty = machine.properties().to_dict()
    faulty["qubits"][4].append(
        {"name": "operational", "value": 0, "unit": "", "date": faulty["last_update_date"]}
    )
    machine._props_dict = faulty
    for policy in ("exclude", "median"):
        lima = load("fake_lima", str(tmp_path), Service(machine), policy)
        assert lima.qubits.keys() == {0, 1, 2, 3}
        assert lima.excluded == {4}


def test_nothing_is_written_beside_the_libraries(service, tmp_path):
    def state() -> set[tuple[Path, int]]:
        return {(p, p.stat().st_mtime_ns) for p in SHIPPED.rglob("*.json")}

    before = state()
    load("fake_torino", str(tmp_path), service)
    assert state() == before


def test_an_unknown_machine_is_one_line_without_the_services_words(service, tmp_path):
    with pytest.raises(ConfigError) as error:
        load("ibm_nowhere", str(tmp_path / "new"), service)
    line = str(error.value)
    assert line.startswith("calibration=live calibration.backend=ibm_nowhere: the service gave no")
    assert "sekret" not in line
    assert "\n" not in line
    assert error.value.__context__ is None
    assert not (tmp_path / "new").exists()


def test_a_machine_without_calibration_is_one_line(tmp_path):
    simulator = SimpleNamespace(name="simulator", backend=None)
    with pytest.raises(ConfigError, match="the service gave no calibration of simulator"):
        load("simulator", str(tmp_path), Service(simulator))


def test_without_an_account_the_command_line_says_what_is_missing(tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("QISKIT_IBM")}
    outcome = subprocess.run(
        [sys.executable, "-c",
         "from hybhanas.calibration import Calibration, live\n"
         "try: Calibration.load(live.LiveCalibration(backend='ibm_fez', folder='new'))\n"
         "except Exception as error: print(type(error).__name__, error)"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
        env=environment | {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert outcome.stdout.startswith("ConfigError calibration=live calibration.backend=ibm_fez: ")
    assert "(AccountNotFoundError)" in outcome.stdout
    assert "QISKIT_IBM_TOKEN" in outcome.stdout
    assert not (tmp_path / "new").exists()


def test_a_token_that_is_refused_is_not_repeated(tmp_path, monkeypatch):
    def refuses(**settings: object) -> None:
        assert settings == {"instance": None}
        raise OSError(f"cannot reach IBM with {os.environ['QISKIT_IBM_TOKEN']}")

    monkeypatch.setenv("QISKIT_IBM_TOKEN", "sekret")
    monkeypatch.setattr("qiskit_ibm_runtime.QiskitRuntimeService", refuses)
    with pytest.raises(ConfigError, match="could not be reached") as error:
        Calibration.load(live.LiveCalibration(backend="ibm_fez", folder=str(tmp_path)))
    assert "sekret" not in str(error.value)
