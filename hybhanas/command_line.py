"""The command `hybhanas`: `hybhanas cost FILE ...` as a plain command, anything else by Hydra."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command that the arguments name."""
    if sys.argv[1:2] == ["cost"]:
        from hybhanas.plain_cost.run import main as cost

        sys.exit(cost(sys.argv[2:]))
    from hybhanas.hydra_app.main import main as by_hydra

    by_hydra()
