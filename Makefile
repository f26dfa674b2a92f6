# The suite's tasks. PYTHON names the interpreter (3.11 or newer) that makes the virtual environment.
PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
BIN := $(VENV)/bin
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.PHONY: help install install-dev run test check conformance bench migration docs clean

help:  ## list the tasks
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$(PYTHON) is older than Python 3.11; set PYTHON=python3.x" >&2; exit 1; }
	@echo "Making the virtual environment $(VENV)."
	@$(PYTHON) -m venv $(VENV)

$(RUN): pyproject.toml | $(BIN)/python
	@echo "Installing what the suite needs; the first time this takes a minute or more."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(DEV): pyproject.toml | $(BIN)/python
	@echo "Installing what the suite, its tests and checks need; the first time this takes minutes."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(RUN)

install: $(RUN)  ## make the virtual environment for running

install-dev: $(DEV)  ## make it with everything that tests and checks need

run: $(RUN)  ## create the database, load the demo brand if it is new, serve on port 8080
	@$(BIN)/bss run

test: $(DEV)  ## run the tests on SQLite and PostgreSQL (WORKERS=2)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

check: $(DEV)  ## ruff, mypy, import-linter, architecture tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/architecture

conformance: $(DEV)  ## generated requests against all documents, with many examples (an hour)
	BSS_TEST_EXAMPLES=200 $(BIN)/python -m pytest -m conformance --numprocesses $(WORKERS)

bench: $(DEV)  ## requests, lists, events, usage rated and bills made a second
	$(BIN)/python -m benchmarks.http
	$(BIN)/python -m benchmarks.main_job
	$(BIN)/python -m benchmarks.events
	$(BIN)/python -m benchmarks.queries --customers 100000

migration: $(DEV)  ## write the initial migration anew from the tables (until the first release)
	$(BIN)/python -m cli.first_migration
	$(BIN)/ruff check --quiet --fix core/storage/migrations/versions
	$(BIN)/ruff format --quiet core/storage/migrations/versions

docs: $(RUN)  ## write the generated pages
	$(BIN)/bss settings --markdown > docs/settings.md
	$(BIN)/bss generations > docs/guides/generations.md

clean:  ## remove the virtual environment and caches (bss.db stays)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
