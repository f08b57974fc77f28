"""Checking early: what is told before anything heavy is imported."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from hybhanas.errors import ConfigError
from hybhanas.tasks import cost, search
from tests.helpers import ROOT


def test_a_wrong_value_is_told_without_importing_anything_heavy():
    code = (
        "import sys; sys.argv = ['hybhanas', 'search.population=1']\n"
        "from hybhanas.hydra_app.main import main\n"
        "try: main()\n"
        "except SystemExit as end: assert end.code == 2\n"
        "print({'torch', 'qiskit', 'wandb', 'pymoo', 'sklearn'} & set(sys.modules))"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert outcome.stdout.strip() == "set()"
    assert "search.population=1 is not accepted" in outcome.stderr


def test_the_shipped_configuration_passes(composed):
    from hybhanas.hydra_app.check import check

    check(composed())


@pytest.mark.parametrize(
    ("task", "overrides"),
    [(search, ("search_space.qubits=[128]",)), (cost, ("task=cost", "architecture={qubits: 128}"))],
)
def test_what_is_too_wide_for_the_machine_is_told_before_data_are_read(
    task, overrides, tmp_path, composed, monkeypatch
):
    def read(*_: Any) -> None:
        raise AssertionError("data were read")

    monkeypatch.setattr(task, "ready", read)
    with pytest.raises(ConfigError, match="127 usable"):
        getattr(task, task.__name__.rpartition(".")[2])(
            composed(*overrides, "backend=ibm_brisbane"), tmp_path / "run"
        )
