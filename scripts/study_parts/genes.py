"""Which genes decide error, time and survival, in a table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybhanas.bench import Benchmark
from hybhanas.nas.importance import Importance, importance
from scripts import page

BACKEND = "ibm_brisbane"


def ranked(table: Benchmark) -> tuple[list[Importance], list[Importance]]:
    """Of the error of each seed; and of the mean error, the time and the survival on BACKEND."""
    architectures, errors = [*table], 1 - table.accuracy[:, :, -1]
    seeds = [importance("error", architectures, one) for one in errors.T]
    others = {
        "error": errors.mean(axis=1),
        "log10_total_s": table.log10_total_s(BACKEND),
        "log10_p_survival": -table.costs[BACKEND].log10_p_survival,
    }
    return seeds, [importance(name, architectures, column) for name, column in others.items()]


def report(name: str, table: Benchmark) -> str:
    """A table of Markdown, a row a gene."""
    seeds, (error, time, survival) = ranked(table)
    rows = []
    for gene in error.variance:
        of_seeds = np.array([one.variance[gene] for one in seeds])
        low, high = of_seeds.min(), of_seeds.max()
        rows.append(
            {
                "gene": gene,
                "error": f"{error.variance[gene]:.0%} ({low:.0%} to {high:.0%})",
                "error, best tenth": f"{error.best[gene]:.0%}",
                "time": f"{time.variance[gene]:.0%}",
                "time, best tenth": f"{time.best[gene]:.0%}",
                "survival": f"{survival.variance[gene]:.0%}",
                "survival, best tenth": f"{survival.best[gene]:.0%}",
            }
        )
    return f"`{name}`, costs on {BACKEND}:\n\n{page.markdown(pd.DataFrame(rows))}"
