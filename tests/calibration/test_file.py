"""Files: what was saved comes back, IBM's properties are its snapshots, the rest is one line."""

from __future__ import annotations

import json
import math
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit_ibm_runtime import fake_provider

from hybhanas import atomic
from hybhanas.calibration import (
    Calibration,
    GateProperties,
    Qubit,
    RawCalibration,
    file,
)
from hybhanas.calibration.file import CalibrationFile
from hybhanas.calibration.record import SNAPSHOT, is_no_gate
from hybhanas.calibration.snapshot import Snapshot
from hybhanas.errors import ConfigError
from tests.helpers.synthetic import ibm_properties, make_raw

SNAPSHOTS = Path(fake_provider.__file__).parent / "backends"
LINE = make_raw(3, ((0, 1), (1, 2)))

values = st.one_of(st.none(), st.floats(), st.integers(0, 3))
moments = st.datetimes(
    datetime(1990, 1, 1),
    datetime(2100, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))]),
)
names = st.text("abcdefghijklmnopqrstuvwxyz_0123456789 ", min_size=1)
gate_names = names.filter(lambda name: not is_no_gate(name))


@st.composite
def calibrations(draw: st.DrawFn) -> RawCalibration:
    qubit = st.one_of(st.none(), st.builds(Qubit, values, values, values, values))
    qubits = dict(enumerate(draw(st.lists(qubit, max_size=4))))
    at = [(i,) for i in qubits]
    at += [(i, j) for i in qubits for j in qubits if i != j]
    places = st.dictionaries(st.sampled_from(at), st.builds(GateProperties, values, values))
    return RawCalibration(
        name=draw(names),
        source=draw(names),
        date=draw(moments),
        qubits={i: qubit for i, qubit in qubits.items() if qubit is not None},
        gates=draw(st.dictionaries(gate_names, places if at else st.just({}), max_size=3)),
        rep_delay_s=draw(values),
        max_circuits_per_job=draw(st.integers(1, 1000)),
        excluded=frozenset(i for i, qubit in qubits.items() if qubit is None),
    )


@given(calibrations())
def test_a_record_survives_json_with_its_source(calibration):
    again = RawCalibration.from_dict(json.loads(json.dumps(calibration.to_dict(), allow_nan=False)))
    assert again.source == calibration.source
    assert again.to_dict() == replace(calibration, date=calibration.date.astimezone(UTC)).to_dict()
    assert RawCalibration.from_dict(again.to_dict()) == again


def test_a_saved_snapshot_has_the_hash_and_the_repairs_of_the_snapshot(tmp_path):
    raw = Snapshot(snapshot="brisbane").read()
    atomic.write_json(tmp_path / "saved.json", raw.to_dict())
    loaded = Calibration.load(CalibrationFile(path=str(tmp_path / "saved.json")))
    shipped = Calibration.load(Snapshot(snapshot="brisbane"))
    assert loaded == shipped
    assert loaded.hash == shipped.hash
    assert len(loaded.repairs) == 2


@pytest.mark.parametrize(
    "name", ["brisbane", "torino", "fez", "kingston", "lima", "toronto", "nighthawk"]
)
def test_backend_properties_give_the_values_of_the_snapshot(name):
    properties = Calibration.load(
        CalibrationFile(path=str(SNAPSHOTS / name / f"props_{name}.json"))
    )
    shipped = Calibration.load(Snapshot(snapshot=name))
    assert properties.qubits == shipped.qubits
    assert properties.date == shipped.date
    both = properties.gates.keys() & shipped.gates.keys()
    assert {"sx", *shipped.two_qubit_gates} <= both
    for gate in both:
        assert properties.gates[gate] == shipped.gates[gate]
    assert properties.rep_delay_s == 250e-6
    assert properties.max_circuits_per_job == 300
    said = [str(repair) for repair in properties.repairs]
    assert "no limit of circuits per job: set to 300" in said
    assert "no repetition delay: set to 0.00025 s" in said


def test_fractional_gates_are_left_out_and_said_where_properties_list_them():
    path = SNAPSHOTS / "fez" / "props_fez.json"
    listed = {gate["gate"] for gate in json.loads(path.read_text())["gates"]}
    read = Calibration.load(CalibrationFile(path=str(path)))
    assert {"rx", "rzz"} <= listed
    assert set(read.gates) == {"cz", "rz", "sx", "x"}
    said = "fractional gates rx and rzz: left out, as Runtime does unless asked"
    assert said in [str(repair) for repair in read.repairs]


