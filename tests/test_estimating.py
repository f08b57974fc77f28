"""hybhanas.estimate: what it accepts as a backend."""

from __future__ import annotations

import pytest
from qiskit.providers.fake_provider import GenericBackendV2

import hybhanas
from hybhanas.calibration.snapshot import backends
from hybhanas.errors import ConfigError
from tests.helpers import ROOT

GHZ = ROOT / "docs" / "ghz5.qasm"


def test_a_backend_is_a_name_a_snapshot_a_calibration_or_one_of_qiskits():
    named = hybhanas.estimate(GHZ, "ibm_fez")
    for backend in ("fez", hybhanas.Calibration.load("ibm_fez"), backends()["fez"]()):
        report = hybhanas.estimate(GHZ, backend)
        assert report.time == named.time
        assert report.noise == named.noise


@pytest.mark.parametrize(
    ("backend", "message"),
    [
        ("ibm_fes", "backend=ibm_fes is unknown .did you mean ibm_fez"),
        (
            GenericBackendV2(5),
            "it has no (properties|configuration|_?[a-z]+); accepted: IBM backends",
        ),
    ],
)
def test_another_backend_is_refused_in_a_line(backend, message):
    with pytest.raises(ConfigError, match=message) as caught:
        hybhanas.estimate(GHZ, backend)
    assert "\n" not in str(caught.value)
