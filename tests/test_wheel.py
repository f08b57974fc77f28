"""The wheel holds the configuration: the console script does what run.py does, from any folder."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.helpers import ROOT, TINY


@pytest.mark.slow
def test_the_installed_console_script_runs_a_search_from_any_folder(tmp_path):
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, ROOT],
        check=True, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert (site / "hybhanas" / "conf" / "config.yaml").is_file()
    assert (site / "hybhanas" / "py.typed").is_file()
    environment = os.environ | {"PYTHONPATH": str(site)}
    outcome = subprocess.run(
        [site / "bin" / "hybhanas", *TINY, "logger.mode=disabled", "hydra.run.dir=here"],
        cwd=elsewhere, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stderr
    assert (elsewhere / "here" / "pareto.json").is_file()
