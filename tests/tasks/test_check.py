"""Checking early: what is told before anything heavy is imported."""

from __future__ import annotations

import subprocess
import sys

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
