"""Signals that end a run."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.helpers import ROOT

IN_AN_IMPORT = """
import os, signal, time
from hybhanas.hydra_app.interrupts import Stopped, stopped_by, stops_raise
stops_raise()
sends = "os.kill(os.getpid(), signal.SIGTERM)\\nfor _ in range(1000): pass"
exec(compile(sends, "<frozen importlib._bootstrap>", "exec"))
print("the import continued")
try:
    time.sleep(30)
except Stopped as stop:
    print(stopped_by(stop))
"""


def test_a_signal_within_an_import_ends_the_run_after_it():
    outcome = subprocess.run(
        [sys.executable, "-c", IN_AN_IMPORT], env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (outcome.stdout, outcome.stderr) == ("the import continued\n143\n", "")
