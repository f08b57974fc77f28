"""task=select: which members of a finished search to take."""

from __future__ import annotations

import json

import pytest

from hybhanas.errors import ConfigError
from hybhanas.hydra_app.groups import checked
from hybhanas.tasks.select import select


def test_the_members_to_take_are_printed_and_written_with_reasons(
    smoke, tmp_path, composed, capsys
):
    chosen = select(composed("task=select", f"run={smoke}"), tmp_path)
    assert [one.word for one in chosen] == ["best", "knee", "smallest", "cheapest"]
    written = json.loads((tmp_path / "selection.json").read_text())
    assert written == json.loads((smoke / "selection.json").read_text())
    assert [row["reason"] for row in written] == [one.reason for one in chosen]
    printed = capsys.readouterr().out
    assert "logistic regression (3 parameters, no QPU time" in printed
    assert "nearest to the best of each" in printed


def test_one_member_is_taken_by_a_rank_a_hash_or_a_budget(smoke, tmp_path, composed):
    front = json.loads((smoke / "pareto.json").read_text())
    (first,) = select(composed("task=select", f"run={smoke}", "member=1"), tmp_path)
    name = front[0]["architecture"]
    assert first.member.evaluation.architecture.hash == name
    (same,) = select(composed("task=select", f"run={smoke}", f"member='{name[:8]}'"), tmp_path)
    assert same.member == first.member
    (arguments,) = checked(["member=under=1y"])
    (within,) = select(composed("task=select", f"run={smoke}", arguments), tmp_path)
    assert within.reason.endswith("under=1y")


def test_what_means_no_member_is_one_line_and_writes_nothing(smoke, tmp_path, composed):
    with pytest.raises(ConfigError, match="member=99 is not accepted: ranks are 1 to"):
        select(composed("task=select", f"run={smoke}", "member=99"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_search_may_do_without_a_floor(smoke, composed, tmp_path):
    from hybhanas.tasks.search import search

    overrides = ("experiment=smoke", "logger.mode=disabled", "floor=false")
    members = search(composed(*overrides), tmp_path / "run")
    assert not (tmp_path / "run" / "baselines.json").exists()
    assert {member.behind for member in members} <= {"", "other members"}