def test_properties_that_a_program_printed_itself_are_read_as_well(tmp_path):
    printed = fake_provider.FakeLimaV2().properties().to_dict()
    (tmp_path / "lima.json").write_text(json.dumps(printed, default=str))
    loaded = Calibration.load(CalibrationFile(path=str(tmp_path / "lima.json")))
    assert loaded.qubits == Calibration.load(Snapshot(snapshot="lima")).qubits


def load(data: object, folder: Path, policy: str = "exclude") -> Calibration:
    (folder / "some.json").write_text(json.dumps(data))
    return Calibration.load(CalibrationFile(path=str(folder / "some.json"), policy=policy))


def test_units_become_seconds_and_the_date_utc(tmp_path):
    pair = load(ibm_properties(), tmp_path)
    assert pair.qubits[0] == Qubit(100e-6, 80e-6, 0.02, 1e-6)
    assert pair.gates == {"cx": {(0, 1): GateProperties(300e-9, 0.01)}}
    assert pair.date == datetime(2025, 12, 31, 23, tzinfo=UTC)


def test_what_ibm_calls_not_operational_is_excluded_and_counted(tmp_path):
    broken = ibm_properties()
    broken["qubits"] = [broken["qubits"][0]] * 3
    broken["qubits"][2] = [*broken["qubits"][0], {"name": "operational", "value": 0, "unit": ""}]
    pair = load(broken, tmp_path, "median")
    assert pair.qubits.keys() == {0, 1}
    assert pair.excluded == {2}
    assert "reported as not operational: excluded 1 qubit (2)" in map(str, pair.repairs)


def test_a_gate_that_ibm_calls_not_operational_is_excluded_and_counted(tmp_path):
    broken = ibm_properties()
    backwards = {"gate": "cx", "qubits": [1, 0]}
    backwards["parameters"] = [{"name": "operational", "value": 0, "unit": ""}]
    broken["gates"] = [*broken["gates"], backwards]
    pair = load(broken, tmp_path, "median")
    assert pair.gates["cx"].keys() == {(0, 1)}
    assert "cx reported as not operational: excluded 1 gate (1-0)" in map(str, pair.repairs)


BAD_PROPERTIES = {
    ("T1", None): "T1 missing: excluded 2 qubits (0, 1)",
    ("T1", 0): "T1 = 0: excluded 2 qubits (0, 1)",
    ("T1", -5): "T1 < 0: excluded 2 qubits (0, 1)",
    ("T1", math.nan): "T1 = nan: excluded 2 qubits (0, 1)",
    ("T2", 201): "T2 > 2 T1: clipped to 2 T1 on 2 qubits (0, 1)",
    ("readout_error", 0.5): "readout error >= 0.5: excluded 2 qubits (0, 1)",
    ("readout_error", 1): "readout error >= 0.5: excluded 2 qubits (0, 1)",
    ("readout_length", math.inf): "names no readout length",
    ("readout_length", 0): "names no readout length",
    ("gate_error", 1): "cx error >= 1: excluded 1 gate (0-1)",
    ("gate_error", -0.1): "cx error < 0: excluded 1 gate (0-1)",
    ("gate_length", 0): "cx duration = 0: excluded 1 gate (0-1)",
}


@pytest.mark.parametrize(("field", "value"), BAD_PROPERTIES)
def test_an_impossible_value_is_a_counted_repair_or_one_clear_line(field, value, tmp_path):
    bad = json.loads(json.dumps(ibm_properties()))
    for parameters in [*bad["qubits"], *(gate["parameters"] for gate in bad["gates"])]:
        for parameter in parameters:
            if parameter["name"] == field:
                parameter["value"] = value
    try:
        said = "; ".join(map(str, load(bad, tmp_path).repairs))
    except ConfigError as error:
        said = str(error)
    assert BAD_PROPERTIES[field, value] in said
    assert "\n" not in said
    with pytest.raises(ConfigError):
        load(bad, tmp_path, "fail")


