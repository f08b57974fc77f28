"""The workspace and the report of a W&B project, as W&B's client sends them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.helpers import ROOT
from tests.helpers.wandb_receiver import Receiver

pytestmark = pytest.mark.slow

PANELS = (
    "Run History Line Plot", "Bar Chart", "Vega2", "Media Browser", "Parallel Coordinates Plot",
    "Parameter Importance", "Scatter Plot",
)  # fmt: skip
SHOWN = (
    "hypervolume", "best_accuracy_under_1h", "knee_qpu_s", "front_chart_table",
    "entanglement.value", "wandb/scatter/v0",
)  # fmt: skip


def test_a_workspace_and_a_report_of_a_sweep_are_saved_with_every_panel_grouped_by_backend():
    with Receiver() as server:
        outcome = subprocess.run(
            [sys.executable, "scripts/wandb_workspace.py", "--entity", "me", "--group", "my_sweep"],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
            env=os.environ | {"WANDB_BASE_URL": server.address, "WANDB_API_KEY": "a" * 40},
        )  # fmt: skip
        assert outcome.returncode == 0, outcome.stderr
        assert [line.split()[0] for line in outcome.stdout.splitlines()] == ["workspace", "report"]
        assert [view["type"] for view in server.views] == ["project-view", "runs"]
        for view in server.views:
            text = json.dumps(view["spec"])
            assert [panel for panel in PANELS if f'"{panel}"' not in text] == []
            assert [shown for shown in SHOWN if shown not in text] == []
            assert '"name": "backend.value.name"' in text
        report = json.dumps(server.views[1]["spec"])
        assert '"value": "my_sweep"' in report
        assert server.unknown == []
