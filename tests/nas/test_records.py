"""Records: atomic, checked against their names, moved aside when damaged."""

from __future__ import annotations

import json
import os

import pytest

from hybhanas import atomic
from hybhanas.architecture import Architecture
from hybhanas.nas.evaluation import EVALUATED, Evaluation
from hybhanas.nas.quantities import PROXIES
from hybhanas.nas.records import Records
from tests.helpers.synthetic import make_report

EVALUATION = Evaluation(
    key="ab12", architecture=Architecture(qubits=2), status=EVALUATED, validation_accuracy=0.5,
    parameters=7, proxies=dict.fromkeys(PROXIES, 3), cost=make_report(1.5), seed=3,
    seconds=0.1,
)  # fmt: skip


@pytest.fixture
def records(tmp_path):
    return Records(tmp_path / "records")


def test_what_is_written_is_read_back(records):
    records.write("ab12", EVALUATION.to_dict())
    assert records.read("ab12", Evaluation.from_dict) == EVALUATION
    assert [path.name for path in records.folder.iterdir()] == ["ab12.json"]


def test_an_unknown_key_is_none(records):
    assert records.read("cd34", Evaluation.from_dict) is None


OTHER = json.dumps(EVALUATION.to_dict() | {"key": "cd34"})
WRONG = [
    {"cost": {}}, {"cost": []}, {"parameters": "x"}, {"parameters": -7}, {"epochs": None},
    {"seconds": "x"}, {"seconds": True}, {"status": "zap"}, {"status": "costed"},
    {"status": "failed"}, {"validation_accuracy": None}, {"validation_accuracy": 1.5},
    {"epochs": 10**30}, {"parameters": 2**63},
    {"proxies": None}, {"proxies": {"flops": 1}}, {"violation": -1.0}, {"reason": 3},
    {"architecture": {"qubits": 2, "reuploading": "banana"}}, {"architecture": {"qubits": 10**9}},
    {"architecture": {"qubits": 2, "encoding": ["ry"]}}, {"architecture": [2]},
]  # fmt: skip
"""Well-formed JSON under its own key, and no evaluation."""


@pytest.mark.parametrize("change", WRONG, ids=str)
def test_a_record_of_a_wrong_shape_is_damaged(records, caplog, change):
    records.write("ab12", EVALUATION.to_dict() | change)
    assert records.read("ab12", Evaluation.from_dict) is None
    assert "ab12.json is damaged" in caplog.text


UNKNOWN_GENE = json.dumps(EVALUATION.to_dict() | {"architecture": {"qbits": 2}})


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"key": "ab12"}', OTHER, UNKNOWN_GENE, '{"key": "ab12", "x": 1}'],
)
def test_a_damaged_record_is_moved_aside_said_and_unknown(records, caplog, content):
    records.write("ab12", EVALUATION.to_dict())
    (records.folder / "ab12.json").write_text(content)
    assert records.read("ab12", Evaluation.from_dict) is None
    assert "ab12.json is damaged" in caplog.text
    assert (records.folder / "damaged" / "ab12.json").read_text() == content
    assert not (records.folder / "ab12.json").exists()


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "file.json"
    atomic.write_json(path, {"a": 1})

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        atomic.write_json(path, {"a": 2})
    assert json.loads(path.read_text()) == {"a": 1}
    assert os.listdir(tmp_path) == ["file.json"]


def test_values_that_json_has_no_words_for_are_refused(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        atomic.write_json(tmp_path / "file.json", {"a": float("nan")})
    assert os.listdir(tmp_path) == []
