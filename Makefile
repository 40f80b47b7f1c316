# `make` or `make help` lists the targets. Every target sets up .venv first, from requirements/dev.lock.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
SOURCES := $(wildcard bridge tests scripts benchmarks)
COMPILE := $(VENV)/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: check
check: $(READY) ## Lint, format, types, import contracts, architecture, generated files
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy $(SOURCES)
	$(VENV)/bin/lint-imports --no-logo
	$(PY) -m pytest -q tests/architecture
	$(PY) scripts/gen.py --check

.PHONY: test
test: $(READY) ## The fast tests
	$(PY) -m pytest -m "not slow and not nvim and not vscode and not bench"

.PHONY: test-nvim
test-nvim: $(READY) ## The tests that drive a real Neovim
	$(PY) -m pytest -m nvim

.PHONY: test-vscode
test-vscode: $(READY) ## The tests that drive a real VS Code; the first time it is downloaded (about 800 MB on disk)
	$(PY) scripts/vscode_setup.py
	$(PY) -m pytest -m vscode

.PHONY: test-slow
test-slow: $(READY) ## The slow tests and the measured bounds
	$(PY) -m pytest -m "(slow or bench) and not nvim and not vscode"

.PHONY: demo
demo: $(READY) ## Review a rename across a sample project, in the terminal; no key, no network (SEED=n picks another one)
	@$(VENV)/bin/harness-bridge demo

.PHONY: bench
bench: $(READY) ## Measure start-up, memory, refactorings and the turn loop beside bare ones
	$(PY) -m benchmarks

.PHONY: gen
gen: $(READY) ## Write the published schema, reference and types anew
	$(PY) scripts/gen.py

.PHONY: lock
lock: $(READY) ## Resolve pyproject.toml anew into requirements/*.lock (newest versions)
	$(COMPILE) --upgrade --output-file requirements/runtime.lock
	$(COMPILE) --upgrade --group dev --constraint requirements/runtime.lock --output-file requirements/dev.lock
	touch $(READY)

.PHONY: clean
clean: ## Remove .venv and what tools left behind
	rm -rf $(VENV) .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	find bridge tests scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The interpreter: `python3` where it will do, else the newest one beside it. It needs `venv` and its pip (on Debian
# those are a package of their own). `make PYTHON=/path/to/python3 …` chooses another.
CANDIDATES := $(if $(PYTHON),$(PYTHON),python3 python3.15 python3.14 python3.13 python3.12 python3.11)
SUITABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))

$(READY): requirements/dev.lock
	@rm -f $@; \
	for python in $(CANDIDATES); do \
	  "$$python" -c '$(SUITABLE)' >/dev/null 2>&1 || continue; \
	  echo "Setting up $(VENV) with $$python ($$("$$python" -V)) …"; \
	  "$$python" -m venv --clear $(VENV); \
	  $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock; \
	  $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	  touch $@; exit 0; \
	done; \
	echo "No suitable Python: Harness Bridge needs Python 3.11 or newer with the venv module" \
	  "(on Debian and Ubuntu: the package python3-venv). Looked for: $(CANDIDATES)." >&2; exit 1
