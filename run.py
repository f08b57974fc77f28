"""python3 run.py backend=ibm_brisbane search=nsga2: see conf/config.yaml for every choice."""

import importlib.util
import os
import sys
from pathlib import Path

ENVIRONMENT = Path(__file__).resolve().parent / ".venv"
"""What `make run` sets up; a Python without the packages leaves the work to the one in there."""

if __name__ == "__main__":
    if importlib.util.find_spec("hydra") is None:
        own = ENVIRONMENT / "bin" / "python"
        if not own.exists() or Path(sys.prefix) == ENVIRONMENT:
            sys.exit("error: packages are missing; make run installs them in .venv")
        os.execv(own, [str(own), *sys.argv])
    from hybhanas.command_line import main

    main()
