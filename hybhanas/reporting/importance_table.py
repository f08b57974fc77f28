"""How much genes decide, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from hybhanas.nas.importance import Importance


def importance_table(found: Sequence[Importance]) -> Table:
    """A row a gene, the most important for the first quantity first; of each quantity the
    percentage of its variance, and the share in what tells the best tenth.
    """
    table = Table(title="what the genes decide", title_style="bold", title_justify="left", box=None)
    table.add_column("gene")
    for one in found:
        table.add_column(f"{one.quantity} %", justify="right")
        table.add_column("best tenth %", justify="right")
    for gene in found[0].variance:
        cells = [(one.variance.get(gene, 0.0), one.best.get(gene, 0.0)) for one in found]
        table.add_row(gene, *(f"{100 * share:.1f}" for pair in cells for share in pair))
    return table
