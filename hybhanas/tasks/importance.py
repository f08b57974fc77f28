"""task=importance: which genes decide error, time and what survives noise."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig

from hybhanas import atomic, bench
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.importance import Importance, importances
from hybhanas.nas.table_evaluator import evaluations
from hybhanas.reporting.importance_table import importance_table
from hybhanas.reporting.page.commands import override
from hybhanas.reporting.steps import steps_on
from hybhanas.reporting.terminal import terminal
from hybhanas.tasks.finished import read_run
from hybhanas.tasks.last_lines import say_end
from hybhanas.tasks.setup import shown


def importance(config: DictConfig, folder: Path) -> list[Importance]:
    """Prints how much each gene decides, and writes it to `importance.json`.

    Args:
        config: composed; `run` names the folder of a search, or `table` a file of `hybhanas.bench`,
            whose costs are those on `backend` under `cost_model`.
        folder: where the file is written.

    Raises:
        ConfigError: not one of `run` and `table` is given, it cannot be read, or it has too few
            evaluations.
    """
    console = terminal()
    found = importances(_evaluations(config), steps=steps_on(console))
    atomic.write_json(folder / "importance.json", [one.to_dict() for one in found])
    console.print(importance_table(found))
    following = () if config.run is None else ("task=report", override("run", config.run))
    say_end(
        console,
        f"{found[0].evaluations} evaluations; of each quantity the part of its variance that the "
        "gene explains alone (functional ANOVA), then the gene's share of what tells the best "
        f"tenth from all (PED-ANOVA); in {shown(folder)}",
        *following,
    )
    return found


def _evaluations(config: DictConfig) -> list[Evaluation]:
    if (config.run is None) == (config.table is None):
        raise ConfigError(
            f"run={config.run} table={config.table} is not accepted: one of them, the folder of a "
            "search or the file of a benchmark"
        )
    if config.run is not None:
        return read_run(config.run).evaluations
    table = bench.load(config.table)
    return [*evaluations(table, config.backend.name, config.cost_model.name).values()]
