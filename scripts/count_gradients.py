"""How many circuits a gradient takes where angles share them, against two or four an angle.

    python scripts/count_gradients.py --page

Random networks of search_space=hqnn, by the entanglement of their layers. Of each the circuits of a
gradient for one sample are counted (`hybhanas.cost.gradient`), and the least that any choice of
shared circuits could take: the largest sum over the angles that one observable depends on.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.cost.gradient import Plan, plan
from hybhanas.hydra_app.compose import composed
from hybhanas.qiskit_view import to_qiskit
from hybhanas.search_space import SearchSpace
from hybhanas.tasks.setup import build
from scripts import page

PART = "gradients"


def main() -> None:
    """Prints the table, and with --page writes it into the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", type=int, default=1000, help="how many are drawn")
    parser.add_argument("--page", action="store_true", help="write into docs/validation.md")
    given = parser.parse_args()
    space = build("search_space", composed().search_space)
    text = table(drawn(space, given.networks))
    print(text)
    if given.page:
        command = "```bash\npython scripts/count_gradients.py --page\n```"
        page.fill(PART, f"{command}\n\n{text}")


def drawn(space: SearchSpace, count: int) -> list[tuple[Architecture, Plan]]:
    """Networks drawn with one seed, with the circuits of their gradients."""
    rng = np.random.default_rng(1)
    networks = [space.decode(space.sample(rng)) for _ in range(count)]
    circuits = [lay_out(network) for network in networks]
    plans = [plan(to_qiskit(circuit), circuit.observables) for circuit in circuits]
    return list(zip(networks, plans, strict=True))


def least(planned: Plan) -> int:
    """Circuits of all angles that one observable depends on, for the one with the most."""
    derivatives = [derivative for together in planned.sets for derivative in together]
    return max(
        sum(derivative.circuits for derivative in derivatives if derivative.seen_by >> i & 1)
        for i in range(len(planned.observables))
    )


def table(found: list[tuple[Architecture, Plan]]) -> str:
    """A row for each entanglement, and one for all."""
    kinds = sorted({network.entanglement for network, _ in found})
    rows = []
    for kind in [*kinds, "all"]:
        plans = [planned for network, planned in found if kind in ("all", network.entanglement)]
        ratios = [planned.separate_circuits / planned.circuits for planned in plans]
        at_least = sum(planned.circuits == least(planned) for planned in plans)
        rows.append(
            {
                "entanglement": kind,
                "networks": len(plans),
                "separate / shared, median": f"{np.median(ratios):.2f}",
                "90th percentile": f"{np.percentile(ratios, 90):.2f}",
                "largest": f"{max(ratios):.2f}",
                "shared is the least": f"{at_least / len(plans):.0%}",
            }
        )
    return page.markdown(pd.DataFrame(rows))


if __name__ == "__main__":
    main()
