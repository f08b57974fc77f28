"""outputs/bench.json: the results of the parts, of one machine with one set of versions."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from hybhanas import __version__, atomic

PATH = Path(__file__).parents[2] / "outputs" / "bench.json"
PACKAGES = (
    "torch", "torchquantum-ng", "numpy", "qiskit",
    "pennylane", "pennylane-lightning", "deepquantum", "tensorcircuit-ng", "jax",
)  # fmt: skip

Result = dict[str, Any]
"""What a part measured, ready for JSON."""


def machine() -> dict[str, Any]:
    """The processor, its cores, and the GPU if torch sees one."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }


def versions() -> dict[str, str]:
    """Of Python, this package, and what of `PACKAGES` is installed."""
    found = {"python": platform.python_version(), "hybhanas": __version__}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of both, or of the new one alone if the two are not comparable.

    They are if the machine is the same and no package has two versions; a package may be
    installed in one environment only. A part of the new one replaces that of the old.
    """
    both = old.get("versions", {}) | new["versions"]
    comparable = old.get("machine") == new["machine"] and both == new["versions"] | old["versions"]
    if not comparable:
        return dict(new)
    return {"machine": new["machine"], "versions": both, "parts": old["parts"] | new["parts"]}


def save(part: str, result: Result) -> None:
    """Puts a part's result into the file, with its date and the load of the machine just now."""
    taken = {"date": datetime.now(UTC).isoformat(timespec="seconds"), "load": os.getloadavg()[0]}
    new = {"machine": machine(), "versions": versions(), "parts": {part: taken | result}}
    old = json.loads(PATH.read_bytes()) if PATH.exists() else {}
    kept = merged(old, new)
    if set(old.get("parts", {})) - set(kept["parts"]):
        print(f"{PATH.name} was of another machine or of other versions: its parts are dropped")
    atomic.write_text(PATH, json.dumps(kept, indent=1) + "\n")
