"""What `pip install` of hybhanas and of hybhanas-cost takes, and costing a circuit with each.

    python scripts/measure_install.py

Each is installed into a new environment in a temporary folder, without pip's cache and in the
versions of constraints.txt; how long that takes depends on the network. A circuit is costed in new
interpreters, without a cache of transpiled circuits.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
INSTALLS = {"hybhanas": ROOT, "hybhanas-cost": ROOT / "packaging" / "cost"}
COST = ("task=cost", "circuit=docs/ghz5.qasm", "cache=null")
ROUNDS = 3
MB = 1e6


def main() -> None:
    """Prints a line for each distribution."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", default=list(INSTALLS), choices=list(INSTALLS))
    for name in parser.parse_args().names:
        with tempfile.TemporaryDirectory() as folder:
            install_s, site_mb, cost_s = measured(INSTALLS[name], Path(folder))
        print(
            f"{name}: {site_mb:.0f} MB of site-packages, pip install {install_s:.0f} s, "
            f"docs/ghz5.qasm costed in {cost_s:.1f} s (best of {ROUNDS})",
            flush=True,
        )


def measured(source: Path, folder: Path) -> tuple[float, float, float]:
    """Seconds of pip install, megabytes that it added, seconds of costing a circuit."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    site = next((folder / "venv" / "lib").glob("python*/site-packages"))
    before = _megabytes(site)
    pip = (python, "-m", "pip", "install", "--quiet", "--no-cache-dir")
    install_s = _seconds(*pip, source, "--constraint", ROOT / "constraints.txt")
    command = (python.with_name("hybhanas"), *COST, f"hydra.run.dir={folder / 'run'}")
    cost_s = min(_seconds(*command) for _ in range(ROUNDS))
    return install_s, _megabytes(site) - before, cost_s


def _seconds(*command: str | Path) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return time.perf_counter() - start


def _megabytes(folder: Path) -> float:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) / MB


if __name__ == "__main__":
    main()
