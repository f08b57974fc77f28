"""What stands at the end of every task."""

from __future__ import annotations

import io

import pytest
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import OmegaConf
from rich.console import Console

from hybhanas.tasks.last_lines import say_end
from tests.helpers import ROOT


def printed(*arguments: str) -> list[str]:
    console = Console(file=io.StringIO(), width=20)
    say_end(console, "the result is in outputs/a/folder", *arguments)
    return console.file.getvalue().splitlines()


def test_the_next_command_is_quoted_for_a_shell_and_not_broken_by_a_narrow_terminal():
    assert printed("task=verify", "member=[1,knee]") == [
        "the result is in outputs/a/folder",
        "next: python3 run.py task=verify 'member=[1,knee]'",
    ]
    assert len(printed()) == 1


def test_a_job_of_a_sweep_leaves_the_next_command_to_the_sweep(monkeypatch):
    monkeypatch.setattr(HydraConfig, "initialized", lambda: True)
    monkeypatch.setattr(HydraConfig, "get", lambda: OmegaConf.create({"mode": RunMode.MULTIRUN}))
    assert len(printed("task=verify")) == 1


TASKS = [path.stem for path in (ROOT / "conf" / "task").glob("*.yaml")]


@pytest.mark.parametrize("task", TASKS)
def test_every_task_ends_with_these_lines(task: str):
    source = (ROOT / "hybhanas" / "tasks" / f"{task}.py").read_text()
    assert "    say_end" in source
