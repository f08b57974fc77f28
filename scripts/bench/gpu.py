"""Benchmarks on a GPU: layers, steps of training, whole trainings, other simulators.

Each measurement goes into outputs/bench/gpu_<card>.json as soon as it is made, so that a run that
is cut short leaves what it measured.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import torch

from hybhanas import atomic
from scripts.bench import gpu_peers, gpu_steps, gpu_trainings, results

FOLDER = results.PATH.parent / "bench"
NONE = "no GPU: torch sees none here, so nothing is measured"

PARTS: dict[str, tuple[Callable[[gpu_steps.Note, float], None], float]] = {
    "steps": (gpu_steps.run, 180.0),
    "trainings": (gpu_trainings.run, 60.0),
    "peers": (gpu_peers.run, 40.0),
    "streams": (gpu_steps.streams, 10.0),
}
"""The parts by name, and the seconds that each may take: it begins nothing new after them."""


def run(parts: Mapping[str, float] | None = None) -> results.Result:
    """Runs the parts, all by default, and writes what they measure.

    Args:
        parts: by name, the seconds that each may take; all with theirs by default.

    Returns:
        Nothing for outputs/bench.json, which is of CPUs.

    Raises:
        SystemExit: a part failed; the others were measured.
    """
    if not torch.cuda.is_available():
        print(NONE)
        return {}
    card = torch.cuda.get_device_name()
    path = FOLDER / f"gpu_{re.sub(r'[^a-z0-9]+', '_', card.lower()).strip('_')}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"card": _card(), "machine": results.machine(), "versions": results.versions()}
    old = json.loads(path.read_text()) if path.exists() else {}
    is_same = content.items() <= old.items()
    content["parts"] = old["parts"] if is_same else {}
    failed = []
    for name, seconds in (parts or {name: seconds for name, (_, seconds) in PARTS.items()}).items():
        print(f"== {name}", flush=True)
        rows: list[dict[str, Any]] = []
        content["parts"][name] = {"date": _now(), "rows": rows}

        def note(row: Mapping[str, Any], rows: list[dict[str, Any]] = rows) -> None:
            rows.append(dict(row))
            atomic.write_text(path, json.dumps(content, indent=1) + "\n")

        started = time.perf_counter()
        try:
            PARTS[name][0](note, seconds)
        except Exception as error:  # what was measured before is kept, and the others run
            failed.append(name)
            print(f"{name} failed: {type(error).__name__}: {str(error)[:300]}", flush=True)
        torch.cuda.empty_cache()
        print(f"{name} took {time.perf_counter() - started:.0f} s", flush=True)
    print(f"written to {path.relative_to(results.PATH.parents[1])}")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")
    return {}


def measured() -> list[dict[str, Any]]:
    """What was measured, of each card."""
    return [json.loads(path.read_text()) for path in sorted(FOLDER.glob("gpu_*.json"))]


def _card() -> dict[str, Any]:
    properties = torch.cuda.get_device_properties(0)
    return {
        "name": properties.name,
        "memory_bytes": properties.total_memory,
        "multiprocessors": properties.multi_processor_count,
        "cuda": torch.version.cuda,
        "count": torch.cuda.device_count(),
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
