"""Tracking a search once, however often its folder is resumed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from hybhanas import atomic
from hybhanas.nas.problem import Problem
from hybhanas.nas.records import MAX_BYTES
from hybhanas.reporting.tracking import TrackedRun, Tracker
from hybhanas.stored import read_bytes


@contextmanager
def tracked_once(
    tracker: Tracker, problem: Problem, config: Mapping[str, Any]
) -> Iterator[TrackedRun]:
    """Tracks a search once: what was tracked to its end is not sent again."""
    folder, settings = problem.folder, problem.strategy.settings
    extent = json.dumps([settings.generations, asdict(settings.budget)])
    try:
        known = read_bytes(folder.tracked, MAX_BYTES).decode().strip()
    except (OSError, ValueError):  # there is none, or none that can be trusted
        known = ""
    if known == extent:
        yield TrackedRun()
        return
    with tracker.run(folder.path, folder.path.name, dict(config)) as tracked:
        yield tracked
    if tracked.finished:
        atomic.write_text(folder.tracked, f"{extent}\n")
