"""How long a command takes to start: composing the configuration, importing what a search needs."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

from scripts.bench.results import Result
from scripts.bench.timing import take_turns

ROOT = Path(__file__).parents[2]
CODE = {
    "compose_s": "import sys; from hybhanas.hydra_app.main import main; "
    "sys.argv = ['x', '--cfg', 'job']; main()",
    "search_imports_s": "import hybhanas.tasks.search",
}


def run() -> Result:
    """Medians of five new processes each, in seconds."""
    calls = {name: partial(_start, code) for name, code in CODE.items()}
    seconds = {name: timing.ms / 1e3 for name, timing in take_turns(calls, rounds=5).items()}
    for name, value in seconds.items():
        print(f"{name}: {value:.2f}")
    return {**seconds}


def _start(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
