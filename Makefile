# hybhanas: `make run` and `make test` are all the set-up there is.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: help run test slow slurm lint format bench clean

help:  ## show this
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*##/\t/' | expand -t 10

run: $(VENV)/ready  ## run the main job; ARGS="backend=ibm_torino search=nsga2" are its overrides
	$(BIN)/python run.py $(ARGS)

test: $(VENV)/ready  ## run the tests; ARGS="-k cost" are pytest's
	$(BIN)/python -m pytest -n 2 $(ARGS)

slow: $(VENV)/ready  ## run the tests that kill searches, break disks, install the wheel and execute the README
	$(BIN)/python -m pytest -m "slow or faults" $(ARGS)

slurm: $(VENV)/ready  ## run the tests on a SLURM of this machine's own; needs slurm-wlm and munge
	$(BIN)/python -m pytest -m slurm $(ARGS)

lint: $(VENV)/ready  ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/ready  ## lay the code out
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/ready  ## time the simulators, the cost model and start-up; ARGS="layers costs" picks
	$(BIN)/python -m scripts.bench $(ARGS)

clean:  ## remove caches and build products, keep outputs/ and the environment
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "hybhanas needs Python 3.11 or newer; make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]' --constraint constraints.txt
	touch $@
