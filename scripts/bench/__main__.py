"""Benchmarks the parts of a search on this computer and prints tables.

    make bench                        # all parts
    make bench ARGS="layers costs"    # these
    make bench ARGS=--page            # none; fills docs/performance.md with what was measured

The results go to outputs/bench.json, where parts of the same machine and versions gather.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from importlib import import_module

import torch

from scripts.bench import page, results


def _part(module: str, function: str = "run") -> Callable[[], results.Result]:
    """A part whose module is imported when it runs: others may need what is not installed."""

    def run() -> results.Result:
        result: results.Result = getattr(import_module(f"scripts.bench.{module}"), function)()
        return result

    return run


PARTS: dict[str, Callable[[], results.Result]] = {
    "layers": _part("layers"),
    "scaling": _part("scaling"),
    "population": _part("population"),
    "memory": _part("memory"),
    "end_to_end": _part("end_to_end"),
    "executors": _part("executors"),
    "peers": _part("peers"),
    "costs": _part("costs"),
    "large": _part("costs", "large"),
    "startup": _part("startup"),
    "resume": _part("resume"),
    "gpu": _part("gpu"),
}
"""The parts by name, in the order in which they run. A part prints its table and returns what
goes under its name in the file, {} if it could measure nothing or keeps it in a file of its own."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the named parts, or all."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all if none is named")
    parser.add_argument("--page", action="store_true", help="fill docs/performance.md")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    chosen = given.parts or ([] if given.page else list(PARTS))
    torch.set_num_threads(1)
    for name, run in PARTS.items():
        if name in chosen:
            print(f"== {name}")
            if measured := run():
                results.save(name, measured)
                print(f"written to outputs/{results.PATH.name}")
    if given.page:
        page.write()


if __name__ == "__main__":
    main()
