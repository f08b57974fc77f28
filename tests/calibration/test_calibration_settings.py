"""The settings of calibration: each option has its own, wrong ones are told with the near match."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from omegaconf.errors import MissingMandatoryValue

from hybhanas.errors import ConfigError
from hybhanas.hydra_app.check import check
from hybhanas.hydra_app.compose import composed
from hybhanas.hydra_app.mistakes import check_keys, explain
from hybhanas.hydra_app.schema import OPTIONS
from hybhanas.presets import CONF
from hybhanas.tasks.setup import build
from tests.helpers import ROOT

MISTAKES = {
    "calibration=filee": "calibration=filee is unknown (did you mean file?); accepted: file, live",
    "calibration=file calibration.pth=x": "calibration.pth is unknown (did you mean calibration.p",
    "calibration=file +calibration.pth=x": "calibration.pth is unknown (did you mean calibration.p",
    "calibration=file calibration.snapshot=x": "key=calibration.snapshot is unknown",
    "+calibration.path=x": "key=calibration.path is unknown",
    "calibration=live +calibration.token=x": "key=calibration.token is unknown",
    "calibration=live calibration.fallback_readout_s=long": "=long is not accepted: a number or",
    "backend.snapsht=fez": "key=backend.snapsht is unknown (did you mean backend.snapshot?)",
    "backend.power_w=much": "backend.power_w=much is not accepted: a number",
    "backend=ionq_forte backend.published.t1=1": "(did you mean backend.published.t1_s?)",
    "backend=ionq_forte +backend.published.t1=1": "(did you mean backend.published.t1_s?)",
    "backend=ionq_forte +backend.published.one_qubit_gates.sx.eror=1": "one_qubit_gates.sx.error?)",
    "backend=ionq_forte backend.published.qubits=many": "=many is not accepted: a whole number",
    "backend.published.qubits=5": "backend.published is null; it is set with "
    "backend=google_willow, ionq_forte",
    "+backend.published.qubits=5": "backend.published.qubits=5 is not accepted: ",
    "backend.published={qubits:5}": "backend.published={'qubits': 5} is not accepted: backend.publ",
    "search.objectives.x=1": "search.objectives.x=1 is not accepted: search.objectives is a",
    "backend=ionq_forte calibration.snapshot=fez": "key=calibration.snapshot is unknown",
    "calibration.machine.qubits=5": "key=calibration.machine is unknown",
    "backend.calibration=null": "key=backend.calibration is unknown",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_wrong_key_or_value_is_told_at_composition(mistake):
    with pytest.raises(Exception) as error:
        check_keys(composed(*mistake.split()))
    line = explain(error.value)
    assert line is not None
    assert MISTAKES[mistake] in line
    assert "\n" not in line


@pytest.mark.parametrize("option", sorted(OPTIONS["calibration"]))
def test_every_option_has_a_schema_and_passes_it(option):
    config = composed(f"calibration={option}")
    check_keys(config)
    assert config.calibration._target_.startswith(f"hybhanas.calibration.{option}.")
    assert {path.stem for path in (CONF / "calibration").iterdir()} == set(OPTIONS["calibration"])


def test_a_sweep_over_published_and_shipped_machines_ranks_them(tmp_path):
    outcome = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "-m", "task=cost",
         f"circuit={ROOT / 'docs' / 'ghz5.qasm'}", "backend=ionq_forte,ibm_brisbane",
         "hydra.sweep.dir=sweep"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stderr
    ions, transmons = (
        json.loads(path.read_text())
        for name in ("ionq_forte", "ibm_brisbane")
        for path in tmp_path.glob(f"sweep/backend-{name}*/cost.json")
    )
    assert tuple(r["provenance"]["calibration"] for r in (ions, transmons)) == (
        "ionq_forte",
        "ibm_brisbane",
    )
    assert ions["noise"]["p_survival"] > transmons["noise"]["p_survival"]
    assert ions["circuit"]["time_s"] > 100 * transmons["circuit"]["time_s"]
    assert "cheapest first" in outcome.stdout


def test_a_backend_with_two_sources_of_its_calibration_is_refused():
    with pytest.raises(
        ConfigError, match=r"backend\.snapshot=fez is not accepted beside backend\.p"
    ):
        check(composed("backend=ionq_forte", "backend.snapshot=fez"))


@pytest.mark.parametrize(
    "choice", ["backend=ionq_forte calibration=snapshot", "backend.snapshot=null"]
)
def test_a_snapshot_of_a_backend_without_one_is_refused(choice):
    source = build("calibration", composed(*choice.split()).calibration)
    with pytest.raises(
        ConfigError, match="calibration=snapshot is not accepted: no shipped snapsho"
    ):
        source.read()


def test_a_value_that_must_be_given_is_named():
    with pytest.raises(MissingMandatoryValue) as error:
        build("calibration", composed("calibration=file").calibration)
    assert explain(error.value) == (
        "calibration.path has no value: calibration.path=VALUE gives it"
    )


def test_a_backend_without_power_is_refused():
    for power_w, accepted in (
        ("0", "above 0"), ("-1", "above 0"), ("inf", "finite"), ("nan", "finite")
    ):  # fmt: skip
        with pytest.raises(ConfigError, match=rf"backend\.power_w={power_w}\b.*{accepted}"):
            check(composed(f"backend.power_w={power_w}"))
