# hybhanas: `make run` and `make test` set up .venv themselves.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# processes of the tests: one per core, as far as each has 2 GiB of memory
JOBS   ?= $(shell $(PYTHON) -c 'import os; print(max(1, min(os.cpu_count() or 1, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 31)))')

.PHONY: help run test slow faults slurm lint format docs bench gpu clean

help:  ## show this
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*##/\t/' | expand -t 10

run: $(VENV)/ready  ## run the main job; ARGS="backend=ibm_torino search=nsga2" are its overrides
	$(BIN)/python run.py $(ARGS)

test: $(VENV)/ready  ## run the tests; ARGS="-k cost" are pytest's
	$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

# a file's tests run one after the other: commands of the pages share outputs/
slow: $(VENV)/ready  ## run real searches, install the wheel and execute the commands of the pages
	$(BIN)/python -m pytest -m slow -n $(JOBS) --dist loadfile $(ARGS)

faults: $(VENV)/ready  ## kill processes, damage files and fill disks while searches run
	$(BIN)/python -m pytest -m "faults and not slow" -n $(JOBS) --dist worksteal $(ARGS)

slurm: $(VENV)/ready  ## run the tests on a SLURM cluster of one node; needs slurm-wlm, munge and root
	$(BIN)/python -m pytest -m slurm $(ARGS)

lint: $(VENV)/ready  ## check style, types, which package imports which, and words
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_words.py

format: $(VENV)/ready  ## format the code and apply safe fixes
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/ready  ## build the documentation site, build/site/index.html; a warning is an error
	$(BIN)/python -m sphinx -E -a -W --keep-going -q docs build/site

bench: $(VENV)/ready  ## time the simulators, the cost model and start-up; ARGS="layers costs" selects parts
	$(BIN)/python -m scripts.bench $(ARGS)

gpu: $(VENV)/ready  ## test and time training on a GPU, where there is one; ARGS="tests steps" selects parts
	$(BIN)/python -m scripts.gpu $(ARGS)

clean:  ## remove caches and build products, keep outputs/ and the environment
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "hybhanas needs Python 3.11 or newer; make PYTHON=python3.11 ...")'
	@echo 'installing PyTorch, Qiskit and others in $(VENV): 7 GB, some minutes'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]' --constraint constraints.txt
	touch $@