def test_durations_sixteen_times_too_long_are_divided_when_ibm_is_the_source(tmp_path):
    slow = make_raw(sx_s=16 * 36e-9, cz_s=16 * 100e-9, readout_s=16e-6)
    ours = load(replace(slow, source=SNAPSHOT).to_dict(), tmp_path)
    assert ours.gates["sx"][0,].duration_s == pytest.approx(36e-9)
    assert "all durations divided by 16" in str(ours.repairs[0])
    others = load(slow.to_dict(), tmp_path)
    assert others.gates["sx"][0,].duration_s == 16 * 36e-9
    assert [str(repair) for repair in others.repairs] == [
        "one-qubit gates take 576 ns: kept, as in the source"
    ]


def without(key: str) -> dict[str, object]:
    return {name: value for name, value in LINE.to_dict().items() if name != key}


MISTAKES = {
    "[]": "the calibration is not an object",
    "null": "the calibration is not an object",
    "{}": "the calibration has no qubits",
    "{": "it is not JSON",
    "\udce9": "it is not JSON",
    "[" * 100_000: "it is nested too deep",
    json.dumps(without("gates")): "the calibration has no gates",
    json.dumps(LINE.to_dict() | {"date": "yesterday"}): "date is not an ISO 8601 date and time",
    json.dumps(LINE.to_dict() | {"date": "2026-01-01"}): "date names no time zone",
    json.dumps(LINE.to_dict() | {"name": "a\nb"}): "name is not a printable text",
    json.dumps(LINE.to_dict() | {"max_circuits_per_job": 0}): "max_circuits_per_job is not an",
    json.dumps(LINE.to_dict() | {"rep_delay_s": "fast"}): "rep_delay_s is not a number",
    json.dumps(LINE.to_dict() | {"rep_delay_s": 10**400}): "rep_delay_s is too large a number",
    json.dumps(LINE.to_dict() | {"qubits": [[1, 2]]}): "qubits[0] has 2 values, not 6",
    json.dumps(LINE.to_dict() | {"qubits": [[1, 1, 1, 0, 1, False]]}): "qubits[0]: index is 1, not",
    json.dumps(LINE.to_dict() | {"gates": {"cz": [[[0, 9], 1, 1]]}}): "gates.cz[0]: qubits is not",
    json.dumps(LINE.to_dict() | {"gates": {"x": [[[0], 1, 1]] * 2}}): "gates.x[1] is there twice",
    json.dumps(LINE.to_dict() | {"qubits": [0] * 5001}): "qubits has 5,001 values, more than 5,000",
    json.dumps(
        LINE.to_dict() | {"gates": {"x": [0] * 50_001, "cz": [0] * 50_000}}
    ): "gates has 100,001 places, more than 100,000",
    json.dumps(ibm_properties(qubits=[0] * 5001)): "qubits has 5,001 values, more than 5,000",
    json.dumps(ibm_properties(gates=[0] * 100_001)): "gates has 100,001 values, more than 100,000",
    " " * 50_000_001: "some.json has more than 50,000,000 bytes",
    json.dumps(ibm_properties(gates=[7])): "gates[0] is not an object",
    json.dumps(ibm_properties(last_update_date=5)): "last_update_date is not a printable text",
    json.dumps(
        ibm_properties(qubits=[[{"name": "T1", "unit": "year", "value": 1}]])
    ): "qubits[0]: the unit of T1 is not one of time",
}


@pytest.mark.parametrize("content", MISTAKES, ids=range(len(MISTAKES)))
def test_another_file_is_one_line_that_names_the_setting_and_what_is_accepted(content, tmp_path):
    path = tmp_path / "some.json"
    path.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(ConfigError) as error:
        Calibration.load(CalibrationFile(path=str(path)))
    line = str(error.value)
    assert line.startswith(f"calibration.path={path} is not accepted: {MISTAKES[content]}")
    assert line.endswith(f"; accepted: {file.ACCEPTED}")
    assert "\n" not in line


def test_what_machines_list_among_gates_and_is_none_is_left_out(tmp_path):
    saved = LINE.to_dict()
    saved["gates"] |= {name: [[[0], 1e-8, 0.1]] for name in ("measure", "measure_2", "delay", "id")}
    assert load(saved, tmp_path) == load(LINE.to_dict(), tmp_path)


def test_a_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError, match="pipe is not a plain file; accepted"):
        Calibration.load(CalibrationFile(path=str(tmp_path / "pipe")))


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(ConfigError, match="No such file or directory; accepted"):
        Calibration.load(CalibrationFile(path=str(tmp_path / "none.json")))
    with pytest.raises(ConfigError, match="is not a plain file; accepted"):
        Calibration.load(CalibrationFile(path=str(tmp_path)))
