"""How much training each strategy needs on a benchmark: quartiles over seeds of the strategy.

    python scripts/leaderboard.py docs/benchmark/iris_small.parquet
    python scripts/leaderboard.py outputs/digits.parquet --evaluations 300 search.population=20

The table says data set, space and training; overrides are of search= alone. A search sees the first
seed of the table; what it found is measured by the mean over all. Nothing is trained or costed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from hybhanas import bench
from hybhanas.errors import ConfigError
from hybhanas.tasks.setup import build
from scripts import page
from scripts.compare_searches import Game, compared, configuration, numbers, report
from scripts.hypervolume_picture import SHOWN, picture

STRATEGIES = (
    "random", "nsga2", "halving", "nsga3", "age_moea2", "local", "tpe", "model",
    "model search.gain=log",
)  # fmt: skip
PART = "leaderboard"


def main(given: Sequence[str] | None = None) -> None:
    """Prints the table of epochs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path)
    parser.add_argument("overrides", nargs="*", help="of search=, as search.population=20")
    parser.add_argument("--strategies", nargs="+", default=STRATEGIES, metavar="'NAME OVERRIDE'")
    parser.add_argument("--seeds", type=int, default=20, metavar="N")
    parser.add_argument("--evaluations", type=int, metavar="N", help="of a search; default: all")
    parser.add_argument("--backend", help="default: the first of the table")
    parser.add_argument("--total", default=bench.TOTALS[0], help=f"of {', '.join(bench.TOTALS)}")
    parser.add_argument(
        "--noiseless", action="store_true", help="searches see the truth at the price of one seed"
    )
    parser.add_argument(
        "--page",
        nargs="?",
        const=PART,
        metavar="PART",
        help=f"write this part of docs/benchmark.md as well; default: {PART}, with its picture",
    )
    given = sys.argv[1:] if given is None else given
    arguments = parser.parse_intermixed_args(given)
    own = [word for words in arguments.strategies for word in words.split()[1:]]
    for override in (*arguments.overrides, *own):
        if not override.lstrip("+~").startswith("search."):
            parser.error(f"{override} is not accepted: overrides are of search. alone")
    try:
        table = bench.load(arguments.table)
        backend = arguments.backend or table.backends[0]
        game = Game.of(table, backend, arguments.total, arguments.noiseless)
        searches = arguments.strategies, arguments.overrides, game
        runs = compared(*searches, arguments.seeds, arguments.evaluations)
        objectives = build("search", configuration(*arguments.overrides).search)
    except ConfigError as error:
        parser.error(str(error))
    sees = "the truth" if arguments.noiseless else f"seed {game.seen} of them"
    body = (
        f"{table.name} on {backend}, {arguments.total}; truth: the mean over seeds "
        f"{', '.join(map(str, table.seeds))}; searches see {sees}. "
        f"{report(runs, game, objectives.parsed_objectives())}"
    )
    part = arguments.page or PART
    drawn = part == PART
    text = page.section(part, "leaderboard", given, body, SHOWN if drawn else "")
    print(text)
    if arguments.page:
        to = page.DOCS / "benchmark.md"
        page.fill(part, text, to)
        if drawn:
            page.draw(part, picture, numbers(runs))


if __name__ == "__main__":
    main()
