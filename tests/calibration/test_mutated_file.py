"""Files of calibrations, ours and IBM's, with values replaced or left out at random."""

from __future__ import annotations

import json
import math

from hypothesis import given, settings
from hypothesis import strategies as st

from hybhanas.calibration import Calibration, RawCalibration, repaired
from hybhanas.calibration.file import CalibrationFile
from hybhanas.errors import ConfigError
from tests.helpers.synthetic import ibm_properties, make_raw

LINE = make_raw(3, ((0, 1), (1, 2)))

junk = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3),
        st.sampled_from(["us", "T1", 10**400, "0001-01-01T00:00:00+23:00"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=4,
)  # fmt: skip


def places_in(data: object) -> list[tuple[object, object]]:
    """Every (container, key) of a JSON value."""
    keys = data.items() if isinstance(data, dict) else enumerate(data)
    found: list[tuple[object, object]] = []
    for key, value in keys:
        found.append((data, key))
        if isinstance(value, dict | list):
            found += places_in(value)
    return found


@settings(max_examples=300)
@given(st.data(), st.sampled_from(["ours", "properties"]))
def test_a_mutated_file_is_a_possible_calibration_or_one_line(tmp_path_factory, data, kind):
    original = LINE.to_dict() if kind == "ours" else ibm_properties()
    content = json.loads(json.dumps(original))
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places_in(content)))
        if data.draw(st.booleans()):
            container[key] = data.draw(junk)
        else:
            del container[key]
        if not places_in(content):
            break
    path = tmp_path_factory.getbasetemp() / "mutated.json"
    path.write_text(json.dumps(content))
    try:
        calibration = Calibration.load(CalibrationFile(path=str(path), fallback_readout_s=1e-6))
    except ConfigError as error:
        assert "\n" not in str(error)
        return
    assert calibration.qubits
    assert 0 <= calibration.rep_delay_s < math.inf
    assert repaired(RawCalibration.from_dict(calibration.to_dict())).hash == calibration.hash
