"""How much training each strategy needs to find the front of a small, completely known space.

    python scripts/compare_searches.py                          # a minute or two
    python scripts/compare_searches.py dataset=wine --seeds 3 --table outputs/small_wine.parquet
    python scripts/compare_searches.py --strategies random nsga2 "model search.candidates=16"

Every architecture of search_space=small is trained once, and its validation accuracy after every
epoch is stored in a benchmark (docs/benchmark.md). The searches then run on this table, each with
several seeds, until they have evaluated everything, or --evaluations. The measure is the fraction
of the table's hypervolume that the completed trainings reach, as a function of the total number of
epochs.

With --truth 3 the table is of three seeds, hence of three splits and initial weights. A search sees
the first of them; what it found is measured by the mean accuracy over all.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from omegaconf import DictConfig, OmegaConf

from hybhanas.architecture import Architecture
from hybhanas.bench import TOTALS, Benchmark
from hybhanas.errors import ConfigError, unknown
from hybhanas.hydra_app.compose import composed
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.executors import Serial
from hybhanas.nas.loop import run_search
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.table_evaluator import TableEvaluator, check_tabulated, evaluations
from hybhanas.tasks.setup import build
from scripts import page
from scripts.hypervolume_picture import SHOWN, picture
from scripts.make_benchmark import table_of

PART = "searches"
TABLE = Path(__file__).parent.parent / "outputs" / "small_table.parquet"
BASE = ("search_space=small", "search.population=8")
STRATEGIES = (
    "random", "exhaustive", "nsga2", "halving", "nsga3", "age_moea2", "local", "tpe", "model",
)  # fmt: skip
LEVELS = (0.9, 0.95, 0.99, 1.0)
ROUNDING = 1e-9  # of sums of volumes; a fraction this close to a level has reached it


@dataclass(frozen=True, slots=True)
class Game:
    """What searches are compared on.

    Args:
        benchmark: the table.
        seen: its seed that the searches see; None: the mean over all.
        known: of each architecture what they see of it.
        true: likewise, but what their result is measured by.
    """

    benchmark: Benchmark
    seen: int | None
    known: Mapping[Architecture, Evaluation]
    true: Mapping[Architecture, Evaluation]

    @classmethod
    def of(cls, benchmark: Benchmark, backend: str, total: str, noiseless: bool = False) -> Game:
        """The truth is the mean over all seeds; the searches see the first one, or, if noiseless,
        the truth.

        Raises:
            ConfigError: a backend or a total that the table does not have.
        """
        seen = None if noiseless else benchmark.seeds[0]
        known = evaluations(benchmark, backend, total, seen)
        return cls(benchmark, seen, known, evaluations(benchmark, backend, total))


Run = list[tuple[int, float]]
"""Epochs trained in all, rising, and the fraction of the true hypervolume from there on."""


def configuration(*overrides: str) -> DictConfig:
    """The configuration of a search, but for the overrides."""
    config = composed(*BASE, *overrides)
    OmegaConf.resolve(config)
    return config


def searched(config: DictConfig, seed: int, game: Game, count: int) -> Run:
    """One search on a table, of so many evaluations, rounded up to whole generations.

    Args:
        config: of the search.
        seed: of the strategy.
        game: the table.
        count: of evaluations, at most.

    Raises:
        ConfigError: a setting of the search that a table does not accept.
    """
    # Late generations of an exhausted space are smaller, down to a single architecture.
    whole_space = len(game.benchmark)
    config.search.seed = seed
    config.search.generations = (
        whole_space if count >= whole_space else math.ceil(count / config.search.population)
    )
    settings = build("search", config.search)
    check_tabulated(settings)
    strategy = settings.strategy(game.benchmark.space)
    evaluator = TableEvaluator(game.benchmark, game.known, game.seen)
    with (
        tempfile.TemporaryDirectory() as folder,
        Serial().started(evaluator, Path(folder), print) as workers,
    ):
        run_search(strategy, evaluator, Path(folder), workers, lambda _: None, lambda *_: None)
    objectives = strategy.objectives
    whole = objectives.hypervolume([*game.true.values()])
    run, front = Run(), list[Evaluation]()
    for epochs, evaluation in evaluator.finished:
        front = objectives.front([*front, game.true[evaluation.architecture]])
        run.append((epochs, objectives.hypervolume(front) / whole))
    return run


def epochs_to(run: Run, level: float) -> float:
    """The epochs after which a search has a fraction of the true hypervolume; infinite if never."""
    return next((epochs for epochs, fraction in run if fraction >= level - ROUNDING), np.inf)


def fractions(run: Run, grid: np.ndarray) -> np.ndarray:
    """What a search has after each number of epochs of a grid."""
    epochs, found = zip((0, 0.0), *run, strict=True)
    return np.array(found)[np.searchsorted(epochs, grid, side="right") - 1]


def report(runs: dict[str, list[Run]], game: Game, objectives: Objectives) -> str:
    """What was compared, and the epochs of each strategy to each level.

    Args:
        runs: of each strategy, one a seed.
        game: what they were searched on.
        objectives: of the searches.
    """
    true = [*game.true.values()]
    epochs = sum(e.cost is not None for e in true) * game.benchmark.epochs
    box = ", ".join(
        f"{name} {best:g} to {worst:g}" for name, (best, worst) in objectives.box.items()
    )
    rows = []
    for name, of_seeds in runs.items():
        cells = {"search": f"`{name}`"}
        for level in LEVELS:
            cells[f"{level:.0%}"] = _band([epochs_to(run, level) for run in of_seeds])
        rows.append(cells)
    return (
        f"{len(true)} architectures, {epochs} epochs in total; "
        f"{len(objectives.front(true))} of them form the front, whose hypervolume is "
        f"{objectives.hypervolume(true):.4f} in the box {box}. With hindsight, "
        f"{hindsight(true, objectives, 0.99)} of them suffice for 99 % of it. Epochs of "
        "training until a search reaches the given fraction of it: medians over "
        f"{len(next(iter(runs.values())))} seeds, quartiles in brackets.\n\n"
        f"{page.markdown(pd.DataFrame(rows))}"
    )


def hindsight(evaluations: Sequence[Evaluation], objectives: Objectives, level: float) -> int:
    """How many evaluations have a fraction of the hypervolume of all, those chosen one after the
    other that add most.
    """
    enough = level * objectives.hypervolume(evaluations) - ROUNDING
    front = objectives.front(evaluations)
    chosen: list[Evaluation] = []
    while objectives.hypervolume(chosen) < enough:
        left = [e for e in front if e not in chosen]
        chosen.append(max(left, key=lambda e: objectives.hypervolume([*chosen, e])))
    return len(chosen)


def _band(epochs: Sequence[float]) -> str:
    low, middle, high = np.percentile(epochs, [25, 50, 75], method="nearest")
    words = [f"{x:.0f}" if np.isfinite(x) else "never" for x in (middle, low, high)]
    return f"{words[0]} ({words[1]} to {words[2]})"


def numbers(runs: dict[str, list[Run]]) -> pd.DataFrame:
    """Of the picture: of each search quartiles over seeds, a row wherever one of them changes."""
    last = max(run[-1][0] for of_seeds in runs.values() for run in of_seeds)
    parts = []
    for name, of_seeds in runs.items():
        grid = np.unique([0, last, *(epochs for run in of_seeds for epochs, _ in run)])
        found = np.array([fractions(run, grid) for run in of_seeds])
        quartiles = np.percentile(found, [25, 50, 75], axis=0)
        new = np.append(True, (np.diff(quartiles) != 0).any(axis=0))
        new[-1] = True
        columns = dict(zip(("low", "median", "high"), quartiles[:, new], strict=True))
        parts.append(pd.DataFrame({"search": name, "epochs": grid[new]} | columns))
    return pd.concat(parts)


def main(given: Sequence[str] | None = None) -> None:
    """Prints the table of epochs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("overrides", nargs="*", help="of the configuration, as dataset=wine")
    parser.add_argument("--table", type=Path, default=TABLE, help="read, or made and kept there")
    parser.add_argument("--strategies", nargs="+", default=STRATEGIES, metavar="'NAME OVERRIDE'")
    parser.add_argument("--seeds", type=int, default=10, metavar="N")
    parser.add_argument("--truth", type=int, default=1, metavar="N", help="seeds of the true mean")
    parser.add_argument("--evaluations", type=int, metavar="N", help="of a search; default: all")
    parser.add_argument(
        "--page", action="store_true", help="write into docs/ as well; without overrides"
    )
    given = sys.argv[1:] if given is None else given
    arguments = parser.parse_args(given)
    if arguments.page and arguments.overrides:
        other = arguments.overrides[0]
        parser.error(f"--page is not accepted with {other}: docs/searches.md is of the defaults")
    try:
        base = configuration(*arguments.overrides)
        if base.cost_model.name not in TOTALS:
            raise unknown("cost_model", base.cost_model.name, TOTALS)
        benchmark = table_of((*BASE, *arguments.overrides), arguments.truth, arguments.table)
        game = Game.of(benchmark, base.backend.name, base.cost_model.name)
        runs = compared(
            arguments.strategies, arguments.overrides, game, arguments.seeds, arguments.evaluations
        )
    except ConfigError as error:
        parser.error(str(error))
    objectives = build("search", base.search).parsed_objectives()
    body = report(runs, game, objectives)
    text = page.section(PART, "compare_searches", given, body, SHOWN)
    print(text)
    if arguments.page:
        page.publish(PART, text, picture, numbers(runs), page.DOCS / "searches.md")


def compared(
    strategies: Sequence[str],
    overrides: Sequence[str],
    game: Game,
    seeds: int,
    count: int | None = None,
) -> dict[str, list[Run]]:
    """Runs every strategy with every seed.

    Args:
        strategies: each the name of an option of search=, with further overrides behind it.
        overrides: of all of them; a strategy's own go before them.
        game: the table.
        seeds: how many, from 0.
        count: of evaluations of each search; None: everything.
    """
    runs = {}
    for words in strategies:
        name, *own = words.split()
        config = configuration(f"search={name}", *overrides, *own)
        runs[words] = [
            searched(config, seed, game, count or len(game.benchmark)) for seed in range(seeds)
        ]
    return runs


if __name__ == "__main__":
    main()
