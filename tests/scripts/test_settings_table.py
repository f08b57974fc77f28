"""The reference of settings: all of them, each with its default and what it means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from omegaconf import DictConfig

import hybhanas
from hybhanas.tasks.options import GROUPS, OPTIONS, TASKS
from hybhanas.tasks.settings import RunSettings
from scripts import settings_table
from scripts.settings_table import Setting, settings_of
from tests.helpers import ROOT


@dataclass
class Some:
    """Some settings."""

    # The first line
    # and the second,
    shots: int | None = None  # and the third
    names: tuple[str, ...] = ("a", "b")


LISTED = {
    setting.name: setting
    for owner, prefix in (
        (RunSettings, ""),
        *((owner, "") for owner in TASKS.values()),
        *((owner, f"{group}.") for group, owner in GROUPS.items()),
        *((owner, f"{group}.") for group, by in OPTIONS.items() for owner in by.values()),
    )
    for setting in settings_of(owner, prefix)
}


def keys(config: Any, prefix: str = "") -> Iterator[str]:
    """The settings of a composed configuration, by name."""
    for key, value in config.items():
        name = f"{prefix}{key}"
        if isinstance(value, DictConfig) and name not in LISTED:
            yield from keys(value, f"{name}.")
        elif key != "_target_" and not name.startswith("task."):
            yield name


@pytest.mark.parametrize("task", ["search", "train", "cost", "verify"])
@pytest.mark.parametrize("search", ["model", "halving"])
def test_every_setting_of_a_configuration_is_listed(task, search, composed):
    config = composed(f"task={task}", f"search={search}", "backend=ionq_forte")
    assert sorted(set(keys(config)) - LISTED.keys()) == []


def test_every_setting_says_what_it_means():
    silent = [name for name, setting in LISTED.items() if not setting.meaning]
    assert [name for name in silent if not name.startswith("logger.")] == []


def test_a_setting_has_the_comments_above_and_behind_its_field_and_its_unit_by_name():
    said = settings_table.comments(Some)
    assert said["shots"] == "The first line and the second, and the third"
    assert said["names"] == ""
    assert Setting("x.wait_s", "float", "0.5", "").unit == "s"
    assert Setting("x.bandwidth_bytes_per_s", "float", "1", "").unit == "B/s"


def test_a_row_holds_a_setting_and_a_pipe_does_not_end_its_cell():
    row = settings_table.table([Setting("a.b_s", "float | null", "null", "how long")])
    assert row.splitlines()[-1] == r"| `a.b_s` | `float \| null` | `null` | s | how long |"


def test_settings_that_all_options_share_stand_once():
    page = settings_table.page()
    assert page.count("| `search.population` |") == 1
    assert page.count("| `search.rungs` |") == 2, "those of halving and of model differ by default"


def test_the_page_of_the_interface_has_every_public_name():
    page = (ROOT / "docs" / "reference" / "api.md").read_text()
    listed = re.findall(r"^\.\. auto(?:class|function):: (\w+)$", page, re.M)
    assert sorted(listed) == sorted(hybhanas.__all__)
