"""Tests and benchmarks on a GPU, in some minutes: what `make gpu` runs.

    make gpu                          # all
    make gpu ARGS="tests trainings"   # these

Results go to outputs/bench/gpu_<card>.json; `make bench ARGS=--page` writes them into
docs/performance.md. Without a GPU this says so in one line.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence

import torch

TESTS = "tests"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the named parts; the exit code is that of the tests."""
    from scripts.bench import gpu

    parts = [TESTS, *gpu.PARTS]
    parser = argparse.ArgumentParser(
        prog="python -m scripts.gpu",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "parts", nargs="*", help=f"of {', '.join(parts)}, as name or name=seconds; all by default"
    )
    given = parser.parse_args(arguments).parts
    chosen = dict(part.partition("=")[::2] for part in given or parts)
    if unknown := chosen.keys() - set(parts):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    if not torch.cuda.is_available():
        print(gpu.NONE)
        return 0
    code = 0
    if chosen.pop(TESTS, None) is not None:
        # a process of its own: pytest wants to rewrite modules that are imported here already
        tests = [sys.executable, "-m", "pytest", "-m", "gpu", "tests/gpu", "-p", "no:cacheprovider"]
        code = subprocess.run(tests, check=False).returncode
    seconds = {
        name: float(given) if given else gpu.PARTS[name][1] for name, given in chosen.items()
    }
    if seconds:
        gpu.run(seconds)
    return code


if __name__ == "__main__":
    sys.exit(main())
