"""python3 run.py backend=ibm_brisbane search=nsga2: see conf/config.yaml for every choice."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

NEEDED = ("hydra", "pymoo", "pytorch_lightning", "qiskit", "torch", "torchquantum")
ENVIRONMENT = Path(__file__).resolve().parent / ".venv"
"""What `make run` sets up; a Python without the packages leaves the work to the one in there."""

STARTED = "HYBHANAS_STARTED_IN_VENV"
"""Set for the Python in there, which leaves the work to no other."""

if __name__ == "__main__":
    started = os.environ.pop(STARTED, None)
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        own = ENVIRONMENT / "bin" / "python"
        if started or not own.exists():
            again = f"; delete {ENVIRONMENT} first" if ENVIRONMENT.exists() else ""
            sys.exit(f"error: {missing[0]} is not installed; make run installs it in .venv{again}")
        os.execve(own, [str(own), *sys.argv], os.environ | {STARTED: "1"})
    from hybhanas.command_line import main

    main()
